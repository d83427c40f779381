"""A run: shards go out to workers, finished ones are counted, and at the end a manifest is made.

Nothing that matters is in this process's memory: a shard is finished when its file and, after it,
the file that describes it have their names. So any process may die at any moment, and the next run
does only what is missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pdclassify.batch.engines import engine_context, job_count, outcomes
from pdclassify.batch.folder import MANIFEST, Folder
from pdclassify.batch.manifest import compare, describe, finish, recall, write_errors
from pdclassify.batch.plan import SHARD_BYTES, plan
from pdclassify.batch.rows import record_schema, row_schema
from pdclassify.batch.sources import Found, Reading, find
from pdclassify.batch.tally import Progress, Tally
from pdclassify.batch.tasks import Task, make_task
from pdclassify.batch.work import Job
from pdclassify.errors import InputError, UsageError, WorkerError
from pdclassify.reading.fields import columns
from pdclassify.reading.places import is_remote, open_file, state
from pdclassify.reading.records import kind
from pdclassify.reading.records import read as check_reading

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Report", "run"]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run.

    Parameters
    ----------
    records, errors : int
        Rows in the output, and lines of ``errors.jsonl``.
    shards : int
    duplicates : int
        Records whose identifier an earlier one has.
    duplicate_ids : tuple of str
        Some of these.
    leftover : int
        Stretches on pages that belong to no article.
    skipped : tuple of str
        Files in folders that are of a kind that is not read.
    empty : int
        Files without an article.
    empty_files : tuple of str
        Some of these.
    finished : bool
        False if there were more errors than ``max_errors``.
    already : bool
        Whether everything had been done before.
    unreadable : bool
        Whether there is nothing in the output but errors of whole files.
    """

    records: int = 0
    errors: int = 0
    shards: int = 0
    duplicates: int = 0
    duplicate_ids: tuple[str, ...] = ()
    leftover: int = 0
    skipped: tuple[str, ...] = ()
    empty: int = 0
    empty_files: tuple[str, ...] = ()
    finished: bool = True
    already: bool = False
    unreadable: bool = False

    @property
    def exit_code(self) -> int:
        """0: all well, or done before. 1: errors. 2: nothing could be read."""
        if self.already or not self.errors:
            return 0
        return 2 if self.unreadable and self.finished else 1


