"""Learn the weights of the summary's cues: from key sentences, headlines, leads and minutes.

``python benchmarks/train_summary.py`` writes ``src/pdclassify/summary/prior.json``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from common import ROOT
from pdclassify.summary.cues import NAMES
from pdclassify.summary.prior import Prior
from pdclassify.summary.scoring import lead_is_gone
from summary_examples import Example, examples

TARGET = ROOT / "src" / "pdclassify" / "summary" / "prior.json"

# Chosen in five- and ten-fold cross-validation: STRENGTH is the inverse one of the penalty on the
# standardised cues, PHRASES how many bigrams have a weight.
PRESS = {"strength": 0.1, "phrases": 600}  # F1: none .451, 300 .458, 600 .459, all 1,889 .461
UNTITLED = {"strength": 0.1, "phrases": 600}
HEADLINE = {"strength": 0.1, "phrases": 1000}  # 300 to 2,000 differ by the noise
LEADLESS = {"strength": 0.1, "phrases": 0}
SPEECH = {"strength": 0.01, "phrases": 0}  # .003 to .1 are the same
GONE_STRENGTH = 0.05
SEEN = 40  # sentences that a phrase must stand in
SCALE = 6.0  # how much cheaper a phrase's weight is than a cue's; 4 .461, 6 .464, 10 .445


def _fit(rows: Any, share: NDArray[np.float64], strength: float) -> Any:
    """Fit a logistic regression in which a row counts for both classes, by its share."""
    from sklearn.linear_model import LogisticRegression

    both = sparse.vstack([rows, rows]).tocsr()
    weight = np.concatenate([share, 1 - share])
    counts = weight > 0
    machine = LogisticRegression(C=strength, max_iter=1000)
    return machine.fit(
        both[counts], np.repeat([1, 0], len(share))[counts], sample_weight=weight[counts]
    )


def _phrase_columns(taught: Sequence[Example]) -> tuple[Any, list[str]]:
    """Return how often each frequent bigram stands in each sentence, by the root of its length."""
    rows, codes, sizes = [], [], []
    before = 0
    for found in (one.found for one in taught):
        points = np.where((found.points >= 48) & (found.points < 58), 48, found.points)
        pairs = points[:-1].astype(np.uint64) << np.uint64(21) | points[1:].astype(np.uint64)
        at = np.arange(len(pairs))
        row = np.searchsorted(found.starts, at, side="right") - 1
        inside = (row >= 0) & (at + 1 < found.ends[np.maximum(row, 0)])
        rows.append(row[inside] + before)
        codes.append(pairs[inside])
        sizes.append(found.ends - found.starts)
        before += len(found.starts)
    known, columns = np.unique(np.concatenate(codes), return_inverse=True)
    row = np.concatenate(rows)
    counts = sparse.coo_matrix((np.ones(len(row)), (row, columns)), (before, len(known))).tocsc()
    often = np.diff(counts.indptr) >= SEEN
    scale = sparse.diags(SCALE / np.sqrt(np.concatenate(sizes)))
    names = [chr(code >> 21) + chr(code & 0x1FFFFF) for code in known[often].tolist()]
    return (scale @ counts[:, often]).tocsr(), names


def learn(taught: Sequence[Example], *, strength: float, phrases: int) -> dict[str, Any]:
    """Return a logistic prior over cues and, if asked for, the phrases that matter most."""
    cues = np.concatenate([one.found.cues for one in taught])
    return _prior(taught, cues, np.concatenate([one.share for one in taught]), strength, phrases)


def learn_gone(taught: Sequence[Example]) -> dict[str, Any]:
    """Return what tells from the cues of the first sentence that a text's lead is gone."""
    cues = np.array([one.found.cues[0] for one in taught])
    gone = np.array([float(one.kind == "leadless") for one in taught])
    return _prior(taught, cues, gone, GONE_STRENGTH, 0)


def _prior(
    taught: Sequence[Example],
    cues: NDArray[np.float64],
    share: NDArray[np.float64],
    strength: float,
    phrases: int,
) -> dict[str, Any]:
    """Learn weights of the cues and of the phrases with the most weight."""
    mean, spread = cues.mean(axis=0), cues.std(axis=0)
    spread[spread == 0] = 1
    rows = scaled = sparse.csr_matrix((cues - mean) / spread)
    width, words = cues.shape[1], []
    if phrases:
        columns, names = _phrase_columns(taught)
        trial = _fit(sparse.hstack([scaled, columns]), share, strength)
        moment = np.sqrt(np.asarray(columns.multiply(columns).mean(axis=0)).ravel())
        weighty = np.argsort(-np.abs(trial.coef_[0][width:] * moment), kind="stable")
        best = np.sort(weighty[:phrases])
        words = [names[place] for place in best]
        rows = sparse.hstack([scaled, columns[:, best]])
    machine = _fit(rows, share, strength)
    weights = machine.coef_[0][:width] / spread
    return {
        "intercept": round(float(machine.intercept_[0] - weights @ mean), 4),
        "cues": {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)},
        "phrases": {
            word: round(float(weight) * SCALE, 3)
            for word, weight in zip(words, machine.coef_[0][width:], strict=True)
        },
    }


def learn_kinds(taught: Sequence[Example]) -> dict[str, dict[str, Any]]:
    """Return the priors of all kinds of text."""
    of = {kind: [one for one in taught if one.kind == kind] for kind in KINDS}
    gone = learn_gone([*of["press"], *of["led"], *of["leadless"]])
    detector = Prior.from_dict(gone)
    taken_for = [one for one in of["press"] if lead_is_gone(one.found, detector)]
    return {
        "press": learn(of["press"], **PRESS),
        "untitled": learn(of["untitled"], **UNTITLED),
        "headline": learn([*of["untitled"], *of["headline"]], **HEADLINE),
        "lead_gone": gone,
        "leadless": learn([*of["leadless"], *taken_for], **LEADLESS),
        "speech": learn(of["speech"], **SPEECH),
    }


KINDS = ("press", "untitled", "headline", "led", "leadless", "speech")


def main() -> None:
    """Learn from all articles and write the weights with their card."""
    taught = examples()
    size = Counter(one.kind for one in taught)
    card = (
        "Logistic weights of sentence cues (summary/cues.py) and of phrases (character bigrams,"
        " digits as 0, by the root of the sentence's length). press: learned from the key"
        f" sentences that readers chose in {size['press']} articles of the party press, 2012 to"
        " 2026; untitled: from the same without their headlines; headline: from these and from"
        f" {size['headline']} reports and the sentence nearest to each one's headline, for one"
        f" sentence of a text without a headline; leadless: from {size['leadless']} reports without"
        " their first paragraph and the sentences nearest to it, for texts of which lead_gone says so"
        " by the first sentence;"
        f" speech: from {size['speech'] // 2} stretches of talks and their minutes, for texts with"
        " words of talk. Made by benchmarks/train_summary.py; figures in benchmarks/README.md."
        " Not meant for fiction, dialogue or other languages."
    )
    prior = {"card": card, **learn_kinds(taught)}
    TARGET.write_text(json.dumps(prior, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
