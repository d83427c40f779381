"""Learn the weights of the summary's cues from readers' key sentences.

``python benchmarks/train_summary.py`` writes ``src/pdclassify/summary/prior.json``.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from common import ROOT, records
from pdclassify.summary.cues import NAMES
from pdclassify.summary.scoring import Scored, look

TARGET = ROOT / "src" / "pdclassify" / "summary" / "prior.json"
STRENGTH = 0.01  # inverse, of the standardised cues


def described(row: dict[str, Any]) -> Scored:
    """Return what is found of an article's sentences."""
    found = look(row["text"], **{name: row.get(name) for name in ("kicker", "title", "subtitle")})
    assert found is not None, row["id"]
    return found


def chosen(row: dict[str, Any], found: Scored) -> np.ndarray:
    """Return the share of the readers that chose each of our sentences, by half of either's length."""
    share = np.zeros(len(found.candidates))
    for reader in row["readers"]:
        for key in reader["key"]:
            start, end = row["sentences"][key]
            shared = np.minimum(found.ends, end) - np.maximum(found.starts, start)
            half = np.minimum(found.ends - found.starts, end - start)
            share[2 * shared >= half] += 1 / len(row["readers"])
    return np.minimum(share, 1.0)


def learn(rows: list[np.ndarray], shares: list[np.ndarray]) -> dict[str, Any]:
    """Return a logistic prior; a sentence counts for both classes, by how many readers took it."""
    from sklearn.linear_model import LogisticRegression

    cues, share = np.concatenate(rows), np.concatenate(shares)
    mean, spread = cues.mean(axis=0), cues.std(axis=0)
    spread[spread == 0] = 1
    scaled = np.concatenate([(cues - mean) / spread] * 2)
    weight = np.concatenate([share, 1 - share])
    counts = weight > 0
    machine = LogisticRegression(C=STRENGTH, max_iter=2000)
    machine.fit(scaled[counts], np.repeat([1, 0], len(share))[counts], sample_weight=weight[counts])
    weights = machine.coef_[0] / spread
    return {
        "intercept": round(float(machine.intercept_[0] - weights @ mean), 4),
        "cues": {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)},
        "phrases": {},
    }


def main() -> None:
    """Learn from all articles and write the weights with their card."""
    articles = list(records("summaries/reader_keys_dev"))
    found = [described(row) for row in articles]
    shares = [chosen(row, one) for row, one in zip(articles, found, strict=True)]
    card = (
        "Logistic weights of sentence cues (summary/cues.py), learned from the key sentences that"
        f" readers chose in {len(articles)} articles of the party press by"
        " benchmarks/train_summary.py."
    )
    prior = {"card": card, **learn([one.cues for one in found], shares)}
    TARGET.write_text(json.dumps(prior, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
