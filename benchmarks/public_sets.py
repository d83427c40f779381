"""How good are models of users' own topics? THUCNews titles (10 classes) and TNEWS (15 classes).

``python benchmarks/public_sets.py`` trains with the default settings: THUCNews on half of the public
training set, tested on the official dev set; TNEWS by five folds of its training set. A set's name as
argument runs that one and keeps the others' figures. The expected calibration error is that of the most
probable class.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from common import HERE, machine, mean_interval, records, write_result
from pdclassify.topics.evaluation import calibration_error, reliability
from pdclassify.topics.training import train

Labelled = tuple[list[str], list[str]]
#: How sure the model is of each text, and whether it is right.
Tested = tuple[list[float], list[bool]]


def texts_of(name: str) -> Labelled:
    """Return texts and labels of a set."""
    rows = list(records(f"bench/{name}"))
    return [row["text"] for row in rows], [str(row["label"]) for row in rows]


def tested(learn: Labelled, test: Labelled) -> Tested:
    """Train on one set and tell of each text of the other how sure the model is, and if it is right."""
    model = train(*learn)
    predictions = model.predict(test[0])
    sure = [max(prediction.probabilities.values()) for prediction in predictions]
    found = [prediction.primary for prediction in predictions]
    return sure, [one == other for one, other in zip(found, test[1], strict=True)]


def thucnews() -> Tested:
    """Test on the dev set's titles."""
    return tested(texts_of("thucnews_titles_train"), texts_of("thucnews_titles_dev"))


def tnews() -> Tested:
    """Test on the training set's titles, by five folds."""
    texts, labels = texts_of("tnews_train")
    fold = np.random.default_rng(0).permutation(len(texts)) % 5
    sure: list[float] = []
    right: list[bool] = []
    for held in range(5):
        own, other = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        found = tested(
            ([texts[p] for p in own], [labels[p] for p in own]),
            ([texts[p] for p in other], [labels[p] for p in other]),
        )
        sure += found[0]
        right += found[1]
        print(f"  TNEWS, after fold {held}: {np.mean(right):.4f}", flush=True)
    return sure, right


def few() -> Tested:
    """Test models of 4,000 TNEWS titles, drawn by chance, on the same number of others."""
    texts, labels = texts_of("tnews_train")
    order = np.random.default_rng(1).permutation(len(texts)).tolist()
    parts = [
        ([texts[p] for p in own], [labels[p] for p in own])
        for own in (order[:4000], order[4000:8000])
    ]
    return tested(*parts)


SETS = {"thucnews": thucnews, "tnews": tnews, "tnews of 4,000": few}


def main() -> None:
    """Print and write the figures."""
    path = HERE / "public_sets.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in sys.argv[1:] or SETS:
        sure, right = SETS[name]()
        accuracy, low, high = mean_interval(right)
        ece = calibration_error(reliability(np.array(sure), np.array(right)))
        print(f"{name}: accuracy {accuracy:.4f} (95 % {low:.4f} to {high:.4f}), ECE {ece:.4f}")
        result[name] = {"accuracy": accuracy, "interval": [low, high], "ece": ece}
    write_result(
        __file__,
        {"machine": machine("scikit-learn"), **{name: result.get(name) for name in SETS}},
    )


if __name__ == "__main__":
    main()
