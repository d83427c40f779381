"""The files of a model's folder: every byte is vouched for, or the folder is refused.

The manifest carries its own SHA-256 and lists each array with size, type, shape and SHA-256. A file
that is a link, not as large as told, unlisted or changed is an error before anything of it is used.
Nothing in the folder can run: the manifest is JSON, and the head of each array's file must be the
very bytes that its type and shape call for, so that not even a header is parsed.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import mmap
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import ModelFileError, UsageError, unwritable
from pdclassify.text.characters import TABLE_NAMES, table_digest

__all__ = ["CARD", "MANIFEST", "VERSION", "read_folder", "write_folder"]

#: The format's number. A change that an older reader would misunderstand raises it; the reader of
#: every earlier number stays, with a small model of that number in ``tests/data/models``.
VERSION: Final = 2
MANIFEST: Final = "manifest.json"
CARD: Final = "MODEL_CARD.md"

# Nothing that can be trained on a laptop comes near; what is larger is refused unread.
_MOST_MANIFEST = 16 << 20
_MOST_MEMBER = 2 << 30
_MOST_MEMBERS = 64
_BLANK = "0" * 64  # stands in a manifest for its own digest while that is taken
_NUMBERS = {"|i1", "<i2", "<f4", "<f8"}
_KINDS = {
    "codes": {"<u8"},
    "idf": {"<f4"},
    "weights": _NUMBERS,
    "subject.terms": {"<u4"},
    "subject.weights": _NUMBERS,
    "subject.forms": {"<f8"},
}
_KEYS = frozenset(
    [
        "format_version",
        "name",
        "topics",
        "multilabel",
        "fields",
        "tokenizers",
        "intercept",
        "calibration",
        "thresholds",
        "primary",
        "min_chars",
        "packages",
        "info",
        "members",
        "sha256",
    ]
)


def write_folder(
    target: Path,
    facts: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    card: str | None,
) -> None:
    """Write a model to a temporary folder beside ``target`` and rename it when all is there.

    Raises
    ------
    ModelFileError
        If something that is not a model stands at ``target``.
    OutputError
        If it cannot be written.
    UsageError
        If ``facts`` cannot be written as JSON and read back.
    """
    import shutil
    import tempfile

    if target.is_symlink() or (target.exists() and not _is_replaceable(target)):
        raise ModelFileError(f"{target}: not a model's folder; name another place, or remove it.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        members = {}
        for name, array in arrays.items():
            plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
            data = _header(plain.dtype.str, plain.shape) + plain.tobytes()
            (folder / name).write_bytes(data)
            members[name] = {
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "dtype": plain.dtype.str,
                "shape": list(plain.shape),
            }
        manifest = {
            "format_version": VERSION,
            **facts,
            "tokenizers": {
                TABLE_NAMES[marks]: table_digest(marks)
                for marks in sorted({field["marks"] for field in facts["fields"]})
            },
            "members": members,
            "sha256": _BLANK,
        }
        try:
            text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
            data = text.encode("utf-8")
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"{target}: what the model tells of itself is not JSON: {error}."
            ) from error
        digest = hashlib.sha256(data).hexdigest()
        (folder / MANIFEST).write_bytes(_signed(data, _BLANK, digest))
        if card is not None:
            (folder / CARD).write_text(card, encoding="utf-8", newline="\n")
        folder.chmod(0o755)
        _rename(folder, target)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_replaceable(target: Path) -> bool:
    """Tell whether a folder is empty or holds a model, and so may be written over."""
    return target.is_dir() and (not any(target.iterdir()) or (target / MANIFEST).is_file())


def _rename(folder: Path, target: Path) -> None:
    """Rename ``folder`` to ``target``; an earlier model is set aside first and then removed."""
    if not target.exists():
        folder.rename(target)
        return
    import shutil
    import tempfile

    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)) / target.name
    target.rename(old)
    try:
        folder.rename(target)
    except OSError:
        old.rename(target)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)


def read_folder(folder: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return a folder's manifest and its arrays, mapped into memory, when all of it was checked.

    Raises
    ------
    ModelFileError
        At the first thing that is not as it must be.
    """
    manifest = _read_manifest(folder)
    members = manifest["members"]
    _check_names(folder, members)
    return manifest, {name: _read_member(folder, name, told) for name, told in members.items()}


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest and check that it is whole, ours, and of a version we know."""
    path = folder / MANIFEST
    if not folder.is_dir():
        raise ModelFileError(f"{folder}: no such folder; a model is a folder with a {MANIFEST}.")
    with _opened(path) as file:
        data = file.read(_MOST_MANIFEST + 1)
    if len(data) > _MOST_MANIFEST:
        raise ModelFileError(f"{path}: more than {_MOST_MANIFEST:,} bytes; not ours.")
    try:
        manifest = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path}: not JSON in UTF-8: {error}; get it again.") from error
    if not isinstance(manifest, dict) or "format_version" not in manifest:
        raise ModelFileError(f"{path}: not the manifest of a model: it has no format_version.")
    version = manifest["format_version"]
    if type(version) is not int or not 1 <= version <= VERSION:
        raise ModelFileError(
            f"{path}: format version {version!r:.40}; this pdclassify reads 1 to {VERSION}. Install"
            " a newer pdclassify, or train the model again."
        )
    facts: dict[str, Any] = _upgraded(manifest) if version == 1 else manifest
    if facts.keys() != _KEYS:
        odd = ", ".join(sorted(facts.keys() ^ _KEYS))
        raise ModelFileError(f"{path}: missing or unknown entries: {odd:.200}; get it again.")
    told = str(facts["sha256"])
    digest = hashlib.sha256(_signed(data, told, _BLANK) if told else data).hexdigest()
    if told != digest:
        raise ModelFileError(
            f"{path}: changed since it was written: it says SHA-256 {told!r:.80}, and has {digest};"
            " get it again."
        )
    asked = facts["tokenizers"]
    known = isinstance(asked, dict) and asked and asked.keys() <= set(TABLE_NAMES.values())
    ours = {name: table_digest(m) for m, name in TABLE_NAMES.items() if not known or name in asked}
    if asked != ours:
        raise ModelFileError(
            f"{path}: made for the tokenizers {asked!r:.240}; this pdclassify has {ours}. Install the"
            " pdclassify that made it, or train it again."
        )
    members = facts["members"]
    if not isinstance(members, dict) or len(members) > _MOST_MEMBERS:
        raise ModelFileError(f"{path}: its list of members is not one.")
    return facts


def _upgraded(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest of format version 1 as version 2 would say it: tokenizers by name."""
    told = manifest.pop("tokenizer", None)
    plain = isinstance(told, dict) and told.keys() == {"name", "sha256"}
    return {**manifest, "tokenizers": {str(told["name"]): told["sha256"]} if plain else told}


