from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pdclassify
from pdclassify.article import Article
from pdclassify.errors import ModelFileError, UsageError
from pdclassify.topics import bundle, shipped
from pdclassify.topics.members import CARD, MANIFEST
from pdclassify.topics.model import TopicModel
from small_model import articles, made

GOLDEN = Path(__file__).parent.parent / "data" / "models"
MEMBERS = [
    f"{field}.{kind}.npy" for field in ("headline", "body") for kind in ("codes", "idf", "weights")
] + [f"body.subject.{kind}.npy" for kind in ("terms", "weights", "forms")]
#: Everything that a model may have.
RICH: dict[str, Any] = {"marks": True, "dimensions": 3}
SUBJECT = "body.subject.{}.npy"
SIGNAL = "PDCLASSIFY_TEST_CODE_RAN"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small model and a card."""
    folder = tmp_path_factory.mktemp("models") / "small"
    bundle.save(made(**RICH), folder, card="# Small\n")
    return folder


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    """A copy of the folder, to be spoiled."""
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def signed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest and give it the digest of what it says now, as a clever enemy would."""
    path = folder / MANIFEST
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["sha256"]
    change(manifest)
    text = json.dumps({**manifest, "sha256": "0" * 64}, ensure_ascii=False, indent=1) + "\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    path.write_text(text[:-69] + text[-69:].replace("0" * 64, digest), encoding="utf-8")


def replaced(folder: Path, name: str, data: bytes, **told: Any) -> None:
    """Put other bytes in a member's place, and list them correctly."""
    (folder / name).write_bytes(data)

    def tell(manifest: dict[str, Any]) -> None:
        facts = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest["members"][name].update(facts | told)

    signed(folder, tell)


def npy(
    array: np.ndarray, *, version: tuple[int, int] = (1, 0), allow_pickle: bool = False
) -> bytes:
    """Return an array as the bytes of an ``.npy`` file."""
    import io

    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version, allow_pickle=allow_pickle)
    return file.getvalue()


