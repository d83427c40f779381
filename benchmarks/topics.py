"""How well are the three topics found? Five folds, random rows, over time, calibration, primary.

``python benchmarks/topics.py`` trains the shipped recipe on four folds of the labelled articles and
tests it on the fifth; thresholds and calibration are learned inside the four. ``folds`` or ``shifts`` as
argument does one part, some five minutes, and keeps the figures of the other.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from common import HERE, machine, records, write_result
from pdclassify.article import Article
from pdclassify.topics.evaluation import Evaluation, Outcome, score
from pdclassify.topics.folds import assign_folds
from pdclassify.topics.labels import Labelled, labelled
from pdclassify.topics.training import fit

OWN = ("id", "title", "kicker", "subtitle", "date", "section", "column", "publisher")


def articles() -> list[Article]:
    """Return the labelled articles."""
    return [
        Article(
            text=row["text"],
            **{name: row.get(name) for name in OWN},
            extra={name: value for name, value in row.items() if name not in (*OWN, "text")},
        )
        for row in records("topics/dev")
    ]


def predict(data: Labelled, learn: np.ndarray, test: np.ndarray) -> tuple[Outcome, list]:
    """Train on some rows and return what is predicted of others."""
    model = fit(data.of(learn), name="fold")
    predictions = model.predict([data.documents[place] for place in np.flatnonzero(test)])
    passed = np.array([[topic in p.topics for topic in data.topics] for p in predictions])
    shares = np.array([[p.probabilities[topic] for topic in data.topics] for p in predictions])
    return Outcome(data.topics, data.targets[test], passed, shares, True), predictions


def large_publishers(data: Labelled) -> dict[str, np.ndarray]:
    """Return the rows of each publisher with 300 articles and 30 of each topic."""
    names = np.array([document.publisher or "" for document in data.documents])
    rows = {name: names == name for name in sorted(set(names.tolist()) - {""})}
    return {
        name: own
        for name, own in rows.items()
        if own.sum() >= 300 and data.targets[own].sum(axis=0).min() >= 30
    }


def years_of(data: Labelled) -> np.ndarray:
    """Return the year of each document, 0 where it is not known."""
    return np.array([int((document.date or "0")[:4]) for document in data.documents])


def by_folds(data: Labelled) -> dict[str, Any]:
    """Train on four folds and test on the fifth, five times."""
    folds = assign_folds(data)
    passed = np.zeros(data.targets.shape, dtype=bool)
    shares = np.zeros(data.targets.shape)
    primary = np.full(len(data.documents), -1)
    for fold in np.unique(folds):
        held = folds == fold
        outcome, predictions = predict(data, ~held, held)
        passed[held], shares[held] = outcome.passed, outcome.probabilities
        primary[held] = [data.topics.index(p.primary) if p.primary else -1 for p in predictions]
        print(f"  fold {fold}: macro-F1 {score(outcome, draws=2).macro_f1:.4f}", flush=True)

    def scored(rows: np.ndarray) -> Evaluation:
        return score(Outcome(data.topics, data.targets[rows], passed[rows], shares[rows], True))

    whole = score(Outcome(data.topics, data.targets, passed, shares, True), data.documents)
    low, high = whole.intervals["macro_f1"]
    print(f"five-fold macro-F1 {whole.macro_f1:.4f} (95 % {low:.4f} to {high:.4f})")
    for topic, row in whole.per_topic.items():
        print(f"  {topic:15} F1 {row['f1']:.4f}  average precision {row['average_precision']:.4f}")
    print(f"expected calibration error {whole.ece:.4f}")

    sure = scored(~data.doubtful)
    print(f"where readers were sure: macro-F1 {sure.macro_f1:.4f}")
    drawn = np.array([d.extra.get("drawn") == "random" for d in data.documents])
    none = drawn & ~data.targets.any(axis=1)
    micro, false = scored(drawn).micro_f1, float(passed[none].any(axis=1).mean())
    print(f"random rows: micro-F1 {micro:.4f}, false topics on none {false:.4f}")

    both = ((passed & data.targets).sum(axis=1) > 1) & (data.primary >= 0)
    rule = float((primary[both] == data.primary[both]).mean())
    probable = np.where(passed, shares, -1).argmax(axis=1)
    most = float((probable[both] == data.primary[both]).mean())
    print(
        f"primary, two true topics found ({both.sum()}): rule {rule:.3f}, most probable {most:.3f}"
    )
    return {
        "five_fold": whole.to_dict(),
        "sure": sure.macro_f1,
        "random": {"micro_f1": micro, "false_topics": false, "n": int(drawn.sum())},
        "primary": {"rule": rule, "most_probable": most, "n": int(both.sum())},
        "over_time": {"five_fold_same_rows": scored(years_of(data) >= 2026).macro_f1},
        "publishers": {
            name: {"five_fold": scored(rows).macro_f1, "n": int(rows.sum())}
            for name, rows in large_publishers(data).items()
        },
    }


def by_shifts(data: Labelled) -> dict[str, Any]:
    """Train on the years to 2023 and test on 2026; train without each large publisher."""
    years = years_of(data)
    outcome, _ = predict(data, (years > 0) & (years <= 2023), years >= 2026)
    found: dict[str, Any] = {"over_time": {"macro_f1": score(outcome).macro_f1}, "publishers": {}}
    print(f"trained to 2023, tested on 2026: {found['over_time']}", flush=True)
    for name, rows in large_publishers(data).items():
        outcome, _ = predict(data, ~rows, rows)
        found["publishers"][name] = {"left_out": score(outcome).macro_f1}
        print(f"without {name}: {found['publishers'][name]}", flush=True)
    return found


def merged(old: Any, new: Any) -> Any:
    """Return old figures with new ones in their place."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}


PARTS = {"folds": by_folds, "shifts": by_shifts}


def main() -> None:
    """Print and write the figures of the parts that are named, or of all."""
    data = labelled(articles())
    path = HERE / "topics.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in sys.argv[1:] or PARTS:
        result = merged(result, PARTS[name](data))
    result["machine"] = machine("scikit-learn")
    write_result(__file__, result)


if __name__ == "__main__":
    main()
