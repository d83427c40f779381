"""A model as a folder: arrays, a manifest that vouches for every byte of them, and a card.

Nothing in the folder can run: arrays are read by their declared type and shape, the rest is JSON.
Everything is checked before anything is used. How the format may change is said at ``VERSION``.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import ModelFileError, UsageError
from pdclassify.text.characters import TABLE_NAME, table_digest
from pdclassify.topics.calibration import calibration_from_dict
from pdclassify.topics.features import Features, Field
from pdclassify.topics.model import Layer, Primary, TopicModel

__all__ = ["CARD", "MANIFEST", "VERSION", "load", "save", "shipped", "verify"]

#: The format's number. A change that an older reader would misunderstand raises it; the reader of
#: every earlier number stays, with a small model of that number in ``tests/data/models``.
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
CARD: Final = "MODEL_CARD.md"
DEFAULT: Final = "party-press"

# Nothing that can be trained on a laptop comes near; what is larger is refused unread.
_MOST_MANIFEST = 16 << 20
_MOST_MEMBER = 2 << 30
_MOST_MEMBERS = 64
_DTYPES = {
    "codes": ("<u8",),
    "idf": ("<f4",),
    "weights": ("|i1", "<i2", "<f4", "<f8"),
}
_KEYS = {
    "format_version",
    "name",
    "topics",
    "multilabel",
    "fields",
    "tokenizer",
    "intercept",
    "calibration",
    "thresholds",
    "primary",
    "min_chars",
    "packages",
    "info",
    "members",
    "sha256",
}


def save(
    model: TopicModel,
    path: str | os.PathLike[str],
    *,
    card: str | None = None,
    packages: Mapping[str, str] | None = None,
) -> TopicModel:
    """Write a model's folder: to a temporary one beside it first, renamed when all is there.

    Parameters
    ----------
    model : TopicModel
    path : path-like
        The folder; an earlier model there is replaced, anything else is left alone.
    card : str, optional
        The text of ``MODEL_CARD.md``, which no digest covers.
    packages : mapping of str to str, optional
        Versions of what trained the model; by default those of what is installed here.

    Returns
    -------
    TopicModel
        The model as read back from the folder.

    Raises
    ------
    ModelFileError
        If something that is not a model stands at ``path``.
    """
    target = Path(path)
    if target.is_symlink() or (target.exists() and not _is_replaceable(target)):
        raise ModelFileError(
            f"{target}: exists and is not a model's folder; name another or remove it."
        )
    arrays: dict[str, NDArray[Any]] = {}
    fields = []
    for layer in model.layers:
        name = layer.features.field.name
        arrays[f"{name}.codes.npy"] = _plain(layer.features.vocabulary.codes)
        arrays[f"{name}.idf.npy"] = _plain(layer.features.idf)
        arrays[f"{name}.weights.npy"] = _plain(layer.weights)
        fields.append({**layer.features.field.to_dict(), "scale": layer.scale.tolist()})
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        members = {}
        for name, array in arrays.items():
            with (folder / name).open("wb") as file:
                np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
            members[name] = {
                "size": (folder / name).stat().st_size,
                "sha256": _sha256((folder / name).read_bytes()),
                "dtype": array.dtype.str,
                "shape": list(array.shape),
            }
        manifest = {
            "format_version": VERSION,
            "name": model.name,
            "topics": list(model.topics),
            "multilabel": model.multilabel,
            "fields": fields,
            "tokenizer": {"name": TABLE_NAME, "sha256": table_digest()},
            "intercept": model.intercept.tolist(),
            "calibration": model.calibration.to_dict(),
            "thresholds": dict(model.thresholds),
            "primary": model.primary.to_dict(),
            "min_chars": model.min_chars,
            "packages": dict(_packages() if packages is None else packages),
            "info": dict(model.info),
            "members": members,
        }
        manifest["sha256"] = _digest(manifest)
        text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        if card is not None:
            (folder / CARD).write_text(card, encoding="utf-8", newline="\n")
        folder.chmod(0o755)
        _swap(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return load(target)


def load(path: str | os.PathLike[str] | None = None) -> TopicModel:
    """Read a model, after checking every byte of it.

    Parameters
    ----------
    path : path-like, optional
        The model's folder; by default the shipped ``party-press``.

    Returns
    -------
    TopicModel
        Its arrays are mapped into memory, not read.

    Raises
    ------
    ModelFileError
        If the folder is not a model, is damaged, or was made for another version of pdclassify.
    """
    folder = _default() if path is None else Path(path)
    manifest = _read_manifest(folder)
    _check_folder(folder, manifest["members"])
    arrays = {name: _read_member(folder, name, told) for name, told in manifest["members"].items()}
    try:
        return _assemble(folder, manifest, arrays)
    except ModelFileError:
        raise
    except (UsageError, KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelFileError(
            f"{folder / MANIFEST}: does not describe a model that can be used:"
            f" {type(error).__name__}: {error}; get or train it again."
        ) from error


def verify(path: str | os.PathLike[str]) -> list[str]:
    """Say in words what was checked in a model's folder.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of str
        One line a check; all of them passed.

    Raises
    ------
    ModelFileError
        At the first check that fails.
    """
    model = load(path)
    folder = Path(path)
    members = _read_manifest(folder)["members"]
    lines = [
        f"{MANIFEST}: format version {VERSION}, SHA-256 {model.digest}, as it says of itself",
        f"tokenizer: {TABLE_NAME}, its table is the one of this pdclassify",
    ]
    for name, told in members.items():
        shape = " x ".join(map(str, told["shape"]))
        lines.append(f"{name}: {told['size']:,} bytes, {told['dtype']} {shape}, SHA-256 as listed")
    lines.append("no other files, no links; nothing in the folder can run")
    if not (folder / CARD).exists():
        lines.append(f"{CARD}: not there; nothing says what the model was trained on")
    return lines


def shipped() -> list[Path]:
    """Return the folders of the models that come with pdclassify."""
    for models in _places():
        with suppress(OSError):
            found = sorted(entry for entry in models.iterdir() if (entry / MANIFEST).is_file())
            if found:
                return found
    return []


def _places() -> list[Path]:
    """Return where shipped models may be: in the package (also in a zip), in the checkout."""
    package = resources.files("pdclassify")
    inside = package / "models"
    if isinstance(package, Path):
        return [package / "models", package.parent.parent / "models"]
    return [_extracted(str(inside))] if inside.is_dir() else []


@cache
def _extracted(_name: str) -> Path:
    """Copy the models out of a zipped package, once a process; removed when it ends."""
    import atexit

    copy = Path(tempfile.mkdtemp(prefix="pdclassify-models-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    for model in (resources.files("pdclassify") / "models").iterdir():
        if model.is_dir():
            (copy / model.name).mkdir()
            for member in model.iterdir():
                (copy / model.name / Path(member.name).name).write_bytes(member.read_bytes())
    return copy


def _default() -> Path:
    """Return the folder of the shipped model."""
    for folder in shipped():
        if folder.name == DEFAULT:
            return folder
    raise ModelFileError(
        f"The shipped model {DEFAULT} is not in this installation; install pdclassify again, or"
        " name a model's folder."
    )


def _assemble(
    folder: Path, manifest: dict[str, Any], arrays: dict[str, NDArray[Any]]
) -> TopicModel:
    """Make the model of checked parts, checking that they fit each other."""
    topics = manifest["topics"]
    if not (isinstance(topics, list) and all(isinstance(topic, str) for topic in topics)):
        raise ModelFileError(f"{folder / MANIFEST}: topics must be a list of names.")
    layers = []
    for told in manifest["fields"]:
        settings = dict(told)
        scale = np.array(settings.pop("scale"), dtype=np.float64)
        field = Field.from_dict(settings)
        codes, idf, weights = (
            arrays.pop(f"{field.name}.{kind}.npy") for kind in ("codes", "idf", "weights")
        )
        if (
            codes.ndim != 1
            or idf.shape != codes.shape
            or weights.shape != (len(codes), len(topics))
        ):
            raise ModelFileError(
                f"{folder}: the arrays of the field {field.name} do not fit each other:"
                f" {codes.shape}, {idf.shape}, {weights.shape}."
            )
        if (
            not (codes[1:] > codes[:-1]).all()
            or not np.isfinite(idf).all()
            or not np.isfinite(scale).all()
        ):
            raise ModelFileError(f"{folder}: the terms of the field {field.name} are not in order.")
        if weights.dtype.kind == "f" and not np.isfinite(weights).all():
            raise ModelFileError(f"{folder}: a weight of the field {field.name} is not a number.")
        layers.append(Layer(Features(field, codes, idf), weights, scale))
    if arrays:
        raise ModelFileError(f"{folder}: no field uses {', '.join(sorted(arrays))}.")
    intercept = np.array(manifest["intercept"], dtype=np.float64)
    if not np.isfinite(intercept).all():
        raise ModelFileError(f"{folder / MANIFEST}: an intercept is not a number.")
    return TopicModel(
        name=str(manifest["name"]),
        topics=topics,
        multilabel=bool(manifest["multilabel"]),
        layers=layers,
        intercept=intercept,
        calibration=calibration_from_dict(manifest["calibration"], len(topics)),
        thresholds=manifest["thresholds"],
        primary=Primary.from_dict(manifest["primary"]),
        min_chars=int(manifest["min_chars"]),
        info=manifest["info"],
        path=folder,
        digest=manifest["sha256"],
    )


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest and check that it is whole, ours, and of a version we know."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise ModelFileError(f"{folder}: no such folder; a model is a folder with a {MANIFEST}.")
    data = _read_file(path, _MOST_MANIFEST)
    try:
        manifest = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path}: not JSON in UTF-8: {error}.") from error
    if not isinstance(manifest, dict) or "format_version" not in manifest:
        raise ModelFileError(f"{path}: not the manifest of a model (no format_version).")
    version = manifest["format_version"]
    if type(version) is not int or not 1 <= version <= VERSION:
        raise ModelFileError(
            f"{path}: format version {version!r:.40}; this pdclassify reads 1 to {VERSION}. Install"
            " a newer pdclassify, or train the model again."
        )
    if set(manifest) != _KEYS:
        odd = sorted(set(manifest) ^ _KEYS)
        raise ModelFileError(f"{path}: missing or unknown entries: {', '.join(odd)[:200]}.")
    digest = _digest(manifest)
    if manifest["sha256"] != digest:
        raise ModelFileError(
            f"{path}: changed since it was written: it says SHA-256 {manifest['sha256']!r:.80}, its"
            f" contents have {digest}; get it again."
        )
    if data != _canonical_file(manifest):
        raise ModelFileError(f"{path}: not written as pdclassify writes it; get it again.")
    tokenizer = manifest["tokenizer"]
    ours = {"name": TABLE_NAME, "sha256": table_digest()}
    if tokenizer != ours:
        raise ModelFileError(
            f"{path}: made for the tokenizer {tokenizer!r:.140}; this pdclassify has {ours}. Install"
            " the pdclassify that made it, or train it again."
        )
    if not isinstance(manifest["members"], dict) or len(manifest["members"]) > _MOST_MEMBERS:
        raise ModelFileError(f"{path}: its list of members is not one.")
    return manifest


def _check_folder(folder: Path, members: Mapping[str, Any]) -> None:
    """Check that the folder holds the members, the manifest, perhaps a card, and nothing else."""
    for name in members:
        kind = name.split(".")[-2] if name.count(".") == 2 else ""
        if (
            kind not in _DTYPES
            or not name.endswith(".npy")
            or not name[0].isalnum()
            or name != Path(name).name
        ):
            raise ModelFileError(f"{folder / MANIFEST}: {name!r:.80} is not the name of a member.")
    present = {entry.name for entry in os.scandir(folder)}
    missing = sorted(set(members) - present)
    extra = sorted(present - set(members) - {MANIFEST, CARD})
    if missing:
        raise ModelFileError(f"{folder}: {', '.join(missing)} missing; get the model again.")
    if extra:
        raise ModelFileError(
            f"{folder}: {', '.join(extra)[:200]} not listed in the manifest; a model's folder holds"
            " its own files alone."
        )


def _read_member(folder: Path, name: str, told: Any) -> NDArray[Any]:
    """Map one array, after checking its size, digest and header against what the manifest tells."""
    path = folder / name
    try:
        size, sha256, dtype, shape = (told[k] for k in ("size", "sha256", "dtype", "shape"))
        known = dtype in _DTYPES[name.split(".")[-2]]
        whole = all(type(n) is int and n >= 0 for n in [size, *shape])
    except (KeyError, TypeError) as error:
        raise ModelFileError(f"{folder / MANIFEST}: does not describe {name}: {error}.") from error
    if len(told) != 4 or not known or not whole or len(shape) not in (1, 2) or size > _MOST_MEMBER:
        raise ModelFileError(f"{folder / MANIFEST}: what it tells of {name} cannot be.")
    header = _header(dtype, tuple(shape))
    length = int(np.prod([int(n) for n in shape], dtype=object)) * np.dtype(dtype).itemsize
    if size != len(header) + length:
        raise ModelFileError(f"{path}: {size} bytes cannot hold {dtype} {shape}.")
    with _opened(path) as file:
        actual = os.fstat(file.fileno()).st_size
        if actual != size:
            raise ModelFileError(f"{path}: {actual} bytes; the manifest says {size}. Get it again.")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    found = hashlib.sha256(mapped).hexdigest()
    if found != sha256:
        raise ModelFileError(
            f"{path}: changed since it was written: SHA-256 {found}; the manifest says"
            f" {sha256!r:.80}. Get it again."
        )
    if mapped[: len(header)] != header:
        raise ModelFileError(f"{path}: its header is not that of {dtype} {shape}.")
    return np.frombuffer(mapped, dtype=dtype, offset=len(header)).reshape(shape)


def _header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Return the first bytes of the ``.npy`` file of such an array: all are checked, none parsed."""
    import io

    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": dtype, "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


