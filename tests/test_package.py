"""The package itself: names, weight, warnings, version, and whether it works from a zip."""

from __future__ import annotations

import doctest
import json
import pkgutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

import pdclassify

ROOT = Path(__file__).parent.parent


def python(script: str, *args: str) -> str:
    """Run a script with every warning an error and return what it printed."""
    command = [sys.executable, "-W", "error", "-c", script, *args]
    ran = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    return ran.stdout


def test_public_names():
    """What __all__ promises is what can be loaded, and dir() shows it."""
    assert sorted(pdclassify.__all__) == sorted(pdclassify._HOME)
    assert set(pdclassify.__all__) <= set(dir(pdclassify))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = pdclassify.nothing


@pytest.mark.parametrize("name", pdclassify.__all__)
def test_every_public_name_loads_and_is_documented(name):
    """Every public name is there and says what it is."""
    assert getattr(pdclassify, name).__doc__


def test_the_examples_in_docstrings_are_true():
    """What a docstring shows after >>> comes out."""
    found = [
        doctest.testmod(import_module(module.name))
        for module in pkgutil.walk_packages(pdclassify.__path__, "pdclassify.")
        if not module.name.endswith("__main__")
    ]
    assert sum(one.attempted for one in found) >= 4
    assert sum(one.failed for one in found) == 0


def test_the_import_is_free():
    """Importing the package loads no other package, no dictionary and no model."""
    loaded = json.loads(
        python(
            "import sys, json; before = set(sys.modules); import pdclassify;"
            "print(json.dumps(sorted(set(sys.modules) - before)))"
        )
    )
    outside = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert outside == {"pdclassify"}
    assert "logging" not in loaded


def test_the_first_prediction_makes_no_noise():
    """Loading and predicting gives no warning and no word on stderr."""
    said = python(
        "import pdclassify; print(pdclassify.load().predict(['社区党支部开会。'])[0].reason)"
    )
    assert said.strip() in {"None", "below_threshold", "too_short"}


def test_after_warming_up_nothing_is_left_to_load(examples):
    """The first page after warm_up opens no file and imports no module."""
    text = (examples / "page.txt").read_text(encoding="utf-8")
    said = python(
        "import sys, pdclassify; pdclassify.warm_up(); loaded = []\n"
        "sys.addaudithook(lambda event, args: loaded.append(args[0]) if event in ('open', 'import')"
        " else None)\n"
        "pdclassify.analyze(sys.argv[1]); print(loaded)",
        text,
    )
    assert said.strip() == "[]"


def test_the_whole_way_makes_no_noise():
    """So do summary and keywords, jieba's dictionary included."""
    said = python(
        "import pdclassify, sys\n"
        "from pathlib import Path\n"
        "text = Path(sys.argv[1]).read_text('utf-8')\n"
        "print(len(pdclassify.analyze(text)))",
        str(ROOT / "examples" / "page.txt"),
    )
    assert said == "5\n"


def test_the_version_is_said_once():
    """pyproject.toml and the package agree on the version, and the changelog has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert pdclassify.__version__ == project["version"]
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_it_works_from_a_zip(tmp_path):
    """The package runs from a zip, its model and word lists included."""
    archive = tmp_path / "pdclassify.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path in sorted((ROOT / "src" / "pdclassify").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                made.write(path, path.relative_to(ROOT / "src"))
        for path in (ROOT / "models" / "party-press").iterdir():
            made.write(path, f"pdclassify/models/party-press/{path.name}")
    said = python(
        "import sys; sys.path.insert(0, sys.argv[1]); import pdclassify\n"
        "assert pdclassify.__file__.startswith(sys.argv[1]), pdclassify.__file__\n"
        "for one in pdclassify.analyze('标题\\n\\n社区党支部开会，党员入户走访，解决居民难题。'):\n"
        "    print(one.prediction.probabilities.keys() and one.summary.text)",
        str(archive),
    )
    assert "社区党支部开会" in said


def test_the_shipped_model_is_small():
    """Less than 6 MiB travel with the package."""
    folder = ROOT / "models" / "party-press"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 6 * 2**20


def test_the_readme_begins_with_what_a_newcomer_needs():
    """The first sh block sets up and runs the main job, the second sets up and runs the tests."""
    blocks = (ROOT / "README.md").read_text("utf-8").split("```sh\n")[1:]
    first, second = (block.split("```")[0] for block in blocks[:2])
    assert "pip install" in first
    assert "python -m pdclassify analyze" in first
    assert "examples/page.txt" in first
    assert "pip install" in second
    assert "python -m pytest" in second
