"""One shard -> one output file: what a worker does, wherever it runs."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from pdclassify import __version__
from pdclassify.article import Article
from pdclassify.batch.chunks import Articles, Chunk, table_chunk
from pdclassify.batch.folder import Folder
from pdclassify.batch.plan import Piece, Shard
from pdclassify.batch.results import Row, Rows
from pdclassify.batch.rows import Done, JsonPart, TablePart
from pdclassify.batch.sources import Reading
from pdclassify.batch.tasks import Task
from pdclassify.errors import InputError, PdclassifyError, WorkerError
from pdclassify.reading.parquet import open_table, parse_batch
from pdclassify.reading.places import open_file
from pdclassify.reading.records import (
    Item,
    Leftover,
    RecordError,
    Skipped,
    parse_line,
)

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "Job",
    "Outcome",
    "do",
    "outcome_name",
    "place_and_reason",
    "work",
]

#: Records that are worked on together: enough for the model's own blocks, little for memory.
CHUNK = 512

# What is wrong with more than one document.
_OURS = (PdclassifyError, MemoryError, OSError, ImportError)

_WHERE = re.compile(r"(line \d+(?: \(byte \d+\))?|row \d+|record \d+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Job:
    """What every shard of a run has in common; it travels to the workers.

    Parameters
    ----------
    folder : str
    form : {"parquet", "jsonl"}
    task : Task
    reading : Reading
    given : pyarrow.Schema, optional
        Of the input, if it is Parquet.
    schema : pyarrow.Schema, optional
        Of the output, if it is Parquet.
    run : str
        By what the folder is known to be this run's, still.
    version : str
        Of pdclassify, which workers on other machines must have, too.
    """

    folder: str
    form: str
    task: Task
    reading: Reading
    given: pa.Schema | None
    schema: pa.Schema | None
    run: str
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the parent hears of a finished shard."""

    number: int
    records: int
    errors: int
    cost: int


def outcome_name(shard: Shard) -> str:
    """Return the name of the file that says that a shard is finished."""
    return f"{shard.name}.json"


def work(shard: Shard, job: Job) -> Outcome:
    """Do the task on all records of a shard and write its file, then what is known of it."""
    if job.version != __version__:
        raise WorkerError(
            f"A worker has pdclassify {__version__}, the run {job.version}: install the same."
        )
    folder = Folder(job.folder)
    folder.expect(job.run)
    name = f"{shard.name}.{job.form}"
    records = leftover = 0
    errors: list[dict[str, Any]] = []
    ids: list[str] = []
    empty: list[str] = []
    with folder.writing(name) as stream:
        part = (
            JsonPart(stream, job.task.columns, job.reading.names)
            if job.schema is None
            else TablePart(stream, job.schema, job.task.fields(), job.given)
        )
        try:
            for chunk, aside in _chunks(shard, job):
                done = do(job.task, chunk)
                part.write(done)
                records += len(chunk)
                ids.extend(chunk.ids)
                empty += [item.source for item in aside if isinstance(item, Skipped)]
                leftover += sum(len(item.spans) for item in aside if isinstance(item, Leftover))
                errors.extend(_error(done.failed[place]) for place in sorted(done.failed))
                # What is wrong with a whole file stops its reading, and so comes after its records.
                failed = [item for item in aside if isinstance(item, RecordError)]
                errors.extend(map(_error, failed))
            part.close()
        except BaseException:
            part.drop()
            raise
    folder.write_json(
        outcome_name(shard),
        {
            "part": name,
            "inputs": shard.describe(),
            "records": records,
            "errors": len(errors),
            "leftover": leftover,
            "empty": empty,
            "bytes": folder.size(name),
            "failed": errors,
            "ids": _hashes(ids),
        },
        state=True,
    )
    return Outcome(shard.number, records, len(errors), shard.cost)


def do(task: Task, chunk: Chunk) -> Done:
    """Work on a chunk; a document that the task fails on does not fail others."""
    if not len(chunk.documents):
        return Done(chunk, Rows([]), chunk.failed)
    try:
        return Done(chunk, task(chunk.documents), chunk.failed)
    except _OURS:
        raise
    except Exception:
        return _one_by_one(task, chunk)


