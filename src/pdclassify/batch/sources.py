"""The inputs of a run: which files, how they are read, and by what they are known again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdclassify.errors import BY_FIELDS, InputError, UsageError
from pdclassify.reading.places import is_folder, is_remote, state, walk
from pdclassify.reading.records import KNOWN, Item, kind, read

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Found", "Reading", "Source", "find", "missing_columns"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How the inputs are to be read; see `pdclassify.read`."""

    names: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    encoding: str | None = None

    def read(self, path: str) -> Iterator[Item]:
        """Read one file, with those options that can have an effect on it."""
        form = kind(path)
        return read(
            [path],
            whole=self.whole and form == "page",
            encoding=self.encoding if form != "parquet" else None,
            fields=self.fields if self.fields and form != "page" else None,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """An input file, and by what it is known to be unchanged."""

    path: str
    size: int
    modified: int | str

    def identity(self) -> dict[str, Any]:
        """Return the same as JSON."""
        return {"path": self.path, "size": self.size, "modified": self.modified}


@dataclass(frozen=True, slots=True)
class Found:
    """The inputs: files in order, and those of a kind that is not read."""

    sources: tuple[Source, ...]
    skipped: tuple[str, ...]


def find(inputs: Sequence[str], *, apart_from: str) -> Found:
    """List the files to be read: those named, and those in folders in the order of their names.

    Parameters
    ----------
    inputs : sequence of str
    apart_from : str
        The output's folder, which may lie in an input's.

    Raises
    ------
    InputError
        If an input is not there, may not be read, or is of a kind that is not read: a run of
        hours must not begin with a slip of the pen.
    UsageError
        For standard input, which could not be read again.
    """
    sources: list[Source] = []
    skipped: list[str] = []
    for path in inputs:
        if path == "-":
            raise UsageError(
                "batch reads files and folders: standard input cannot be read a second time."
            )
        if not is_folder(path):
            if kind(path) is None and (is_remote(path) or Path(path).exists()):
                raise InputError(f"{path}: is of a kind that is not read; {KNOWN}.")
            sources.append(_source(path))
            continue
        for file in walk(path):
            if isinstance(file, OSError):
                raise _unreadable(str(file.filename or path), file)
            if _is_below(file, apart_from):
                continue
            if kind(file) is None:
                skipped.append(file)
            else:
                sources.append(_source(file))
    return Found(tuple(sources), tuple(skipped))


def _is_below(file: str, folder: str) -> bool:
    if is_remote(file) or is_remote(folder):
        return file.startswith(f"{folder.rstrip('/')}/")
    return Path(file).resolve().is_relative_to(Path(folder).resolve())


def _source(path: str) -> Source:
    try:
        return Source(path, *state(path))
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: str, error: OSError) -> InputError:
    said = error.strerror or ("no such file" if isinstance(error, FileNotFoundError) else error)
    return InputError(f"{path}: cannot be read: {said}.")


def missing_columns(schema: pa.Schema, reading: Reading) -> str | None:
    """Say which columns a Parquet file lacks, or None if it has those that are needed."""
    absent = ({reading.names["text"]} | set(reading.fields.values())) - set(schema.names)
    if not absent:
        return None
    there = ", ".join(schema.names)
    return (
        f"no column {', '.join(map(repr, sorted(absent)))}; its columns are {there}; name another "
        f"by {BY_FIELDS}"
    )
