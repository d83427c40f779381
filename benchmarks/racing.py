"""Racing: contenders take turns on the same batches, processes take turns from the shell.

Throughput is counted in CPU seconds of this process, which runs one thread: what other processes do
on the machine changes it least. Contenders take turns on the same batches, after a warm-up; a ratio
is the median over batches, with a bootstrap interval. Whole processes are timed by the clock.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from common import bootstrap
from pdclassify.article import Article

#: A contender takes articles and returns one set of topics, or one text, each.
Contender = Callable[[Sequence[Article]], Any]


def as_article(record: Mapping[str, Any]) -> Article:
    """Return a labelled record as an article."""
    names = ("id", "title", "kicker", "subtitle", "text")
    return Article(**{name: record.get(name) for name in names})


def each(work: Callable[[Article], Any]) -> Contender:
    """Return what does ``work`` on one article after the other."""
    return lambda batch: [work(article) for article in batch]


def batches_of(
    articles: Sequence[Article], n: int, size: int, seed: int = 0
) -> list[list[Article]]:
    """Return ``n`` batches of different articles each, drawn by chance."""
    rng = np.random.default_rng(seed)
    size = min(size, len(articles))
    return [[articles[i] for i in rng.choice(len(articles), size, replace=False)] for _ in range(n)]


def middle(values: Any) -> list[float]:
    """Return the median with its 95 % bootstrap interval."""
    return [float(np.median(values)), *bootstrap(values, lambda v: float(np.median(v)))]


def race(
    contenders: Mapping[str, Contender], batches: Sequence[Sequence[Article]]
) -> dict[str, Any]:
    """Let contenders take turns on the same batches; the first is ours, which others are against."""
    for work in contenders.values():  # warm-up
        work(batches[0])
    taken = np.array([[_seconds(work, batch) for work in contenders.values()] for batch in batches])
    sizes = np.array([len(batch) for batch in batches])
    bytes_ = np.array([sum(len(a.text.encode()) for a in batch) for batch in batches])
    found: dict[str, Any] = {}
    for place, name in enumerate(contenders):
        found[name] = {
            "articles_per_second": float(np.median(sizes / taken[:, place])),
            "megabytes_per_second": float(np.median(bytes_ / taken[:, place]) / 1e6),
        }
        if place:
            found[name]["ours_is_times_faster"] = middle(taken[:, place] / taken[:, 0])
    return found


def _seconds(work: Contender, batch: Sequence[Article]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    work(batch)
    return time.process_time() - start


def processes(commands: Mapping[str, Sequence[str]], n: int) -> dict[str, Any]:
    """Time whole processes, which must succeed, ``n`` times in turns; return seconds by name."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(n + 1):  # the first brings the files into memory
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env=_as_installed())
            if turn:
                taken[name].append(time.perf_counter() - start)
    return {name: np.array(seconds) for name, seconds in taken.items()}


def told(code: str, *arguments: str) -> list[float]:
    """Return the numbers that Python code prints in a process of its own."""
    command = [sys.executable, "-c", code, *arguments]
    return [
        float(number) for number in subprocess.check_output(command, env=_as_installed()).split()
    ]


@cache
def _as_installed() -> dict[str, str]:
    """Return an environment in which modules are compiled once for all, as an installation's are."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": folder.name}
