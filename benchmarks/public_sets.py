"""How good are models of users' own topics? THUCNews titles (10 classes) and TNEWS (15 classes).

``python benchmarks/public_sets.py`` trains with the default settings: THUCNews on half of the public
training set, tested on the official dev set; TNEWS by five folds of its training set.
"""

from __future__ import annotations

import numpy as np

from common import machine, records, write_result
from pdclassify.topics.training import train


def texts_of(name: str) -> tuple[list[str], list[str]]:
    """Return texts and labels of a set."""
    rows = list(records(f"bench/{name}"))
    return [row["text"] for row in rows], [str(row["label"]) for row in rows]


def accuracy(learn: tuple[list[str], list[str]], test: tuple[list[str], list[str]]) -> float:
    """Train on one set and return the share of the other that is right."""
    model = train(*learn)
    found = [prediction.primary for prediction in model.predict(test[0])]
    return float(np.mean([one == other for one, other in zip(found, test[1], strict=True)]))


def main() -> None:
    """Print and write both figures."""
    thucnews = accuracy(texts_of("thucnews_titles_train"), texts_of("thucnews_titles_dev"))
    print(f"THUCNews titles, dev accuracy {thucnews:.4f}", flush=True)
    texts, labels = texts_of("tnews_train")
    fold = np.random.default_rng(0).permutation(len(texts)) % 5
    scores = []
    for held in range(5):
        own, other = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        scores.append(
            accuracy(
                ([texts[p] for p in own], [labels[p] for p in own]),
                ([texts[p] for p in other], [labels[p] for p in other]),
            )
        )
        print(f"TNEWS, fold {held}: {scores[-1]:.4f}", flush=True)
    print(f"TNEWS, five folds: {np.mean(scores):.4f}")
    write_result(
        __file__,
        {"machine": machine("scikit-learn"), "thucnews_dev": thucnews, "tnews_folds": scores},
    )


if __name__ == "__main__":
    main()
