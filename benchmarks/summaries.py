"""Would a night editor print it? Sentence F1 against readers, and character ROUGE on five sets.

``python benchmarks/summaries.py`` (some six minutes, most of it for the peers; ``--no-peers`` leaves
them out). What is learned is learned in five folds: no weight has seen the article it is measured
on. A key sentence counts as printed if half of it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pdclassify
from common import machine, mean_interval, records, write_result
from pdclassify.article import Span
from pdclassify.summary import scoring, textrank
from pdclassify.summary.printable import find_candidates
from pdclassify.summary.prior import Prior
from rouge import rouge
from summary_peers import installed, within
from summary_speed import speed
from train_summary import (
    HEADED,
    chosen,
    described,
    learn,
    learn_speech,
    learn_untitled,
    talks,
    untitled,
)

SETS: dict[str, dict[str, int]] = {
    "cctv_headline": {"sentences": 1},
    "xinhua_headline": {"sentences": 1},
    "cctv_leadref": {"chars": 85},
    "xinhua_leadref": {"chars": 85},
    "vcsum_segment": {"chars": 149},
}
KEYS = {"chars": 180}
SAMPLE = 120  # articles of each set that the peers are run on
FOLDS = 5
SPLITS = 3  # of the readers' articles into folds; the mean is told

Row = dict[str, Any]
Interval = tuple[float, float, float]


def f1(row: Row, spans: Sequence[Span]) -> float:
    """Return the F1 of what is printed against each reader's key sentences, averaged."""
    hits = set()
    for place, (start, end) in enumerate(row["sentences"]):
        held = sum(max(min(span.end, end) - max(span.start, start), 0) for span in spans)
        if 2 * held >= end - start:
            hits.add(place)
    scores = []
    for reader in row["readers"]:
        both = len(hits & set(reader["key"]))
        scores.append(2 * both / max(len(hits) + len(reader["key"]), 1))
    return float(np.mean(scores))


def ours(row: Row, options: dict[str, int], *, titled: bool, prior: Prior | None) -> list[Span]:
    """Summarise a record, with its headline if it has one; return where the sentences stand."""
    names = ("title", "kicker", "subtitle") if titled else ()
    original = textrank.score
    if prior is not None:
        textrank.score = partial(scoring.score, prior=prior)
    found = pdclassify.summarize(row["text"], **{n: row.get(n) for n in names}, **options)  # type: ignore[arg-type]  # one budget
    textrank.score = original
    return [Span(sentence.start, sentence.end) for sentence in found.sentences]


def lead(row: Row, options: dict[str, int]) -> list[Span]:
    """Return the first sentences, datelines stripped, a headline in the text among them."""
    found = find_candidates(row["text"])[: options.get("sentences")]
    room, spans = options.get("chars", 10**9), []
    for one in found:
        if one.end - one.start > room:
            break
        spans.append(Span(one.start, one.end))
        room -= one.end - one.start
    return spans or [Span(found[0].start, found[0].start + room)]


def told(row: Row, spans: Sequence[Span]) -> float:
    """Return the ROUGE of what stands at ``spans``."""
    return rouge("".join(row["text"][start:end] for start, end in spans), row["summary"])


def folds(rows: int, seed: int = 0) -> NDArray[np.int64]:
    """Return the fold of every record."""
    return np.random.default_rng(seed).permutation(rows) % FOLDS


def in_folds(
    found: Sequence[Any],
    shares: Sequence[Any],
    fold: NDArray[np.int64],
    learner: Callable[..., Row],
) -> list[Prior]:
    """Learn one prior a fold, without the records in it."""
    priors = []
    for held in range(FOLDS):
        own = np.flatnonzero(fold != held)
        learned = learner([found[place] for place in own], [shares[place] for place in own])
        priors.append(Prior.from_dict(learned))
    return priors


def main() -> None:
    """Print and write all figures."""
    peers = {} if "--no-peers" in sys.argv else installed()
    articles = list(records("summaries/reader_keys_dev"))
    sets = {name: list(records(f"summaries/{name}_dev")) for name in SETS}
    result: dict[str, Any] = {"machine": machine("sumy", "textrank4zh", "snownlp", "networkx")}

    found = list(map(described, articles))
    shares = [chosen(row, one) for row, one in zip(articles, found, strict=True)]
    print(f"sentence F1 at 180 characters, {FOLDS}-fold, {SPLITS} splits, {len(articles)} articles")
    drawn = []
    for seed in range(SPLITS):
        fold = folds(len(articles), seed)
        priors = in_folds(found, shares, fold, learn)
        drawn.append(
            [
                ours(row, KEYS, titled=True, prior=priors[held])
                for row, held in zip(articles, fold, strict=True)
            ]
        )
    result["readers"] = compare(articles, KEYS, drawn, f1, peers, digits=3)
    result["readers"]["longest"] = max(sum(s.end - s.start for s in x) for d in drawn for x in d)

    print("character ROUGE")
    headed = [row for name in HEADED for row in sets[name]]
    found, shares = untitled(articles, headed)
    fold = folds(len(found))
    priors = in_folds(found, shares, fold, learn_untitled)
    of_headed = iter(fold[len(articles) :])
    tongues = np.repeat(folds(len(sets["vcsum_segment"])), 2)
    spoken = in_folds(*talks(sets["vcsum_segment"]), tongues, learn_speech)
    for name, options in SETS.items():
        rows = sets[name]
        if name in HEADED:
            own: list[Prior | None] = [priors[next(of_headed)] for _ in rows]
        elif name == "vcsum_segment":
            own = [spoken[f] for f in tongues[::2]]
        else:
            own = [None] * len(rows)
        spans = [
            ours(row, options, titled=name not in HEADED, prior=prior)
            for row, prior in zip(rows, own, strict=True)
        ]
        result[name] = compare(rows, options, [spans], told, peers, name=name)
    result["speed"] = speed()
    write_result(__file__, result)


def compare(
    rows: Sequence[Row],
    options: dict[str, int],
    drawn: Sequence[Sequence[Sequence[Span]]],
    measure: Callable[[Row, Sequence[Span]], float],
    peers: dict[str, Callable[[str], Sequence[str]]],
    *,
    name: str = "",
    digits: int = 1,
) -> dict[str, Any]:
    """Print ours beside Lead and the peers, and by how much ours is better on the same articles."""
    mine = np.mean(
        [[measure(row, one) for row, one in zip(rows, spans, strict=True)] for spans in drawn],
        axis=0,
    )
    values = {"lead": np.array([measure(row, lead(row, options)) for row in rows])}
    for peer, rank in peers.items():
        sample = rows[:SAMPLE]
        values[peer] = np.array(
            [
                measure(
                    row, [Span(*at) for at in within(row["text"], rank(row["text"]), **options)]
                )
                for row in sample
            ]
        )
    told: dict[str, Any] = {"n": len(rows), "ours": mean_interval(mine), "others": {}}
    shown = f"{{:.{digits}f}} ({{:.{digits}f}} to {{:.{digits}f}})"
    print(f"  {name:16} ours {shown.format(*told['ours'])}, {len(rows)} articles")
    for other, value in values.items():
        better: Interval = mean_interval(mine[: len(value)] - value)
        told["others"][other] = {
            "n": len(value),
            "mean": float(value.mean()),
            "ours_better_by": better,
        }
        print(
            f"    {other:14} {value.mean():.{digits}f}, ours better by {shown.format(*better)}, {len(value)} articles"
        )
    return told


if __name__ == "__main__":
    main()
