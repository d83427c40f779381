"""How good are models of users' own topics? THUCNews titles (10 classes) and TNEWS (15 classes).

``python benchmarks/public_sets.py`` trains with the default settings: THUCNews on half of the public
training set, tested on the official dev set; TNEWS by five folds of its training set. A set's name as
argument, ``thucnews`` or ``tnews``, runs that one and keeps the other's figures.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from common import HERE, machine, mean_interval, records, write_result
from pdclassify.topics.training import train

Labelled = tuple[list[str], list[str]]


def texts_of(name: str) -> Labelled:
    """Return texts and labels of a set."""
    rows = list(records(f"bench/{name}"))
    return [row["text"] for row in rows], [str(row["label"]) for row in rows]


def right(learn: Labelled, test: Labelled) -> list[bool]:
    """Train on one set and tell of each text of the other whether its label is found."""
    model = train(*learn)
    found = [prediction.primary for prediction in model.predict(test[0])]
    return [one == other for one, other in zip(found, test[1], strict=True)]


def thucnews() -> list[bool]:
    """Return what is right of the dev set's titles."""
    return right(texts_of("thucnews_titles_train"), texts_of("thucnews_titles_dev"))


def tnews() -> list[bool]:
    """Return what is right of the training set's titles, by five folds."""
    texts, labels = texts_of("tnews_train")
    fold = np.random.default_rng(0).permutation(len(texts)) % 5
    found: list[bool] = []
    for held in range(5):
        own, other = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        found += right(
            ([texts[p] for p in own], [labels[p] for p in own]),
            ([texts[p] for p in other], [labels[p] for p in other]),
        )
        print(f"  TNEWS, after fold {held}: {np.mean(found):.4f}", flush=True)
    return found


SETS = {"thucnews": thucnews, "tnews": tnews}


def main() -> None:
    """Print and write the figures."""
    path = HERE / "public_sets.json"
    result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in sys.argv[1:] or SETS:
        accuracy, low, high = mean_interval(SETS[name]())
        print(f"{name}: accuracy {accuracy:.4f} (95 % {low:.4f} to {high:.4f})", flush=True)
        result[name] = {"accuracy": accuracy, "interval": [low, high]}
    write_result(
        __file__,
        {"machine": machine("scikit-learn"), **{name: result.get(name) for name in SETS}},
    )


if __name__ == "__main__":
    main()
