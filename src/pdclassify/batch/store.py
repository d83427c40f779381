"""Where an output's files lie: a folder on this machine, or one that fsspec reaches."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from pdclassify.reading.places import filesystem, is_remote

__all__ = ["Local", "Store", "open_store"]


class Store(Protocol):
    """A folder. Names are relative to it; all methods raise OSError for what cannot be done."""

    def make(self, name: str = "") -> None:
        """Make the folder, or one below it, if it is not there."""

    def names(self, name: str = "") -> list[str]:
        """Return the names in the folder, or in one below it, in order."""

    def size(self, name: str) -> int | None:
        """Return a file's size in bytes, or None if there is no such file."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""

    def create(self, name: str) -> BinaryIO:
        """Begin a file that is not there."""

    def flush(self, stream: BinaryIO) -> None:
        """Force what was written to the disk."""

    def move(self, name: str, to: str) -> None:
        """Give a file another name, in place of a file that has it."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def remove_all(self, name: str) -> None:
        """Remove a folder with all that is in it, if it is there."""

    def settle(self) -> None:
        """Make the names last through a power failure, where the system can."""


def open_store(path: str) -> Store:
    """Return the folder of a path or an address."""
    return Remote(path) if is_remote(path) else Local(path)


class Local:
    """A folder on this machine, or one that all workers see under the same path."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def make(self, name: str = "") -> None:
        """Make the folder, or one below it, if it is not there."""
        (self.path / name).mkdir(parents=not name, exist_ok=True)

    def names(self, name: str = "") -> list[str]:
        """Return the names in the folder, or in one below it, in order."""
        try:
            return sorted(path.name for path in (self.path / name).iterdir())
        except FileNotFoundError:
            return []

    def size(self, name: str) -> int | None:
        """Return a file's size in bytes, or None if there is no such file."""
        try:
            return (self.path / name).stat().st_size
        except FileNotFoundError:
            return None

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return (self.path / name).open("rb")

    def create(self, name: str) -> BinaryIO:
        """Begin a file that is not there."""
        return (self.path / name).open("xb")

    def flush(self, stream: BinaryIO) -> None:
        """Force what was written to the disk."""
        stream.flush()
        os.fsync(stream.fileno())

    def move(self, name: str, to: str) -> None:
        """Give a file another name, in place of a file that has it."""
        (self.path / name).replace(self.path / to)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.path / name).unlink(missing_ok=True)

    def remove_all(self, name: str) -> None:
        """Remove a folder with all that is in it, if it is there."""
        shutil.rmtree(self.path / name, ignore_errors=True)

    def settle(self) -> None:
        """Make the names last through a power failure, where the system can."""
        if os.name != "posix":
            return
        number = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


class Remote:
    """A folder that fsspec reaches: the system there answers for what is written to it."""

    def __init__(self, address: str) -> None:
        self._system: Any
        self._system, place = filesystem(address)
        self._place = place.rstrip("/")

    def _at(self, name: str) -> str:
        return f"{self._place}/{name}" if name else self._place

    def make(self, name: str = "") -> None:
        """Make the folder, or one below it, if it is not there."""
        self._system.makedirs(self._at(name), exist_ok=True)

    def names(self, name: str = "") -> list[str]:
        """Return the names in the folder, or in one below it, in order."""
        self._system.invalidate_cache()
        try:
            there = self._system.ls(self._at(name), detail=False)
        except FileNotFoundError:
            return []
        return sorted(path.rstrip("/").rpartition("/")[2] for path in there)

    def size(self, name: str) -> int | None:
        """Return a file's size in bytes, or None if there is no such file."""
        self._system.invalidate_cache()
        try:
            return int(self._system.size(self._at(name)))
        except FileNotFoundError:
            return None

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return cast(BinaryIO, self._system.open(self._at(name), "rb"))

    def create(self, name: str) -> BinaryIO:
        """Begin a file that is not there."""
        return cast(BinaryIO, self._system.open(self._at(name), "wb"))

    def flush(self, stream: BinaryIO) -> None:
        """There is nothing to be done: closing the file sends it off."""

    def move(self, name: str, to: str) -> None:
        """Give a file another name, in place of a file that has it."""
        self._system.mv(self._at(name), self._at(to))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        if self._system.exists(self._at(name)):
            self._system.rm_file(self._at(name))

    def remove_all(self, name: str) -> None:
        """Remove a folder with all that is in it, if it is there."""
        if self._system.exists(self._at(name)):
            self._system.rm(self._at(name), recursive=True)

    def settle(self) -> None:
        """There is nothing to be done."""
