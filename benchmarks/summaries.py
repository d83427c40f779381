"""Would a night editor print it? Sentence F1 against readers, and character ROUGE on five sets.

``python benchmarks/summaries.py``. Weights are learned in five folds by article for the readers'
set; a printed sentence is right if it covers half of a key sentence or is covered half by one.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import Any

import numpy as np

import pdclassify
from common import machine, mean_interval, records, write_result
from pdclassify.article import Span
from pdclassify.summary import scoring, textrank
from pdclassify.summary.prior import Prior
from train_summary import chosen, described, learn

SETS = {
    "cctv_headline": {"sentences": 1},
    "xinhua_headline": {"sentences": 1},
    "cctv_leadref": {"chars": 85},
    "xinhua_leadref": {"chars": 85},
    "vcsum_segment": {"chars": 149},
}


def f1(row: dict[str, Any], spans: list[Span]) -> float:
    """Return the F1 of printed spans against each reader's key sentences, averaged."""
    cut = [Span(*pair) for pair in row["sentences"]]
    hits = set()
    for span in spans:
        for place, other in enumerate(cut):
            shared = min(span.end, other.end) - max(span.start, other.start)
            if 2 * shared >= min(span.end - span.start, other.end - other.start):
                hits.add(place)
    scores = []
    for reader in row["readers"]:
        both = len(hits & set(reader["key"]))
        scores.append(2 * both / max(len(hits) + len(reader["key"]), 1))
    return float(np.mean(scores))


def summary(row: dict[str, Any], **options: Any) -> pdclassify.Summary:
    """Summarise a record with its headline."""
    headline = {name: row.get(name) for name in ("title", "kicker", "subtitle")}
    return pdclassify.summarize(row["text"], **headline, **options)


def spans_of(found: pdclassify.Summary) -> list[Span]:
    """Return where a summary's sentences stand."""
    return [Span(sentence.start, sentence.end) for sentence in found.sentences]


def readers() -> dict[str, Any]:
    """Measure against the readers, weights learned without the article."""
    rows = list(records("summaries/reader_keys_dev"))
    found = list(map(described, rows))
    shares = [chosen(row, one) for row, one in zip(rows, found, strict=True)]
    fold = np.random.default_rng(0).permutation(len(rows)) % 5
    ours, lead, worst = np.zeros(len(rows)), np.zeros(len(rows)), 0
    original = textrank.score
    for held in range(5):
        own = [place for place in range(len(rows)) if fold[place] != held]
        prior = Prior.from_dict(learn([found[p] for p in own], [shares[p] for p in own]))
        textrank.score = partial(scoring.score, prior=prior)
        for place in np.flatnonzero(fold == held):
            made = summary(rows[place], chars=180)
            worst = max(worst, len(made.text))
            ours[place] = f1(rows[place], spans_of(made))
            lead[place] = f1(rows[place], spans_of(summary(rows[place], chars=180, method="lead")))
    textrank.score = original
    print(f"sentence F1 at 180 characters, five-fold, {len(rows)} articles (longest {worst})")
    for name, values in (("ours", ours), ("lead", lead)):
        print(f"  {name} {'{:.3f} ({:.3f} to {:.3f})'.format(*mean_interval(values))}")
    return {
        "ours": mean_interval(ours),
        "lead": mean_interval(lead),
        "n": len(rows),
        "longest": worst,
    }


def rouge(found: str, reference: str) -> float:
    """Return the mean of character ROUGE-1, -2 and -L F1, in percent; punctuation left out."""
    a, b = (re.sub(r"[\W_]", "", text) for text in (found, reference))
    if not a or not b:
        return 0.0
    scores = []
    for size in (1, 2):
        left = Counter(a[i : i + size] for i in range(len(a) - size + 1))
        right = Counter(b[i : i + size] for i in range(len(b) - size + 1))
        scores.append(2 * (left & right).total() / max(left.total() + right.total(), 1))
    before = [0] * (len(b) + 1)
    for one in a:
        row = [0]
        for place, other in enumerate(b):
            row.append(before[place] + 1 if one == other else max(row[-1], before[place + 1]))
        before = row
    scores.append(2 * before[-1] / (len(a) + len(b)))
    return 100 * float(np.mean(scores))


def main() -> None:
    """Print and write all figures."""
    result: dict[str, Any] = {"machine": machine(), "readers": readers()}
    for name, options in SETS.items():
        rows = list(records(f"summaries/{name}_dev"))
        title = {} if name.endswith("headline") else {"title": True}
        ours, lead = [], []
        for row in rows:
            given = {"title": row.get("title")} if title else {}
            made = pdclassify.summarize(row["text"], **given, **options)
            first = pdclassify.summarize(row["text"], method="lead", **options)
            ours.append(rouge(made.text, row["summary"]))
            lead.append(rouge(first.text, row["summary"]))
        difference = mean_interval(np.array(ours) - np.array(lead))
        print(
            f"{name:16} ours {np.mean(ours):.1f}  lead {np.mean(lead):.1f}  difference"
            f" {'{:.1f} ({:.1f} to {:.1f})'.format(*difference)}"
        )
        result[name] = {
            "ours": mean_interval(ours),
            "lead": mean_interval(lead),
            "difference": difference,
            "n": len(rows),
        }
    write_result(__file__, result)


if __name__ == "__main__":
    main()