def run(
    inputs: Sequence[str | Path],
    out: str | Path,
    *,
    task: str | Task | None = None,
    format: str | None = None,
    jobs: int | None = None,
    engine: str = "local",
    scheduler: str | None = None,
    resume: bool = False,
    max_errors: int | None = None,
    whole: bool = False,
    encoding: str | None = None,
    fields: Mapping[str, str] | None = None,
    progress: Callable[[Progress], None] | None = None,
    shard_bytes: int = SHARD_BYTES,
    **options: Any,
) -> Report:
    """Work through inputs of any size into a folder of shards.

    Parameters
    ----------
    inputs : sequence of str or Path
        Files and folders, as for `pdclassify.read`; none if those of a resumed run are meant.
    out : str or Path
        The folder of the output, on this machine or at an address that fsspec knows:
        ``part-00000.parquet`` (or ``.jsonl``) and so on, ``manifest.json`` when all is done,
        ``errors.jsonl`` if there are any.
    task : {"predict", "summarize", "keywords", "analyze"} or Task, optional
        By default ``predict``.
    format : {"parquet", "jsonl"}, optional
        By default Parquet if all inputs are, else JSON Lines.
    jobs : int, optional
        How many processes. By default what `joblib.parallel_config` says, else all cores for
        inputs of several shards and one for less.
    engine : {"local", "dask"}
    scheduler : str, optional
        The address of Dask's scheduler; its workers must see inputs and output under the same
        paths, which are made absolute.
    resume : bool, default False
        Go on with what an earlier run left in ``out``, if there was one. What is not given
        (inputs, task, options) is what that run was given.
    max_errors : int, optional
        Stop when there are more errors than that.
    whole, encoding, fields
        See `pdclassify.read`.
    progress : callable, optional
        Is told of every finished shard.
    shard_bytes : int, default 8 MiB
        Bytes of text in a shard, about.
    **options
        Of the task: see `pdclassify.batch.tasks.make_task`.

    Returns
    -------
    Report

    Raises
    ------
    UsageError
        For a parameter that cannot be what it is or has no effect; a folder that is not empty, is
        in use, or belongs to a run of other inputs, another model, version or options.
    InputError
        If an input is not there, or changed while it was read.
    OutputError
        If the output cannot be written; what is finished stays.
    WorkerError
        If workers were killed again and again; what is finished stays.
    """
    if isinstance(inputs, str | Path):
        raise UsageError(f"inputs must be a sequence of paths. Got the single path {inputs!r}.")
    paths = [str(path) for path in inputs]
    if engine == "dask":  # its workers stand in other folders than we do
        paths, out = [_absolute(path) for path in paths], _absolute(str(out))
        if isinstance(options.get("model"), str | Path):
            options["model"] = _absolute(str(options["model"]))
    made = None if task is None or isinstance(task, str) else task
    if made is not None and options:
        raise UsageError(f"{', '.join(options)}: no effect on a task that is made already.")
    if max_errors is not None and max_errors < 0:
        raise UsageError(f"max_errors must be 0 or more. Got {max_errors}.")
    folder = Folder(str(out))
    asked = _given(
        inputs=paths or None,
        task=task if made is None else None,
        format=format,
        whole=whole or None,
        encoding=encoding,
        fields=dict(fields) if fields else None,
        shard_bytes=shard_bytes if shard_bytes != SHARD_BYTES else None,
        **options,
    )
    told = recall(asked, folder.asked()) if resume else dict(asked)
    if "inputs" not in told:
        where = f"{out}: holds no run that could be resumed; " if resume else ""
        raise UsageError(f"{where}name what to read.")
    paths, format = told.pop("inputs"), told.pop("format", None)
    whole, encoding = told.pop("whole", False), told.pop("encoding", None)
    fields, shard_bytes = told.pop("fields", None), told.pop("shard_bytes", SHARD_BYTES)
    check_reading(paths, whole=whole, encoding=encoding, fields=fields)
    chosen = made if made is not None else make_task(told.pop("task", "predict"), **told)
    reading = Reading(columns(fields), dict(fields or {}), whole, encoding)
    found = find(paths, apart_from=folder.path)
    form = _form(format, found)
    description = describe(chosen, form, reading, shard_bytes, found)
    mark = "run-" + hashlib.sha256(json.dumps(description).encode()).hexdigest()[:16]
    with ExitStack() as stack:
        stack.enter_context(engine_context(engine, scheduler, jobs))
        given, schema = _schemas(form, found, reading, chosen)
        folder.begin(resume=resume)
        stack.enter_context(folder.locked())
        manifest = folder.read_json(MANIFEST)
        earlier = manifest or folder.run()
        if earlier is not None:
            compare(earlier, description, folder, resume=resume)
            asked = earlier.get("asked", asked)
        if manifest is not None:
            folder.close()
            return _told(manifest, found, already=True)
        folder.sweep()
        jobs = job_count(jobs, found, shard_bytes, engine)
        folder.set_run({**description, "asked": asked}, mark)
        job = Job(folder.path, form, chosen, reading, given, schema, mark)
        tally = Tally(folder, found, progress)
        if not _through(job, found, shard_bytes, jobs, tally, max_errors):
            write_errors(folder, sorted(tally.done))
            return Report(
                tally.records, tally.errors, len(tally.done), skipped=found.skipped, finished=False
            )
        _check_unchanged(found)
        manifest = finish(folder, found, {**description, "asked": asked}, sorted(tally.done))
        return _told(manifest, found, already=False)


def _given(**arguments: Any) -> dict[str, Any]:
    """Return those arguments that were given, as JSON knows them."""
    return {
        name: str(value) if isinstance(value, Path) else value
        for name, value in arguments.items()
        if value is not None
    }