class Runs:
    """What sets a mark if it is ever unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.putenv, (SIGNAL, "1")


def test_saved_model_predicts_the_same(saved: Path) -> None:
    """Read back, a model has the same parts and gives the same answers to the last bit."""
    model, read = made(**RICH), bundle.load(saved)
    assert read.predict(articles()) == model.predict(articles())
    assert read.explain(articles()[0], "style") == model.explain(articles()[0], "style")
    assert (read.name, read.topics, read.multilabel, read.min_chars) == (
        "small",
        model.topics,
        True,
        5,
    )
    assert read.thresholds == model.thresholds
    assert read.primary == model.primary
    assert read.info == model.info
    assert read.path == saved
    assert read.digest == json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    assert not read.layers[0].weights.flags.writeable


def test_same_model_same_bytes(saved: Path, tmp_path: Path) -> None:
    """Saved again, every file is the same byte for byte."""
    bundle.save(bundle.load(saved), tmp_path / "again", card="# Small\n")
    for file in saved.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()
    assert {p.name for p in (tmp_path / "again").iterdir()} == {p.name for p in saved.iterdir()}


def test_saving_replaces_a_model_and_nothing_else(saved: Path, tmp_path: Path) -> None:
    """An earlier model is replaced whole; a folder of other things, or a file, is left alone."""
    target = tmp_path / "model"
    bundle.save(made(), target)
    bundle.save(made(2), target, card="new")
    assert bundle.load(target).topics == ("party_building", "governance")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(target)
    for name in ("mine", "file", "link"):
        with pytest.raises(ModelFileError, match=name):
            bundle.save(made(), tmp_path / name)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "link", "mine", "model"]


def test_failed_save_leaves_the_old_model(tmp_path: Path) -> None:
    """A model that cannot be written leaves what stood there, and no temporary folder."""
    bundle.save(made(), tmp_path / "model")
    bad = made(2)
    for info in ({"number": float("nan")}, {"text": "\ud800"}, {"made": object()}):
        vars(bad).update(info=info)
        with pytest.raises(UsageError, match="JSON"):
            bundle.save(bad, tmp_path / "model")
    assert len(bundle.load(tmp_path / "model").topics) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_verify_says_what_was_checked(saved: Path) -> None:
    """The report names every file, and the first thing that is wrong is an error."""
    lines = bundle.verify(saved)
    for name in (MANIFEST, *MEMBERS):
        assert any(line.startswith(f"{name}: ") for line in lines)
    assert not any(CARD in line for line in lines)


def test_card_may_be_edited_or_missing(copy: Path) -> None:
    """The card is for people: no digest covers it, and a model without one still works."""
    (copy / CARD).write_text("my notes")
    bundle.load(copy)
    (copy / CARD).unlink()
    bundle.load(copy)
    assert any(line.startswith(CARD) for line in bundle.verify(copy))


@pytest.mark.parametrize("name", [MANIFEST, *MEMBERS])
def test_every_changed_byte_is_found(name: str, copy: Path) -> None:
    """One flipped bit, anywhere in any file but the card, is an error."""
    path = copy / name
    data = path.read_bytes()
    rng = np.random.default_rng(len(name))
    places = [*rng.choice(len(data), 40, replace=False).tolist(), 0, len(data) - 1]
    for place in places:
        spoiled = bytearray(data)
        spoiled[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(spoiled)
        with pytest.raises(ModelFileError):
            bundle.load(copy)
    path.write_bytes(data)
    bundle.load(copy)


Hostile = Callable[[Path], object]


def _hostile() -> Iterator[tuple[str, Hostile]]:
    """Yield what an enemy or an accident does to a folder, with a name for each."""
    for name in (MANIFEST, *MEMBERS):
        for what, data in (
            ("empty", b""),
            ("zeros", bytes(4096)),
            ("text", "不是模型".encode()),
            ("pickle", pickle.dumps(Runs())),
            ("gzip", b"\x1f\x8b\x08" + bytes(100)),
        ):
            yield f"{name} {what}", lambda f, n=name, d=data: (f / n).write_bytes(d)
        yield f"{name} missing", lambda f, n=name: (f / n).unlink()
        yield f"{name} cut", lambda f, n=name: os.truncate(f / n, (f / n).stat().st_size - 1)
        yield f"{name} longer", lambda f, n=name: (f / n).write_bytes((f / n).read_bytes() + b"\n")
        yield f"{name} huge", lambda f, n=name: os.truncate(f / n, 1 << 40)
        yield f"{name} link", lambda f, n=name: _linked(f, n)
        yield f"{name} folder", lambda f, n=name: ((f / n).unlink(), (f / n).mkdir())
        yield f"{name} pipe", lambda f, n=name: ((f / n).unlink(), os.mkfifo(f / n))
    for name in MEMBERS:
        array = np.zeros(3, dtype=object)
        array[0] = Runs()
        data = npy(array, allow_pickle=True)
        yield f"{name} objects", lambda f, n=name, d=data: replaced(f, n, d)
        yield (
            f"{name} objects told",
            lambda f, n=name, d=data: replaced(f, n, d, dtype="|O", shape=[3]),
        )
        yield f"{name} pickle listed", lambda f, n=name: replaced(f, n, pickle.dumps(Runs()))
        yield f"{name} other header", lambda f, n=name: _headed(f, n, b"\x93NUMPY\x02\x00")
        yield (
            f"{name} fortran",
            lambda f, n=name: replaced(f, n, (f / n).read_bytes().replace(b"False", b"True ", 1)),
        )
        yield f"{name} huge shape", lambda f, n=name: _told(f, n, shape=[1 << 62, 1 << 62])
        yield f"{name} huge size", lambda f, n=name: _told(f, n, size=1 << 62)
        yield (
            f"{name} large shape",
            lambda f, n=name: _told(f, n, shape=[1 << 28], size=(8 << 28) + 128),
        )
        yield f"{name} negative shape", lambda f, n=name: _told(f, n, shape=[-1])
        yield f"{name} no shape", lambda f, n=name: _told(f, n, shape=[])
        yield f"{name} odd shape", lambda f, n=name: _told(f, n, shape="12")
        yield f"{name} true shape", lambda f, n=name: _told(f, n, shape=[True])
        yield f"{name} other dtype", lambda f, n=name: _told(f, n, dtype="<i8")
        yield f"{name} list dtype", lambda f, n=name: _told(f, n, dtype=["<u8"])
        yield f"{name} other digest", lambda f, n=name: _told(f, n, sha256="0" * 64)
        yield f"{name} more told", lambda f, n=name: _told(f, n, mode="rw")
        yield (
            f"{name} nothing told",
            lambda f, n=name: signed(f, lambda m: m["members"].update({n: None})),
        )
        yield f"{name} not listed", lambda f, n=name: signed(f, lambda m: m["members"].pop(n))
        yield (
            f"{name} gone",
            lambda f, n=name: ((f / n).unlink(), signed(f, lambda m: m["members"].pop(n))),
        )
        for other in MEMBERS:
            if other > name:
                yield f"{name} and {other} swapped", lambda f, a=name, b=other: _swapped(f, a, b)
    for name in ("model.pkl", "__init__.py", ".hidden", "body.codes.npz", "sub", "lead.codes.npy"):
        yield f"extra {name}", lambda f, n=name: (f / n).write_bytes(b"")
    yield "extra folder", lambda f: (f / "extra").mkdir()
    for name in (
        "../outside.codes.npy",
        "/etc/passwd",
        "a/b.codes.npy",
        "..",
        "",
        "body.codes.npy\x00",
        "manifest.json",
        "..codes.npy",
        "body.codes.npy.npy",
        "\\\\host\\x.codes.npy",
    ):
        yield f"member {name!r}", lambda f, n=name: _listed(f, n)
    for key, value in (
        ("format_version", 1),
        ("format_version", 3),
        ("format_version", 0),
        ("format_version", "1"),
        ("format_version", True),
        ("format_version", None),
        ("tokenizer", {"name": "characters", "sha256": "0" * 64}),
        ("tokenizers", {"jieba": "0" * 64}),
        ("tokenizers", None),
        ("tokenizers", {}),
        ("tokenizers", ["characters"]),
        ("tokenizers", {"characters": "0" * 64}),
        ("tokenizers", {"characters": []}),
        ("topics", []),
        ("topics", "abc"),
        ("topics", ["a", "b"]),
        ("topics", ["a", "a", "b"]),
        ("topics", [1, 2, 3]),
        ("multilabel", "yes"),
        ("multilabel", False),
        ("fields", []),
        ("fields", None),
        ("fields", [{"name": "body"}]),
        ("intercept", [0.0]),
        ("intercept", "0"),
        ("intercept", [0.0, 1e999, 0.0]),
        ("calibration", {"method": "eval"}),
        ("calibration", {}),
        ("calibration", {"method": "sigmoid", "slope": [1, 1, 1], "offset": [0]}),
        ("thresholds", {"style": 2}),
        ("thresholds", {"style": "0.5"}),
        ("thresholds", {"sport": 0.5}),
        ("thresholds", [0.5]),
        ("primary", {}),
        ("primary", {"probability": 1, "fields": {"section": 1}, "offset": []}),
        ("min_chars", "5"),
        ("min_chars", 1.5),
        ("info", 5),
        ("members", []),
        ("members", {f"f{i}.codes.npy": {} for i in range(100)}),
    ):
        yield (
            f"{key} = {value!r:.50}",
            lambda f, k=key, v=value: signed(f, lambda m: m.update({k: v})),
        )
    for index in (0, 1):
        for key, value in (
            ("name", "section"),
            ("name", "text"),
            ("lengths", [1, 9]),
            ("lengths", [1.0, 2.5]),
            ("lengths", 3),
            ("tf", "__import__"),
            ("norm", ["l2"]),
            ("scale", [1.0]),
            ("scale", ["x", 1, 2]),
            ("analyzer", "os.system"),
            ("marks", "yes"),
            ("marks", None),
            ("subject", {}),
            ("subject", {"scale": [1.0]}),
            ("subject", {"scale": [1.0, 2.0, 1e999]}),
            ("subject", {"scale": [1.0, 2.0, 3.0], "code": "x"}),
            ("subject", [1]),
            ("subject", 5),
        ):
            yield (
                f"field {index} {key} = {value}",
                lambda f, i=index, k=key, v=value: signed(
                    f, lambda m: m["fields"][i].update({k: v})
                ),
            )
    for digest in ("", "0" * 64, "x", "sha256", None, 5, "\ud800"):
        yield f"digest {digest!r}", lambda f, d=digest: _digested(f, d)
    yield "an entry more", lambda f: signed(f, lambda m: m.update(code="import os"))
    yield "an entry less", lambda f: signed(f, lambda m: m.pop("packages"))
    yield "deep", lambda f: (f / MANIFEST).write_text("[" * 200_000)
    yield "long number", lambda f: (f / MANIFEST).write_text("1" * 100_000)
    yield "a list", lambda f: (f / MANIFEST).write_text("[]")
    yield "not UTF-8", lambda f: (f / MANIFEST).write_bytes('{"格式": 1}'.encode("gb18030"))
    yield "NaN", lambda f: _edited(f, '"min_chars": 5', '"min_chars": NaN')
    yield "twice", lambda f: _edited(f, '"min_chars": 5', '"min_chars": 5,\n "min_chars": 5')
    yield "a blank", lambda f: _edited(f, '"min_chars": 5', '"min_chars":  5')
    yield "terms in disorder", lambda f: _array(f, "body.codes.npy", lambda a: a[::-1])
    yield (
        "terms twice",
        lambda f: _array(f, "body.codes.npy", lambda a: np.sort(np.r_[a[1:], a[5]])),
    )
    yield "idf NaN", lambda f: _array(f, "body.idf.npy", lambda a: a * np.float32("nan"))
    yield "idf below 0", lambda f: _array(f, "body.idf.npy", lambda a: -a)
    yield "idf fewer", lambda f: _array(f, "body.idf.npy", lambda a: a[1:])
    yield "weights fewer", lambda f: _array(f, "body.weights.npy", lambda a: a[1:])
    yield "weights of two topics", lambda f: _array(f, "body.weights.npy", lambda a: a[:, :2])
    yield "weights flat", lambda f: _array(f, "body.weights.npy", lambda a: a[:, 0])
    yield (
        "subject terms in disorder",
        lambda f: _array(f, SUBJECT.format("terms"), lambda a: a[::-1]),
    )
    yield "subject terms beyond", lambda f: _array(f, SUBJECT.format("terms"), lambda a: a + 10**6)
    yield "subject terms fewer", lambda f: _array(f, SUBJECT.format("terms"), lambda a: a[1:])
    yield "subject forms fewer", lambda f: _array(f, SUBJECT.format("forms"), lambda a: a[1:])
    yield "subject forms of two", lambda f: _array(f, SUBJECT.format("forms"), lambda a: a[:6])
    yield "subject forms NaN", lambda f: _array(f, SUBJECT.format("forms"), lambda a: a * np.nan)
    yield "subject flat", lambda f: _array(f, SUBJECT.format("weights"), lambda a: a[:, 0])
    yield (
        "weights infinite",
        lambda f: _array(f, "body.weights.npy", lambda a: a * np.float64("inf")),
    )


def _digested(folder: Path, digest: Any) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**manifest, "sha256": digest}, indent=1) + "\n")


def _told(folder: Path, name: str, **told: Any) -> None:
    signed(folder, lambda m: m["members"][name].update(told))


def _headed(folder: Path, name: str, magic: bytes) -> None:
    replaced(folder, name, magic + (folder / name).read_bytes()[8:])


def _swapped(folder: Path, one: str, other: str) -> None:
    first, second = (folder / one).read_bytes(), (folder / other).read_bytes()
    (folder / one).write_bytes(second)
    (folder / other).write_bytes(first)


def _linked(folder: Path, name: str) -> None:
    (folder.parent / "elsewhere").write_bytes((folder / name).read_bytes())
    (folder / name).unlink()
    (folder / name).symlink_to(folder.parent / "elsewhere")


def _listed(folder: Path, name: str) -> None:
    signed(folder, lambda m: m["members"].update({name: m["members"]["body.codes.npy"]}))


def _edited(folder: Path, old: str, new: str) -> None:
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    assert old in text
    (folder / MANIFEST).write_text(text.replace(old, new), encoding="utf-8")


def _array(folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    with np.errstate(invalid="ignore"):
        array = np.ascontiguousarray(change(np.load(folder / name)))
    replaced(folder, name, npy(array), dtype=array.dtype.str, shape=list(array.shape))


HOSTILE = dict(_hostile())


def test_there_are_two_hundred_hostile_folders() -> None:
    """The list below is as long as it should be."""
    assert len(HOSTILE) >= 200


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_folder_is_refused(what: str, copy: Path) -> None:
    """Whatever was done to a folder, it is a ModelFileError; nothing runs and nothing is written."""
    HOSTILE[what](copy)
    before = sorted(str(path) for path in copy.parent.rglob("*"))
    with pytest.raises(ModelFileError) as caught:
        bundle.load(copy)
    assert str(copy) in str(caught.value)
    assert len(str(caught.value)) < 1000
    with pytest.raises(ModelFileError):
        bundle.verify(copy)
    assert sorted(str(path) for path in copy.parent.rglob("*")) == before
    assert not subprocess_would_see(SIGNAL)


def subprocess_would_see(name: str) -> bool:
    """Tell whether the process's real environment (not Python's copy of it) has a variable."""
    import ctypes

    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    return getenv(name.encode()) is not None


@pytest.mark.parametrize("what", ["missing", "file", "empty"])
def test_no_model_there(what: str, tmp_path: Path) -> None:
    """A path that is no folder, or an empty one, is an error that names it."""
    path = tmp_path / what
    if what == "file":
        path.write_text("")
    elif what == "empty":
        path.mkdir()
    with pytest.raises(ModelFileError, match=what):
        bundle.load(path)


def test_errors_name_both_sides(copy: Path) -> None:
    """A newer format and another tokenizer are told together with what this pdclassify has."""
    signed(copy, lambda m: m.update(format_version=7))
    with pytest.raises(ModelFileError, match=r"format version 7; this pdclassify reads 1 to 2"):
        bundle.load(copy)
    signed(copy, lambda m: m.update(format_version=2, tokenizers={"words": "ab"}))
    with pytest.raises(ModelFileError, match=r"'words'.*this pdclassify has .*'characters'"):
        bundle.load(copy)


@pytest.mark.parametrize("version", sorted(path.name for path in GOLDEN.iterdir()))
def test_models_of_every_version_load_for_ever(version: str) -> None:
    """A model written by an earlier pdclassify gives the predictions that it gave then."""
    expected = json.loads((GOLDEN / version / "predictions.json").read_text(encoding="utf-8"))
    model = bundle.load(GOLDEN / version / "model")
    documents = [Article(text=r["text"], title=r["title"]) for r in expected]
    for record, prediction in zip(expected, model.predict(documents), strict=True):
        found = prediction.to_dict()
        assert found["probabilities"] == pytest.approx(record.pop("probabilities"), abs=1e-9)
        assert {key: found[key] for key in ("topics", "primary", "reason")} == {
            key: record[key] for key in ("topics", "primary", "reason")
        }


def test_model_in_a_zip_is_found(saved: Path, tmp_path: Path) -> None:
    """Pdclassify imported from a zip brings its models along."""
    package = Path(pdclassify.__file__).parent
    archive = tmp_path / "pdclassify.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in [*package.rglob("*.py"), package / "py.typed"]:
            file.write(path, Path("pdclassify") / path.relative_to(package))
        for path in saved.iterdir():
            file.write(path, Path("pdclassify/models/party-press") / path.name)
    code = (
        "import pdclassify; m = pdclassify.load(); print(pdclassify.__file__); print(m.name);"
        "print(m.predict(['镇里的党支部每月开一次组织生活会'])[0].topics); print(m.path)"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            f"import sys; sys.path[:0] = {[str(archive), *sys.path]}; {code}",
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    place, name, topics, path = done.stdout.splitlines()
    assert str(archive) in place
    assert name == "small"
    assert "party_building" in topics
    assert not Path(path).exists()
    assert done.stderr == ""


def test_missing_shipped_model_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without its model says so."""
    monkeypatch.setattr(shipped, "_places", list)
    assert bundle.shipped() == []
    with pytest.raises(ModelFileError, match="party-press is not in this installation"):
        bundle.load()


def test_model_type_is_public(saved: Path) -> None:
    """`pdclassify.load` gives a `pdclassify.TopicModel`."""
    assert isinstance(pdclassify.load(saved), pdclassify.TopicModel)
    assert pdclassify.TopicModel is TopicModel