def _check_names(folder: Path, members: Mapping[str, Any]) -> None:
    """Check that the folder holds the members, the manifest, perhaps a card, and nothing else."""
    for name in members:
        field, _, kind = name.removesuffix(".npy").partition(".")
        if kind not in _KINDS or not field.isidentifier() or not name.endswith(".npy"):
            raise ModelFileError(f"{folder / MANIFEST}: {name!r:.80} is not the name of a member.")
    with os.scandir(folder) as entries:
        present = {entry.name for entry in entries}
    if missing := ", ".join(sorted(members.keys() - present)):
        raise ModelFileError(f"{folder}: without {missing:.200}; get the model again.")
    if extra := ", ".join(sorted(present - members.keys() - {MANIFEST, CARD})):
        raise ModelFileError(
            f"{folder}: the manifest does not list {extra:.200}; a model's folder holds its own files"
            " alone."
        )


def _read_member(folder: Path, name: str, told: Any) -> NDArray[Any]:
    """Map one array, after checking size, digest and header against what the manifest tells."""
    path = folder / name
    try:
        size, sha256, dtype, shape = (told[key] for key in ("size", "sha256", "dtype", "shape"))
        possible = (
            len(told) == 4
            and dtype in _KINDS[name.removesuffix(".npy").partition(".")[2]]
            and len(shape) in (1, 2)
            and all(
                type(number) is int and 0 <= number <= _MOST_MEMBER for number in [size, *shape]
            )
        )
    except (KeyError, TypeError):
        possible = False
    if not possible:
        raise ModelFileError(f"{folder / MANIFEST}: what it tells of {name} cannot be.")
    header = _header(dtype, tuple(shape))
    if size != len(header) + math.prod(shape) * np.dtype(dtype).itemsize:
        raise ModelFileError(f"{path}: {size} bytes cannot hold {dtype} of shape {shape}.")
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
        raise ModelFileError(f"{path}: its header is not that of {dtype} of shape {shape}.")
    if size == len(header):
        return np.empty(shape, dtype=dtype)
    return np.frombuffer(mapped, dtype=dtype, offset=len(header)).reshape(shape)


def _header(dtype: str, shape: tuple[int, ...]) -> bytes:
    """Return the bytes with which the ``.npy`` file of such an array begins."""
    file = io.BytesIO()
    facts = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, facts)
    return file.getvalue()


def _opened(path: Path) -> BinaryIO:
    """Open an ordinary file that is no link; a pipe or device is not waited for."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # not all of them on every system
        flags |= getattr(os, name, 0)
    if path.is_symlink():
        raise ModelFileError(f"{path}: a link; a model's folder holds files alone.")
    try:
        handle = os.open(path, flags)
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read: {error.strerror or error}.") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ModelFileError(f"{path}: not an ordinary file; a model's folder holds files alone.")
    return os.fdopen(handle, "rb")


def _refuse(constant: str) -> Any:
    """Refuse NaN and infinities, which are not JSON."""
    raise ValueError(f"{constant} is not a number of JSON")


def _signed(data: bytes, old: str, new: str) -> bytes:
    """Put one digest in the place of another, at the end, where a manifest has its own."""
    head, _, tail = data.rpartition(old.encode("utf-8", "surrogatepass"))
    return head + new.encode() + tail