def _absolute(path: str) -> str:
    return path if is_remote(path) or path == "-" else str(Path(path).absolute())


def _form(format: str | None, found: Found) -> str:
    kinds = {kind(source.path) for source in found.sources}
    if format is None:
        return "parquet" if kinds == {"parquet"} else "jsonl"
    if format not in ("parquet", "jsonl"):
        raise UsageError(f"format must be parquet or jsonl. Got {format!r}.")
    if format == "parquet" and "parquet" in kinds and len(kinds) > 1:
        raise UsageError(
            "Parquet and other inputs have no columns in common that one Parquet output could "
            "have: run them apart, or choose the format jsonl."
        )
    return format


def _schemas(
    form: str, found: Found, reading: Reading, task: Task
) -> tuple[pa.Schema | None, pa.Schema | None]:
    """Return the columns of all inputs together, if they are Parquet, and of the output."""
    if form != "parquet":
        return None, None
    import pyarrow as pa
    import pyarrow.parquet as pq

    given: pa.Schema | None = None
    for source in found.sources:
        if kind(source.path) != "parquet" or source.path.lower().endswith(".gz"):
            continue
        try:
            with open_file(source.path) as stream:
                schema = pq.read_schema(stream)
        except (OSError, pa.ArrowException):
            continue  # becomes an error of its own when its turn comes
        if reading.names["text"] not in schema.names:
            continue
        try:
            given = schema if given is None else _unified(given, schema)
        except (pa.ArrowException, TypeError) as error:
            raise UsageError(
                f"{source.path}: its columns do not fit those of the files before it ({error}); "
                "run them apart, or choose the format jsonl."
            ) from error
    own = given if given is not None else record_schema()
    return given, row_schema(own, task.fields())


def _unified(one: pa.Schema, other: pa.Schema) -> pa.Schema:
    import pyarrow as pa

    if one == other:
        return one
    return pa.unify_schemas([one, other], promote_options="permissive")


def _through(
    job: Job, found: Found, shard_bytes: int, jobs: int, tally: Tally, max_errors: int | None
) -> bool:
    """Do all shards; False if there were too many errors."""

    def bearable(_: object = None) -> bool:
        return max_errors is None or tally.errors <= max_errors

    stuck = 0
    while True:
        before = len(tally.done)
        # To stop early no more are begun, and those under way are finished: workers stopped in the
        # middle would have to do their shards again.
        shards = takewhile(
            bearable, tally.missing(plan(found.sources, job.reading, shard_bytes=shard_bytes))
        )
        try:
            with closing(outcomes(shards, job, jobs)) as stream:
                for outcome in stream:
                    tally.add(outcome)
            return bearable()
        except BrokenProcessPool as error:
            stuck = stuck + 1 if len(tally.done) == before else 1
            if stuck > 2:
                raise WorkerError(
                    f"{job.folder}: workers were killed again and again (by the system, for want "
                    f"of memory?); {len(tally.done)} shards are finished: go on by --resume, with "
                    "fewer --jobs."
                ) from error


def _check_unchanged(found: Found) -> None:
    for source in found.sources:
        try:
            now = state(source.path, fresh=True)
        except OSError as error:
            raise InputError(f"{source.path}: went away while it was read.") from error
        if now != (source.size, source.modified):
            raise InputError(
                f"{source.path}: changed while it was read; begin anew in another folder when it "
                "is whole."
            )


def _told(manifest: dict[str, Any], found: Found, *, already: bool) -> Report:
    shards = manifest["shards"]
    return Report(
        records=manifest["records"],
        errors=manifest["errors"],
        shards=len(shards),
        duplicates=manifest["duplicate_ids"]["records"],
        duplicate_ids=tuple(manifest["duplicate_ids"]["examples"]),
        leftover=manifest["leftover"],
        skipped=found.skipped,
        empty=manifest["empty"]["files"],
        empty_files=tuple(manifest["empty"]["examples"]),
        already=already,
        unreadable=not manifest["records"],
    )
