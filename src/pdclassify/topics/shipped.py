"""Where the models are that come with pdclassify: installed, in a checkout, or inside a zip."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

from pdclassify.errors import ModelFileError
from pdclassify.topics.members import MANIFEST

__all__ = ["DEFAULT", "default", "shipped"]

DEFAULT = "party-press"


def shipped() -> list[Path]:
    """Return the folders of the models that come with pdclassify, by name."""
    for models in _places():
        with suppress(OSError):
            found = sorted(entry for entry in models.iterdir() if (entry / MANIFEST).is_file())
            if found:
                return found
    return []


def default() -> Path:
    """Return the folder of the model that is used where none is named."""
    for folder in shipped():
        if folder.name == DEFAULT:
            return folder
    raise ModelFileError(
        f"The model {DEFAULT} is not in this installation of pdclassify; install it again, or name a"
        " model's folder."
    )


def _places() -> list[Path]:
    """Return where shipped models may be: in the package first, then in the checkout it is in."""
    package = Path(__file__).parent.parent
    if package.is_dir():
        return [package / "models", package.parent.parent / "models"]
    return [_extracted()]


@cache
def _extracted() -> Path:
    """Copy the models out of a zipped package, once a process; the copy goes when it ends."""
    import atexit
    import shutil
    import tempfile
    from importlib import resources

    copy = Path(tempfile.mkdtemp(prefix="pdclassify-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    models = resources.files("pdclassify") / "models"
    for model in models.iterdir() if models.is_dir() else ():
        folder = copy / Path(model.name).name
        if model.is_dir():
            folder.mkdir()
            for member in model.iterdir():
                (folder / Path(member.name).name).write_bytes(member.read_bytes())
    return copy
