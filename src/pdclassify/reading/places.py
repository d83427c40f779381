"""Where files are: on this machine, or at any address that fsspec knows (``s3://…``, ``sftp://…``)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from pdclassify.errors import UsageError

__all__ = ["filesystem", "is_folder", "is_remote", "open_file", "state", "walk"]


def is_remote(path: str) -> bool:
    """Tell whether a path is an address for fsspec."""
    return "://" in path


def filesystem(address: str) -> tuple[Any, str]:
    """Return the file system that an address is on, and its path there.

    Raises
    ------
    UsageError
        If fsspec, or the package that it needs for this kind of address, is not installed; if
        there is no such kind.
    """
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(address)
    except ImportError as error:
        raise UsageError(
            f"{address}: an address needs fsspec and its package for this kind ({error}): pip "
            "install 'pdclassify[fsspec]'."
        ) from error
    except ValueError as error:
        raise UsageError(f"{address}: cannot be an address: {error}.") from error
    return found


def open_file(path: str) -> BinaryIO:
    """Open a file for reading."""
    if not is_remote(path):
        return Path(path).open("rb")
    system, place = filesystem(path)
    return cast(BinaryIO, system.open(place, "rb"))


def is_folder(path: str) -> bool:
    """Tell whether there is a folder of that name."""
    if not is_remote(path):
        return Path(path).is_dir()
    system, place = filesystem(path)
    return bool(system.isdir(place))


def walk(folder: str) -> Iterator[str | OSError]:
    """Yield the files below a folder in the order of their names, and what cannot be listed."""
    if is_remote(folder):
        system, place = filesystem(folder)
        yield from (system.unstrip_protocol(file) for file in sorted(system.find(place)))
        return
    refused: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=refused.append):
        folders.sort()
        while refused:
            yield refused.pop(0)
        for name in sorted(files):
            yield os.path.join(parent, name)  # noqa: PTH118  # keeps the path as the user gave it
    yield from refused


def state(path: str, *, fresh: bool = False) -> tuple[int, int | str]:
    """Return a file's size in bytes, and a mark that changes when the file does.

    Parameters
    ----------
    path : str
    fresh : bool
        Ask again, even if the answer is known from listing a folder.

    Raises
    ------
    OSError
        If it is not there, or may not be read.
    """
    if not is_remote(path):
        with Path(path).open("rb") as stream:
            found = os.fstat(stream.fileno())
        return found.st_size, found.st_mtime_ns
    system, place = filesystem(path)
    if fresh:
        system.invalidate_cache()
    return int(system.info(place)["size"]), str(system.ukey(place))
