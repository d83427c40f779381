"""The output's folder: what is finished, under names that only whole files bear.

While a run goes on, ``.state`` inside the folder keeps everything else: unfinished files, the
run's own description (``run.json``), and for each finished part what is known of it
(``part-00000.json``). A run that was killed leaves a ``.state``; one that ended well leaves none.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, BinaryIO

from pdclassify.batch.store import Local, open_store
from pdclassify.errors import OutputError, UsageError, unwritable

__all__ = ["ERRORS", "MANIFEST", "Folder"]

MANIFEST = "manifest.json"
ERRORS = "errors.jsonl"
_STATE = ".state"
_RUN = "run.json"
_LOCK = "lock"


class Folder:
    """An output's folder.

    Parameters
    ----------
    path : str
        On this machine, or one that all workers see under the same path; or an address.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._store = open_store(path)

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
            self._store.make()
            there = self._store.names()
        except FileExistsError:
            raise UsageError(f"{self.path}: is a file; name a folder for the output.") from None
        except OSError as error:
            raise unwritable(self.path, error) from error
        if self._store.size(f"{_STATE}/{_LOCK}") is not None:
            with self.locked():
                pass
        if there and not resume:
            raise UsageError(
                f"{self.path}: is not empty ({there[0]} …); go on with what is there by --resume, "
                "or name another folder."
            )
        if there and not {_STATE, MANIFEST}.intersection(there):
            raise UsageError(
                f"{self.path}: holds files ({there[0]} …), but no run that could be resumed; "
                "name another folder."
            )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs away; the lock of a killed run is gone with it.

        Elsewhere than on this machine there are no such locks: two runs of the same write the same
        bytes there, and one of something else is refused by what stands in the folder.

        Raises
        ------
        UsageError
            If another run is at work here.
        OutputError
            If the folder may not be written to.
        """
        if not isinstance(self._store, Local):
            try:
                self._store.make(_STATE)
            except OSError as error:
                raise unwritable(self.path, error) from error
            yield
            return
        path = self._store.path / _STATE / _LOCK
        while True:
            try:
                self._store.make(_STATE)
                lock = path.open("a+")
            except OSError as error:
                raise unwritable(self.path, error) from error
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
                if os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                    break
            lock.close()
        try:
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield
        finally:
            with suppress(OSError):
                if self._store.names(_STATE) == [_LOCK]:
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
        beside = f"{_STATE}/{name}.{uuid.uuid4().hex[:12]}.tmp"
        try:
            with self._store.create(beside) as stream:
                yield stream
                if not state:
                    self._store.flush(stream)
            self._store.move(beside, _place(name, state))
        except BaseException as error:
            with suppress(OSError):
                self._store.remove(beside)
            if isinstance(error, OSError):
                raise OutputError(
                    f"{self.path}/{name}: cannot be written ({error.strerror or error}); what is "
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
            with self._store.open(_place(name, state)) as stream:
                return json.loads(stream.read())
        except (FileNotFoundError, ValueError):
            return None

    def size(self, name: str) -> int | None:
        """Return a file's size in bytes, or None if it is not there."""
        return self._store.size(name)

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        return self._store.open(name)

    def settle(self) -> None:
        """Make the files' names last through a power failure, where the system can."""
        self._store.settle()

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        self._store.remove(name)

    def run(self) -> Any:
        """Return the description of the run that was begun here, or None."""
        return self.read_json(_RUN, state=True)

    def asked(self) -> dict[str, Any]:
        """Return what the run that was begun or finished here was asked for; empty for none."""
        with suppress(OSError):  # which is told when the folder is to be written to
            return dict((self.read_json(MANIFEST) or self.run() or {}).get("asked", {}))
        return {}

    def set_run(self, description: Any, mark: str) -> None:
        """Keep the description of the run that begins, and a short mark of it."""
        self.write_json(_RUN, description, state=True)
        self.write_json(mark, None, state=True)

    def expect(self, mark: str) -> None:
        """See that the folder is still the run's of that mark: a worker may outlive its run.

        Raises
        ------
        OutputError
            If it is not.
        """
        if self._store.size(_place(mark, state=True)) is None:
            raise OutputError(f"{self.path}: is not the folder of this run any more; begin anew.")

    def sweep(self) -> None:
        """Remove what a killed run left unfinished."""
        for name in self._store.names(_STATE):
            if name.endswith(".tmp"):
                self._store.remove(_place(name, state=True))

    def close(self) -> None:
        """Forget the state of a run that ended well."""
        self._store.remove_all(_STATE)


def _place(name: str, state: bool) -> str:
    return f"{_STATE}/{name}" if state else name


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
