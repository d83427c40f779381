"""Learn the weights of the summary's cues: from key sentences, headlines and minutes of talks.

``python benchmarks/train_summary.py`` writes ``src/pdclassify/summary/prior.json``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common import ROOT, records
from pdclassify.summary.cues import NAMES
from pdclassify.summary.scoring import Scored, look
from rouge import rouge

TARGET = ROOT / "src" / "pdclassify" / "summary" / "prior.json"
HEADED = ("cctv_headline", "xinhua_headline")
MINUTES = 149  # characters of the minutes of a talk, on average

# Chosen in ten-fold cross-validation with three seeds, sentence F1 at 180 characters:
STRENGTH = 0.1  # inverse, of the standardised cues; .03 to .3 differ by less than .003
UNTITLED_STRENGTH, UNTITLED_PHRASES = 0.03, 300  # .01 to .1 and none to 600 differ by the noise
SPEECH_STRENGTH = 0.01  # of the cues of transcripts, which are fewer; .003 to .1 are the same
PHRASES = 600  # none .451, 300 .458, 600 .459, all 1,889 .461
SEEN = 40  # sentences that a phrase must stand in
SCALE = 6.0  # how much cheaper a phrase's weight is than a cue's; 4 .461, 6 .464, 10 .445


def described(row: dict[str, Any]) -> Scored:
    """Return what is found of an article's sentences."""
    found = look(row["text"], **{name: row.get(name) for name in ("kicker", "title", "subtitle")})
    assert found is not None, row["id"]
    return found


def chosen(row: dict[str, Any], found: Scored) -> NDArray[np.float64]:
    """Return the share of the readers that chose each of our sentences, by half of either's length."""
    share = np.zeros(len(found.candidates))
    for reader in row["readers"]:
        for key in reader["key"]:
            start, end = row["sentences"][key]
            shared = np.minimum(found.ends, end) - np.maximum(found.starts, start)
            half = np.minimum(found.ends - found.starts, end - start)
            share[2 * shared >= half] += 1 / len(row["readers"])
    return np.minimum(share, 1.0)


def _bigrams(found: Scored) -> list[Counter[str]]:
    """Return the bigrams of every sentence, digits as 0."""
    counted = []
    for start, end in zip(found.starts, found.ends, strict=True):
        text = re.sub("[0-9]", "0", "".join(map(chr, found.points[start:end])))
        counted.append(Counter(text[i : i + 2] for i in range(len(text) - 1)))
    return counted


def _fit(rows: Any, share: NDArray[np.float64], strength: float) -> Any:
    """Fit a logistic regression in which a sentence counts for both classes, by its share."""
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    both = sparse.vstack([rows, rows]).tocsr()
    weight = np.concatenate([share, 1 - share])
    counts = weight > 0
    machine = LogisticRegression(C=strength, max_iter=1000)
    return machine.fit(
        both[counts], np.repeat([1, 0], len(share))[counts], sample_weight=weight[counts]
    )


def learn(
    found: Sequence[Scored],
    shares: Sequence[NDArray[np.float64]],
    *,
    phrases: int = PHRASES,
    strength: float = STRENGTH,
) -> dict[str, Any]:
    """Return a logistic prior over cues and, if asked for, the phrases that matter most."""
    from scipy import sparse
    from sklearn.feature_extraction import DictVectorizer

    cues, share = np.concatenate([one.cues for one in found]), np.concatenate(shares)
    mean, spread = cues.mean(axis=0), cues.std(axis=0)
    spread[spread == 0] = 1
    scaled = sparse.csr_matrix((cues - mean) / spread)
    words: list[str] = []
    rows = scaled
    if phrases:
        counted = [bigrams for one in found for bigrams in _bigrams(one)]
        lengths = np.concatenate([one.ends - one.starts for one in found])
        seen = Counter(word for bigrams in counted for word in bigrams)
        kept = {word for word, times in seen.items() if times >= SEEN}
        table = DictVectorizer()
        columns = table.fit_transform(
            [
                {word: times / np.sqrt(size) for word, times in bigrams.items() if word in kept}
                for bigrams, size in zip(counted, lengths, strict=True)
            ]
        )
        trial = _fit(sparse.hstack([scaled, columns * SCALE]), share, strength)
        moment = np.sqrt(np.asarray(columns.multiply(columns).mean(axis=0)).ravel())
        weighty = np.argsort(-np.abs(trial.coef_[0][cues.shape[1] :] * moment), kind="stable")
        best = np.sort(weighty[:phrases])
        words = [str(table.get_feature_names_out()[place]) for place in best]
        rows = sparse.hstack([scaled, columns[:, best] * SCALE])
    machine = _fit(rows, share, strength)
    weights = machine.coef_[0][: cues.shape[1]] / spread
    return {
        "intercept": round(float(machine.intercept_[0] - weights @ mean), 4),
        "cues": {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)},
        "phrases": {
            word: round(float(weight) * SCALE, 3)
            for word, weight in zip(words, machine.coef_[0][cues.shape[1] :], strict=True)
        },
    }


