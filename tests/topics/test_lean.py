"""What prediction loads and says: tested in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pdclassify.topics import bundle
from small_model import made

HEAVY = (
    "sklearn",
    "scipy",
    "jieba",
    "rjieba",
    "joblib",
    "pandas",
    "pyarrow",
    "unittest",
    "logging",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved model."""
    path = tmp_path_factory.mktemp("lean") / "model"
    bundle.save(made(), path)
    return path


def run(code: str) -> str:
    """Run code under ``-W error``, see that it says nothing on stderr, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_prediction_loads_numpy_alone(folder: Path) -> None:
    """Predicting and explaining load neither scikit-learn nor scipy nor a segmenter, and are quiet."""
    loaded = run(
        f"import sys, pdclassify; m = pdclassify.load({str(folder)!r});"
        "m.predict(['党支部每月开一次组织生活会']); m.explain('党支部的党课', 'style');"
        "print(*{name.split('.')[0] for name in sys.modules})"
    ).split()
    assert "numpy" in loaded
    assert not set(loaded) & set(HEAVY)


def test_command_starts_lean(folder: Path, tmp_path: Path) -> None:
    """Predicting a file of records from the shell loads nothing that other inputs need."""
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "a", "text": "党支部每月开一次组织生活会"}\n', encoding="utf-8")
    loaded = run(
        "import sys; from pdclassify.cli.main import cli;"
        f"cli(['predict', '--model', {str(folder)!r}, {str(file)!r}], standalone_mode=False);"
        "print(*{name.split('.')[0] for name in sys.modules})"
    ).split()
    assert "click" in loaded
    assert not set(loaded) & {*HEAVY, "csv", "gzip", "rich", "shutil", "tempfile"}


def test_import_loads_nothing() -> None:
    """Importing pdclassify does not even load numpy."""
    loaded = run("import sys, pdclassify; print(*{name.split('.')[0] for name in sys.modules})")
    assert not set(loaded.split()) & {*HEAVY, "numpy", "dataclasses"}


def test_model_moves_between_processes(folder: Path) -> None:
    """A model saved here predicts the same in a fresh process, bit for bit."""
    text = "网格员走街串巷，登记诉求，调解邻里纠纷"
    told = run(
        f"import pdclassify; m = pdclassify.load({str(folder)!r});"
        f"print(repr(m.predict([{text!r}])[0].to_dict()))"
    )
    assert told.strip() == repr(made().predict([text])[0].to_dict())
