"""The output's folder: what is finished, under names that only whole files bear.

While a run goes on, ``.state`` inside the folder keeps everything else: unfinished files, the
run's own description (``run.json``), and for each finished part what is known of it
(``part-00000.json``). A run that was killed leaves a ``.state``; one that ended well leaves none.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO

from pdclassify.errors import OutputError, UsageError

__all__ = ["ERRORS", "MANIFEST", "Folder"]

MANIFEST = "manifest.json"
ERRORS = "errors.jsonl"
_STATE = ".state"
_RUN = "run.json"
_LOCK = "lock"


class Folder:
    """A folder on this machine, or one that all workers see under the same path.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._state = path / _STATE

    def begin(self, *, resume: bool) -> None:
        """See that the folder is one to write to, and make it.

        Raises
        ------
        UsageError
            If something is there already and is not to be, or cannot be, resumed.
        OutputError
            If it cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            there = sorted(path.name for path in self.path.iterdir())
        except FileExistsError:
            raise UsageError(f"{self.path}: is a file; name a folder for the output.") from None
        except OSError as error:
            raise _unwritable(self.path, error) from error
        if (self._state / _LOCK).is_file():
            with self.locked():
                pass
        if there and not resume:
            raise UsageError(
                f"{self.path}: is not empty ({there[0]} …); go on with what is there by --resume, "
                "or name another folder."
            )
        if there and not (self._state.is_dir() or (self.path / MANIFEST).is_file()):
            raise UsageError(
                f"{self.path}: holds files ({there[0]} …), but no run that could be resumed; "
                "name another folder."
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs away; the lock of a killed run is gone with it.

        Raises
        ------
        UsageError
            If another run is at work here.
        OutputError
            If the folder may not be written to.
        """
        while True:
            try:
                self._state.mkdir(exist_ok=True)
                lock = (self._state / _LOCK).open("a+")
            except OSError as error:
                raise _unwritable(self.path, error) from error
            try:
                _lock(lock)
            except OSError:
                lock.seek(0)
                owner = lock.read().strip() or "unknown"
                lock.close()
                raise UsageError(
                    f"{self.path}: another run (process {owner}) is writing here; wait for it, or "
                    "name another folder."
                ) from None
            # A run that just ended may have removed the file between our opening and locking it.
            with suppress(OSError):
                if os.path.samestat(os.fstat(lock.fileno()), (self._state / _LOCK).stat()):
                    break
            lock.close()
        try:
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield
        finally:
            with suppress(OSError):
                if [path.name for path in self._state.iterdir()] == [_LOCK]:
                    self.close()  # nothing was begun
            lock.close()

    @contextmanager
    def writing(self, name: str, *, state: bool = False) -> Iterator[BinaryIO]:
        """Write a file beside its place; it gets its name when all of it is on the disk.

        A file of the state is not forced to the disk: one that a power failure tore counts as not
        there, and its shard is done again.

        Raises
        ------
        OutputError
            If the disk is full, say; nothing is left of the file then.
        """
        beside = self._state / f"{name}.{uuid.uuid4().hex[:12]}.tmp"
        try:
            with beside.open("xb") as stream:
                yield stream
                if not state:
                    stream.flush()
                    os.fsync(stream.fileno())
            beside.replace((self._state if state else self.path) / name)
        except BaseException as error:
            with suppress(OSError):
                beside.unlink()
            if isinstance(error, OSError):
                raise OutputError(
                    f"{self.path / name}: cannot be written ({error.strerror or error}); what is "
                    "finished is kept: make room, or what else is missing, and go on by --resume."
                ) from error
            raise

    def write_json(self, name: str, value: Any, *, state: bool = False) -> None:
        """Write a small file of JSON."""
        text = json.dumps(value, ensure_ascii=False, indent=None if state else 1)
        with self.writing(name, state=state) as stream:
            stream.write(text.encode("utf-8") + b"\n")

    def read_json(self, name: str, *, state: bool = False) -> Any:
        """Return what a file of JSON holds, or None if it is not there or torn."""
        try:
            data = ((self._state if state else self.path) / name).read_bytes()
            return json.loads(data)
        except (FileNotFoundError, ValueError):
            return None

    def size(self, name: str) -> int | None:
        """Return a file's size in bytes, or None if it is not there."""
        try:
            return (self.path / name).stat().st_size
        except FileNotFoundError:
            return None

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading."""
        return (self.path / name).open("rb")

    def settle(self) -> None:
        """Make the files' names last through a power failure, where the system can."""
        _sync(self.path)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.path / name).unlink(missing_ok=True)

    def run(self) -> Any:
        """Return the description of the run that was begun here, or None."""
        return self.read_json(_RUN, state=True)

    def set_run(self, description: Any, mark: str) -> None:
        """Keep the description of the run that begins, and a short mark of it."""
        self.write_json(_RUN, description, state=True)
        with self.writing(mark, state=True):
            pass

    def expect(self, mark: str) -> None:
        """See that the folder is still the run's of that mark: a worker may outlive its run.

        Raises
        ------
        OutputError
            If it is not.
        """
        if not (self._state / mark).is_file():
            raise OutputError(f"{self.path}: is not the folder of this run any more; begin anew.")

    def sweep(self) -> None:
        """Remove what a killed run left unfinished."""
        for path in self._state.glob("*.tmp"):
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Forget the state of a run that ended well."""
        shutil.rmtree(self._state, ignore_errors=True)


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path}: cannot be written ({error.strerror}); name a folder that may be, with -o."
    )


def _sync(folder: Path) -> None:
    """Force a folder's names to the disk."""
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


if os.name == "nt":
    import msvcrt

    def _lock(stream: IO[str]) -> None:
        """Lock one byte far behind the text, which others may read."""
        stream.seek(1 << 20)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # there on Windows only

else:
    import fcntl

    def _lock(stream: IO[str]) -> None:
        """Lock the file as long as this process holds it open."""
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
