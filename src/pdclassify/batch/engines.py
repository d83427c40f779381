"""Who does the work: this process, joblib's workers on this machine, or Dask's on others."""

from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from pdclassify.batch.plan import Shard
from pdclassify.batch.sources import Found
from pdclassify.batch.work import Job, Outcome, work
from pdclassify.errors import UsageError, WorkerError

__all__ = ["engine_context", "job_count", "outcomes"]

ENGINES = ("local", "dask")

_PATIENCE = 60  # seconds until a cluster must have workers


def engine_context(
    engine: str, scheduler: str | None, jobs: int | None
) -> AbstractContextManager[Any]:
    """Return the context in which joblib finds its workers.

    Raises
    ------
    UsageError
        For an unknown engine, options that contradict each other, a scheduler that does not
        answer, or an extra that is not installed.
    """
    if engine not in ENGINES:
        raise UsageError(f"engine must be one of {', '.join(ENGINES)}. Got {engine!r}.")
    if engine == "local":
        if scheduler is not None:
            raise UsageError("The 'scheduler' parameter has no effect without the engine dask.")
        if jobs is not None and (jobs == 0 or jobs < -1):
            raise UsageError(f"jobs must be at least 1, or -1 for all cores. Got {jobs}.")
        return ExitStack()
    if scheduler is None:
        raise UsageError("The engine dask needs the scheduler's address, tcp://host:8786 say.")
    if jobs is not None:
        raise UsageError(
            "The 'jobs' parameter has no effect with the engine dask: its workers are those there are."
        )
    return _dask(scheduler)


@contextmanager
def _dask(scheduler: str) -> Iterator[None]:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "The engine dask needs the package distributed: pip install 'pdclassify[dask]'."
        ) from None
    import joblib

    try:
        client: Any = Client(scheduler, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call,unused-ignore]  # Dask's is not annotated
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{scheduler}: no scheduler of Dask answers there ({error}); start one by 'dask "
            "scheduler' and workers by 'dask worker', and name its address."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise UsageError(
                f"{scheduler}: has no workers after {_PATIENCE} seconds; start some by 'dask worker "
                f"{scheduler}'."
            ) from error
        with joblib.parallel_config("dask", client=client):
            yield


def job_count(jobs: int | None, found: Found, shard_bytes: int, engine: str) -> int:
    """Return how many workers there are to be.

    A run of one shard or two does not pay for starting any.
    """
    import joblib

    if engine != "local":
        return -1
    cores: int = joblib.cpu_count()
    if jobs is None:
        told: int = joblib.effective_n_jobs(
            None
        )  # more than one only within joblib.parallel_config
        size = sum(source.size for source in found.sources)
        return told if told > 1 else min(cores, max(1, size // (2 * shard_bytes)))
    return cores if jobs == -1 else jobs


def outcomes(shards: Iterator[Shard], job: Job, jobs: int) -> Generator[Outcome]:
    """Yield the outcome of each shard as it is finished, in any order.

    Raises
    ------
    BrokenProcessPool
        If a worker on this machine was killed.
    WorkerError
        If Dask gave a shard up, since it took several workers with it.
    """
    if jobs == 1:
        for shard in shards:
            yield work(shard, job)
        return
    from joblib import Parallel, delayed

    failed: list[BaseException] = []

    def guarded() -> Iterator[Any]:
        # joblib asks for tasks in a thread of its own, in which an error would be lost.
        try:
            for shard in shards:
                yield delayed(work)(shard, job)
        except Exception as error:
            failed.append(error)

    # No more shards than needed are read ahead: some carry their input with them.
    parallel = Parallel(
        n_jobs=jobs,
        return_as="generator_unordered",
        batch_size=1,
        pre_dispatch="1.5 * n_jobs",
        initializer=_end_with,
        initargs=(os.getpid(),),
    )
    with ExitStack() as stack:
        with _interrupts_later():
            stream = parallel(guarded())  # which starts the workers
            stack.callback(_thrown_away, stream)
        try:
            for outcome in stream:  # noqa: UP028  # closing is ours, see below
                yield outcome
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                raise WorkerError(
                    f"{job.folder}: Dask gave up on a shard that took several workers with it (for "
                    "want of memory?); what is finished is kept: go on by --resume."
                ) from error
            raise
    if failed:
        raise failed[0]


def _thrown_away(stream: Generator[Any]) -> None:
    """Stop what is still under way."""
    with warnings.catch_warnings():
        # Of work that is thrown away, which is what stopping means.
        warnings.simplefilter("ignore", UserWarning)
        stream.close()


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Let Control-C wait; processes started meanwhile never hear of it, be it during their imports.

    On a terminal it goes to all processes; it is the run that ends its workers.
    """
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # whose start would let interrupts in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with(parent: int) -> None:
    """End this worker, busy or idle, when the run is gone: nobody would hear of what it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it could not be kept away from the start
    if os.name != "posix":
        return

    def watch() -> None:
        while os.getppid() == parent:  # a process that nobody has asked for yet is there no more
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, name="pdclassify-watch", daemon=True).start()