def _opened(path: Path) -> Any:
    """Open a regular file that is no link."""
    try:
        handle = os.open(
            path,
            os.O_RDONLY
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_NONBLOCK", 0)
            | getattr(os, "O_BINARY", 0),
        )
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be opened: {error.strerror or error}.") from error
    file = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode) or path.is_symlink():
        file.close()
        raise ModelFileError(f"{path}: a link or no ordinary file; a model holds files alone.")
    return file


def _read_file(path: Path, most: int) -> bytes:
    """Read a file that may not be larger than ``most`` bytes."""
    with _opened(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise ModelFileError(f"{path}: more than {most:,} bytes.")
    return bytes(data)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a JSON object, refusing a name that stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def _refuse(constant: str) -> Any:
    """Refuse NaN and infinities, which are not JSON."""
    raise ValueError(f"{constant} is not JSON")


def _sha256(data: bytes) -> str:
    """Return a digest in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _digest(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest without its own digest, keys sorted, nothing between."""
    rest = {key: value for key, value in manifest.items() if key != "sha256"}
    plain = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _sha256(plain.encode("utf-8", "surrogatepass"))


def _canonical_file(manifest: Mapping[str, Any]) -> bytes:
    """Return the manifest's file as `save` writes it, so that not even a blank may change."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "surrogatepass")


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array in C order and little-endian bytes."""
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))


def _packages() -> dict[str, str]:
    """Return the versions of what a model is made with."""
    found = {}
    for name in ("pdclassify", "numpy", "scipy", "scikit-learn"):
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _is_replaceable(target: Path) -> bool:
    """Tell whether a folder is empty or holds a model, and so may be written over."""
    return target.is_dir() and (not any(target.iterdir()) or (target / MANIFEST).is_file())


def _swap(folder: Path, target: Path) -> None:
    """Rename ``folder`` to ``target``; an earlier model is set aside first and then removed."""
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        old.rmdir()
        target.rename(old)
        try:
            folder.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        folder.rename(target)