def _one_by_one(task: Task, chunk: Chunk) -> Done:
    rows: list[Row] = []
    failed = dict(chunk.failed)
    for place, item in enumerate(chunk.items):
        if isinstance(item, RecordError):
            continue
        try:
            rows.extend(task(Articles([item])).rows())
        except _OURS:
            raise
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            what = f"{item.source}: record {item.index}: {said} (this is a fault of pdclassify)"
            failed[place] = RecordError(item.id, item.source, item.index, what)
    return Done(chunk, Rows(rows), failed)


def _error(item: RecordError) -> dict[str, Any]:
    """Return the line of ``errors.jsonl``: file, position, reason."""
    place, reason = place_and_reason(item.source, item.error)
    return {
        "file": item.source,
        "position": place or ("file" if item.whole_file else f"record {item.index}"),
        "index": item.index,
        "id": item.id,
        "reason": reason,
    }


def place_and_reason(source: str, error: str) -> tuple[str | None, str]:
    """Take an error's message apart: where in the source, if it says so, and what is wrong."""
    said = error.removeprefix(f"{source}: ")
    found = _WHERE.match(said)
    return (found[1], found[2]) if found else (None, said)


def _hashes(ids: Sequence[str]) -> str:
    """Return eight bytes of each identifier, by which equal ones are found at the end."""
    digests = (hashlib.blake2b(id.encode("utf-8"), digest_size=8).digest() for id in ids)
    return base64.b64encode(b"".join(digests)).decode("ascii")


def _chunks(shard: Shard, job: Job) -> Iterator[tuple[Chunk, list[Item]]]:
    """Yield a shard's records, with what is said between them but is no record."""
    for piece in shard.pieces:
        if piece.form in ("groups", "rows"):
            yield from _table_chunks(piece, job)
        else:
            items = iter(_items(piece, job.reading))
            while chunk := list(islice(items, CHUNK)):
                records: list[Article | RecordError] = []
                aside: list[Item] = []
                for item in chunk:
                    if isinstance(item, Article) or (
                        isinstance(item, RecordError) and not item.whole_file
                    ):
                        records.append(item)
                    else:
                        aside.append(item)
                yield Chunk.of(records), aside


def _items(piece: Piece, reading: Reading) -> Iterator[Item]:
    if piece.form == "items":
        yield from piece.payload
    elif piece.form == "file":
        _opened(piece.source).close()
        yield from reading.read(piece.source)
    elif piece.form == "block":
        yield from _parsed(io.BytesIO(piece.payload), piece, reading)
    else:
        with _opened(piece.source) as stream:
            stream.seek(piece.start)
            yield from _parsed(stream, piece, reading)


def _opened(source: str) -> BinaryIO:
    """Open an input, which was there when the run began."""
    try:
        return open_file(source)
    except OSError as error:
        raise InputError(
            f"{source}: cannot be read any more, or not by this worker ({error.strerror or error}); "
            "all workers must see it under this path."
        ) from error


def _parsed(stream: Any, piece: Piece, reading: Reading) -> Iterator[Item]:
    """Yield the records of the lines from ``start`` to ``end``."""
    index, number, offset = piece.index, piece.number, piece.start
    for line in stream:
        if not line.isspace():
            yield parse_line(
                line,
                source=piece.source,
                index=index,
                number=number,
                offset=offset,
                names=reading.names,
                encoding=piece.encoding,
            )
            index += 1
        number += 1
        offset += len(line)
        if offset >= piece.end:
            return


def _table_chunks(piece: Piece, job: Job) -> Iterator[tuple[Chunk, list[Item]]]:
    import pyarrow as pa

    index = piece.index
    names = job.reading.names
    try:
        for batch in _batches(piece):
            if job.schema is None:
                items = parse_batch(batch, source=piece.source, index=index, names=names)
                yield Chunk.of(list(items), batch), []
            else:
                yield table_chunk(batch, source=piece.source, index=index, names=names), []
            index += batch.num_rows
    except (OSError, pa.ArrowException) as error:
        what = f"{piece.source}: cannot be read after {index} records: {error}"
        yield Chunk.of([]), [RecordError(piece.source, piece.source, index, what, whole_file=True)]


def _batches(piece: Piece) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    if piece.form == "rows":
        with pa.ipc.open_stream(piece.payload) as stream:
            for batch in stream:
                for start in range(0, batch.num_rows, CHUNK):
                    yield batch.slice(start, CHUNK)
        return
    with _opened(piece.source) as stream, open_table(stream) as table:
        groups = list(range(piece.start, piece.end))
        yield from table.iter_batches(batch_size=CHUNK, row_groups=groups, use_threads=False)
