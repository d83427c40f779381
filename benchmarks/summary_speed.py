"""How long a summary takes, and how time and memory grow with the text.

``python benchmarks/summaries.py --speed`` measures this alone. Texts are made of
random Han characters over a vocabulary as uneven as real words'.
"""

from __future__ import annotations

import math
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

import pdclassify
from pdclassify.summary import scoring

__all__ = ["speed"]

SIZES = (100, 1_000, 10_000, 100_000)


def text(sentences: int, seed: int = 0) -> str:
    """Return a text of that many sentences of 15 to 60 characters, five a paragraph."""
    rng = np.random.default_rng(seed)
    words = ["".join(map(chr, pair)) for pair in rng.integers(0x4E00, 0x9000, (4000, 2))]
    odds = 1 / np.arange(10, 4010)
    lengths = rng.integers(8, 31, sentences)
    drawn = rng.choice(4000, lengths.sum(), p=odds / odds.sum())
    lines, at = [], 0
    for number, length in enumerate(lengths, 1):
        lines.append("".join(words[i] for i in drawn[at : at + length]) + "。")
        at += length
        if number % 5 == 0:
            lines.append("\n")
    return "".join(lines)


def seconds(call: Callable[[], object], runs: int) -> float:
    """Return the shortest of some runs, in seconds of the one core that works."""
    best = math.inf
    for _ in range(runs):
        begun = time.process_time()
        call()
        best = min(best, time.process_time() - begun)
    return best


@contextmanager
def sentences_given(whole: str) -> Iterator[None]:
    """Leave out the time that finding the sentences of ``whole`` takes."""
    found = scoring.find_candidates(whole)
    original = scoring.find_candidates
    scoring.find_candidates = lambda _: list(found)
    yield
    scoring.find_candidates = original


def speed() -> dict[str, Any]:
    """Measure, print and return; seconds of one core, mebibytes."""
    told: dict[str, Any] = {}
    for size in (25, *SIZES):
        whole = text(size)
        options = {"chars": 180} if size == 25 else {"sentences": 10}
        runs = 50 if size <= 100 else 5 if size < 1e5 else 2
        run = partial(pdclassify.summarize, whole, **options)  # type: ignore[arg-type]  # one budget
        run()
        with sentences_given(whole):
            given = seconds(run, runs)
        told[str(size)] = {"characters": len(whole), "whole": seconds(run, runs), "given": given}
        print(
            f"{size:>7} sentences, {len(whole)} characters: {1e3 * told[str(size)]['whole']:.2f} ms,"
            f" {1e3 * given:.2f} ms where the sentences are given"
        )
    growth = math.log(told["100000"]["whole"] / told["100"]["whole"]) / math.log(1_000)
    told["growth_exponent"] = growth
    told["ratio_10000_to_1000"] = told["10000"]["whole"] / told["1000"]["whole"]
    tracemalloc.start()
    pdclassify.summarize(text(10_000), sentences=10)
    told["peak_mib_10000"] = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(
        f"growth exponent {growth:.2f}; 10,000 sentences take {told['ratio_10000_to_1000']:.1f} times"
        f" what 1,000 take, and {told['peak_mib_10000']:.0f} MiB"
    )
    return told
