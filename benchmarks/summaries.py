"""Would a night editor print it? Sentence F1 against readers, and character ROUGE on five sets.

``python benchmarks/summaries.py`` (some six minutes, half of it for the peers; ``--no-peers`` leaves
them out, ``--speed`` measures nothing but the speed). What is learned is learned in five folds: no
weight has seen the article it is measured on. A key sentence counts as printed if half of it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pdclassify
from common import machine, mean_interval, records, write_result
from pdclassify.article import Span
from pdclassify.summary import scoring
from pdclassify.summary.printable import find_candidates
from pdclassify.summary.prior import Prior
from rouge import rouge
from summary_examples import CORPUS, HEADED, READERS, Example, examples
from summary_peers import installed, within
from summary_speed import speed
from train_summary import learn_kinds

SETS: dict[str, dict[str, int]] = {
    READERS: {"chars": 180},
    "cctv_headline": {"sentences": 1},
    "xinhua_headline": {"sentences": 1},
    "cctv_leadref": {"chars": 85},
    "xinhua_leadref": {"chars": 85},
    "vcsum_segment": {"chars": 149},
}
SAMPLE = 120  # articles of each set that the peers are run on
FOLDS = 5
SPLITS = 2  # into folds; the mean is told

Row = dict[str, Any]


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


@contextmanager
def weights(kinds: dict[str, Row]) -> Iterator[None]:
    """Summarise with other weights than the shipped ones."""
    priors = {kind: Prior.from_dict(values) for kind, values in kinds.items()}
    original = scoring.shipped_prior
    scoring.shipped_prior = priors.__getitem__  # type: ignore[assignment]  # not cached
    yield
    scoring.shipped_prior = original


def ours(row: Row, options: dict[str, int], *, titled: bool) -> list[Span]:
    """Summarise a record, with its headline if it has one; return where the sentences stand."""
    names = ("title", "kicker", "subtitle") if titled else ()
    found = pdclassify.summarize(row["text"], **{n: row.get(n) for n in names}, **options)  # type: ignore[arg-type]  # one budget
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


def out_of_fold(
    sets: dict[str, list[Row]], taught: Sequence[Example], seed: int
) -> dict[str, list[list[Span]]]:
    """Summarise every record of every set with weights learned from other folds."""
    fold = {name: folds(len(rows), seed) for name, rows in sets.items()}
    spans: dict[str, list[list[Span]]] = {name: [[]] * len(rows) for name, rows in sets.items()}
    for held in range(FOLDS):
        others = [e for e in taught if e.source == CORPUS or fold[e.source][e.record] != held]
        with weights(learn_kinds(others)):
            for name, rows in sets.items():
                for place in np.flatnonzero(fold[name] == held).tolist():
                    titled = name not in HEADED
                    spans[name][place] = ours(rows[place], SETS[name], titled=titled)
    return spans


def main() -> None:
    """Print and write all figures, or those of speed alone."""
    if "--speed" in sys.argv:
        before = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
        write_result(__file__, before | {"speed": speed()})
        return
    peers = {} if "--no-peers" in sys.argv else installed()
    sets = {name: list(records(f"summaries/{name}_dev")) for name in SETS}
    taught = examples()
    result: dict[str, Any] = {"machine": machine("sumy", "textrank4zh", "snownlp", "networkx")}
    drawn = [out_of_fold(sets, taught, seed) for seed in range(SPLITS)]
    print(f"{FOLDS} folds, the mean of {SPLITS} splits")
    for name, rows in sets.items():
        measure, digits = (f1, 3) if name == READERS else (told, 1)
        spans = [one[name] for one in drawn]
        found = compare(name, rows, spans, measure, peers, digits=digits)
        found["longest"] = max(sum(s.end - s.start for s in x) for one in spans for x in one)
        result["readers" if name == READERS else name] = found
    result["speed"] = speed()
    write_result(__file__, result)


def compare(
    name: str,
    rows: Sequence[Row],
    drawn: Sequence[Sequence[Sequence[Span]]],
    measure: Callable[[Row, Sequence[Span]], float],
    peers: dict[str, Callable[[str], Sequence[str]]],
    *,
    digits: int,
) -> dict[str, Any]:
    """Print ours beside Lead and the peers, and by how much ours is better on the same articles."""
    options = SETS[name]
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
    found: dict[str, Any] = {
        "n": len(rows),
        "ours": mean_interval(mine),
        "lead": mean_interval(values["lead"]),
        "peers": {},
        "ours_better_by": {},
    }
    shown = f"{{:.{digits}f}} ({{:.{digits}f}} to {{:.{digits}f}})"
    print(f"  {name:16} ours {shown.format(*found['ours'])}, {len(rows)} articles")
    for other, value in values.items():
        better = mean_interval(mine[: len(value)] - value)
        found["ours_better_by"][other] = better
        if other != "lead":
            found["peers"][other] = {"n": len(value), "mean": float(value.mean())}
        print(
            f"    {other:14} {value.mean():.{digits}f}, ours better by {shown.format(*better)},"
            f" {len(value)} articles"
        )
    return found


if __name__ == "__main__":
    main()
