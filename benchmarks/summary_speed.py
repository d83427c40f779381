"""How long a summary takes, and how time and memory grow with the text.

``python benchmarks/summary_speed.py``; ``summaries.py`` writes what it finds. Texts are made of
random Han characters over a vocabulary as uneven as real words'.
"""

from __future__ import annotations

import math
import time
import tracemalloc
from typing import Any

import numpy as np

import pdclassify
from pdclassify.summary.scoring import look, score

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


def seconds(call: Any, runs: int) -> float:
    """Return the shortest of some runs."""
    best = math.inf
    for _ in range(runs):
        begun = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begun)
    return best


def speed() -> dict[str, Any]:
    """Measure, print and return; seconds, mebibytes."""
    article = text(25)
    pdclassify.summarize(article)
    told: dict[str, Any] = {"article_characters": len(article)}
    told["article"] = seconds(lambda: pdclassify.summarize(article), 50)
    print(f"an article of {len(article)} characters: {1e3 * told['article']:.2f} ms")
    for size in SIZES:
        whole = text(size)
        taken = seconds(lambda: pdclassify.summarize(whole, sentences=10), 3 if size < 1e5 else 1)  # noqa: B023  # called at once
        told[f"{size}_sentences"] = taken
        print(f"{size:>7} sentences, 10 asked for: {taken:.3f} s")
    growth = math.log(told["100000_sentences"] / told["100_sentences"]) / math.log(1_000)
    told["growth_exponent"] = growth
    told["ratio_10000_to_1000"] = told["10000_sentences"] / told["1000_sentences"]
    whole = text(10_000)
    ranked = look(whole)
    assert ranked is not None
    told["rank_10000"] = seconds(lambda: score(look(whole) or ranked), 3)
    tracemalloc.start()
    pdclassify.summarize(whole, sentences=10)
    told["peak_mib_10000"] = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    print(
        f"growth exponent {growth:.2f}; 10,000 sentences take {told['ratio_10000_to_1000']:.1f} times"
        f" what 1,000 take, and {told['peak_mib_10000']:.0f} MiB"
    )
    return told


if __name__ == "__main__":
    speed()