def learn_untitled(
    found: Sequence[Scored], shares: Sequence[NDArray[np.float64]]
) -> dict[str, Any]:
    """Return a prior for texts without a headline."""
    return learn(found, shares, phrases=UNTITLED_PHRASES, strength=UNTITLED_STRENGTH)


def learn_speech(found: Sequence[Scored], shares: Sequence[NDArray[np.float64]]) -> dict[str, Any]:
    """Return a prior for transcripts: cues alone."""
    return learn(found, shares, phrases=0, strength=SPEECH_STRENGTH)


def unigram_share(found: Scored, minutes: str) -> NDArray[np.float64]:
    """Return 1 for the sentences that together come nearest to the minutes of a talk.

    Sentences are taken one by one while the F1 of characters and character pairs rises.
    """
    wanted = Counter(minutes) + Counter(a + b for a, b in pairwise(minutes))
    pieces = []
    for start, end in zip(found.starts, found.ends, strict=True):
        text = "".join(map(chr, found.points[start:end]))
        pieces.append(Counter(text) + Counter(a + b for a, b in pairwise(text)))
    share = np.zeros(len(pieces))
    have: Counter[str] = Counter()
    best, room = 0.0, MINUTES
    while True:
        offers = []
        for place, piece in enumerate(pieces):
            if not share[place] and found.ends[place] - found.starts[place] <= room:
                both = have + piece
                offers.append(
                    (2 * (both & wanted).total() / (both.total() + wanted.total()), place)
                )
        if not offers or max(offers)[0] <= best:
            return share
        best, place = max(offers)
        share[place] = 1
        have += pieces[place]
        room -= int(found.ends[place] - found.starts[place])


def untitled(
    articles: Sequence[dict[str, Any]], headed: Sequence[dict[str, Any]]
) -> tuple[list[Scored], list[NDArray[np.float64]]]:
    """Return articles without their headlines, and which sentences stand for them.

    In the readers' articles those are the readers' own; where a headline is all that is known, it
    is the printable sentence nearest to it, of the first 25.
    """
    found, shares = [], []
    for row in articles:
        one = look(row["text"])
        assert one is not None, row["id"]
        found.append(one)
        shares.append(chosen(row, one))
    for row in headed:
        one = look(row["text"])
        assert one is not None, row["id"]
        near = [
            rouge(row["text"][c.start : c.end], row["summary"]) if c.printable else -1.0
            for c in one.candidates[:25]
        ]
        share = np.zeros(len(one.candidates))
        share[int(np.argmax(near))] = float(max(near) >= 0)
        found.append(one)
        shares.append(share)
    return found, shares


def talks(rows: Sequence[dict[str, Any]]) -> tuple[list[Scored], list[NDArray[np.float64]]]:
    """Return transcripts, each with and without its title, and what their minutes hold."""
    found, shares = [], []
    for row in rows:
        for title in ("", row.get("title")):
            one = look(row["text"], title=title)
            assert one is not None, row["id"]
            found.append(one)
            shares.append(unigram_share(one, row["summary"]))
    return found, shares


def main() -> None:
    """Learn from all articles and write the weights with their card."""
    articles = list(records("summaries/reader_keys_dev"))
    segments = list(records("summaries/vcsum_segment_dev"))
    headed = [row for name in HEADED for row in records(f"summaries/{name}_dev")]
    found = [described(row) for row in articles]
    shares = [chosen(row, one) for row, one in zip(articles, found, strict=True)]
    card = (
        "Logistic weights of sentence cues (summary/cues.py) and of phrases (character bigrams,"
        " digits as 0, by the root of the sentence's length). press: learned from the key"
        f" sentences that readers chose in {len(articles)} articles of the party press, 2012 to"
        f" 2026; untitled: from the same without their headlines and from {len(headed)} reports and"
        f" the sentence nearest to each one's headline; speech: from {len(segments)} stretches of talks and their minutes, for texts with"
        " words of talk. Made by benchmarks/train_summary.py; figures in benchmarks/README.md."
        " Not meant for fiction, dialogue or other languages."
    )
    prior = {
        "card": card,
        "press": learn(found, shares),
        "untitled": learn_untitled(*untitled(articles, headed)),
        "speech": learn_speech(*talks(segments)),
    }
    TARGET.write_text(json.dumps(prior, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
