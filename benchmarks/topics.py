"""How well are the three topics found? Five folds, random rows, over time, calibration, primary.

``python benchmarks/topics.py`` trains the shipped recipe on four folds of the labelled articles and
tests it on the fifth; whatever is learned from labels, thresholds and calibration too, is learned
inside the four. Of the corpus, which gives texts alone, what is tested on is left out too. A quarter
of an hour.
"""

from __future__ import annotations

import numpy as np

from common import machine, records, write_result
from pdclassify.article import Article
from pdclassify.topics.evaluation import Outcome, score
from pdclassify.topics.labels import Labelled, assign_folds, labelled
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


def corpus() -> list[Article]:
    """Return the articles without labels."""
    return [
        Article(text=row["text"], **{name: row.get(name) for name in OWN})
        for row in records("press/corpus")
    ]


def predict(
    data: Labelled, texts: list[Article], learn: np.ndarray, test: np.ndarray
) -> tuple[Outcome, list]:
    """Train on some rows, with ``texts`` as a corpus, and return what is predicted of others."""
    tested = {data.documents[place].id for place in np.flatnonzero(test)}
    others = [article for article in texts if article.id not in tested]
    model = fit(data.of(learn), name="fold", corpus=others)
    predictions = model.predict([data.documents[place] for place in np.flatnonzero(test)])
    passed = np.array([[topic in p.topics for topic in data.topics] for p in predictions])
    shares = np.array([[p.probabilities[topic] for topic in data.topics] for p in predictions])
    return Outcome(data.topics, data.targets[test], passed, shares, True), predictions


def main() -> None:
    """Print and write all figures."""
    data = labelled(articles())
    texts = corpus()
    folds = assign_folds(data)
    n = len(data.documents)
    passed = np.zeros(data.targets.shape, dtype=bool)
    shares = np.zeros(data.targets.shape)
    primary = np.full(n, -1)
    for fold in np.unique(folds):
        held = folds == fold
        outcome, predictions = predict(data, texts, ~held, held)
        passed[held], shares[held] = outcome.passed, outcome.probabilities
        primary[held] = [data.topics.index(p.primary) if p.primary else -1 for p in predictions]
    whole = score(Outcome(data.topics, data.targets, passed, shares, True), data.documents)
    low, high = whole.intervals["macro_f1"]
    print(f"five-fold macro-F1 {whole.macro_f1:.4f} (95 % {low:.4f} to {high:.4f})")
    for topic, row in whole.per_topic.items():
        print(f"  {topic:15} F1 {row['f1']:.4f}  average precision {row['average_precision']:.4f}")
    print(f"expected calibration error {whole.ece:.4f}")

    drawn = np.array([d.extra.get("drawn") == "random" for d in data.documents])
    none = drawn & ~data.targets.any(axis=1)
    random = score(Outcome(data.topics, data.targets[drawn], passed[drawn], shares[drawn], True))
    false = float(passed[none].any(axis=1).mean())
    print(f"random rows: micro-F1 {random.micro_f1:.4f}, false topics on none {false:.4f}")

    two = (data.targets.sum(axis=1) > 1) & (data.primary >= 0)
    both = two & ((passed & data.targets).sum(axis=1) > 1)
    rule = float((primary[both] == data.primary[both]).mean())
    probable = np.where(passed, shares, -1).argmax(axis=1)
    most = float((probable[both] == data.primary[both]).mean())
    print(
        f"primary, two true topics found ({both.sum()}): rule {rule:.3f}, most probable {most:.3f}"
    )

    years = np.array([int((d.date or "0")[:4]) for d in data.documents])
    later = years >= 2026
    earlier = [article for article in texts if "0" < (article.date or "0")[:4] <= "2023"]
    outcome, _ = predict(data, earlier, (years > 0) & (years <= 2023), later)
    over_time = score(outcome)
    same = score(Outcome(data.topics, data.targets[later], passed[later], shares[later], True))
    print(
        f"trained to 2023, tested on 2026: {over_time.macro_f1:.4f} (five-fold {same.macro_f1:.4f})"
    )

    publishers = np.array([d.publisher or "" for d in data.documents])
    without = {}
    for name in sorted(set(publishers.tolist())):
        rows = publishers == name
        if name and rows.sum() >= 300 and data.targets[rows].sum(axis=0).min() >= 30:
            others = [article for article in texts if article.publisher != name]
            outcome, _ = predict(data, others, ~rows, rows)
            inside = Outcome(data.topics, data.targets[rows], passed[rows], shares[rows], True)
            without[name] = {
                "left_out": score(outcome).macro_f1,
                "five_fold": score(inside).macro_f1,
                "n": int(rows.sum()),
            }
            print(f"without {name}: {without[name]}")
    write_result(
        __file__,
        {
            "machine": machine("scikit-learn"),
            "corpus": len(texts),
            "five_fold": whole.to_dict(),
            "random": {"micro_f1": random.micro_f1, "false_topics": false, "n": int(drawn.sum())},
            "primary": {"rule": rule, "most_probable": most, "n": int(both.sum())},
            "over_time": {"macro_f1": over_time.macro_f1, "five_fold_same_rows": same.macro_f1},
            "publishers": without,
        },
    )


if __name__ == "__main__":
    main()
