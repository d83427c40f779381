"""Train what tells headlines apart: which of two lines is one, and which article lacks it.

Both are linear models beside the scorer of the lines; ``train_pages.py`` trains all three.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from made_pages import roles_of
from pdclassify.reading import boundaries
from pdclassify.reading.boundaries import Role
from pdclassify.reading.headlines import NOWHERE, PLACES, nowhere_of, places_of, strays_of
from pdclassify.reading.heads import FIELDS, GRAMS, NUMBERS, grams_of, pairs_of
from pdclassify.reading.lines import lines_of
from pdclassify.reading.wrapping import legible

OTHERS = 2000  # pages from which it is learned where stray headlines belong
BELOW = 2000  # characters of text under a pair
PARTS = 5  # of the press: how a pair reads is learned from the others
PAPERS = ("人民日报", "学习时报")  # print heads as papers do
GRAM = 2.0  # how much characters weigh against numbers, before learning


def head_pairs(
    articles: Iterable[Mapping[str, Any]], without: set[str]
) -> Iterable[tuple[str, str, str, bool, bool]]:
    """Yield both lines of a head, the text below, whether the second is the headline, and if new.

    New are those of 2026, of a time when heads were transcribed most faithfully.
    """
    for article in articles:
        text, title = article["text"].strip(), (article["title"] or "").strip()
        if not text or not title or "\n" in title or article["id"] in without:
            continue
        kicker = (article["kicker"] or "").strip().split("\n")[-1].strip()
        subtitle = (article["subtitle"] or "").strip().split("\n")[0].strip()
        new = (article["date"] or "") >= "2026"
        if kicker:
            yield kicker, title, text[:BELOW], True, new
        if subtitle:
            yield title, subtitle, text[:BELOW], False, new


def train_titles(articles: Iterable[Mapping[str, Any]], without: set[str]) -> Iterator[np.ndarray]:
    """Yield weights of characters that tell headlines from kickers and subtitles.

    First those that ``PARTS`` parts of the articles have no say in, in turn, then those of all.
    """
    lines, titles, part = [], [], []
    for article in articles:
        title = " ".join((article["title"] or "").split())
        if article["id"] in without or not title or not article["publisher"].startswith(PAPERS):
            continue
        others = [*(article["kicker"] or "").split("\n"), *(article["subtitle"] or "").split("\n")]
        for line in [title, *(" ".join(other.split()) for other in others if other.strip())]:
            lines.append(line)
            titles.append(line is title)
            part.append(part_of(article))
    read = lines_of("\n".join(lines))
    rows = _rows(grams_of(read.codes, read.starts, read.ends), 1.0)
    labels, parts = np.array(titles), np.array(part)
    for left_out in (*range(PARTS), None):
        seen = parts != left_out
        model = LogisticRegression(C=3.0, max_iter=300, class_weight="balanced")
        yield model.fit(rows[seen], labels[seen]).coef_[0].astype(np.float32)


def part_of(article: Mapping[str, Any]) -> int:
    """Return which part of the press an article is in, the same for its kicker and its title."""
    return zlib.crc32(article["id"].encode()) % PARTS


def _rows(hashed: np.ndarray, weight: float) -> csr_matrix:
    """Return characters of lines as a matrix, (lines, GRAMS)."""
    known = hashed >= 0
    each = known.sum(1)
    cells = np.repeat(np.arange(len(hashed)), each), hashed[known]
    values = np.repeat(weight / np.sqrt(each), each)
    return csr_matrix((values, cells), shape=(len(hashed), GRAMS))


def train_pairs(corpus: Sequence[Mapping[str, Any]], without: set[str]) -> dict[str, np.ndarray]:
    """Learn which of two lines is the headline, by logistic regression."""
    grams, numbers, over, weights = [], [], [], []
    *apart, titles = train_titles(corpus, without)
    for article in corpus:
        for one, two, text, second, new in head_pairs([article], without):
            printed = lines_of(f"{one}\n{two}\n{text}")
            lines = legible(printed, np.ones(len(printed), dtype=bool))
            found = pairs_of(lines, np.zeros(1, dtype=np.int64), apart[part_of(article)])
            grams.append(found[0][0])
            numbers.append(found[1][0])
            over.append(second)
            weights.append(2.0 if new else 1.0)
    hashed = np.array(grams)
    blocks = [csr_matrix(np.array(numbers))]
    blocks += [_rows(hashed[:, side], GRAM) for side in range(FIELDS)]
    model = LogisticRegression(C=3.0, max_iter=1000)
    model.fit(hstack(blocks).tocsr(), np.array(over), sample_weight=np.array(weights))
    found = model.coef_[0].copy()
    found[NUMBERS - 1] += model.intercept_[0]  # the last number is always one
    return {
        "pair_numbers": found[:NUMBERS].astype(np.float32),
        "pair_grams": (GRAM * found[NUMBERS:].reshape(FIELDS, GRAMS)).astype(np.float16),
        "title_grams": titles.astype(np.float16),
    }


def train_match(
    pages: Iterable[Mapping[str, Any]], params: Mapping[str, np.ndarray], *, seed: int = 0
) -> dict[str, np.ndarray]:
    """Learn which place a stray headline belongs to, or that it belongs to none.

    A softmax over the places; for one headline in twenty its own place is hidden, so that none is
    right.
    """
    layers = {name: value.astype(np.float32) for name, value in params.items()}
    rng = np.random.default_rng(seed)
    rows, owner, target, count = [], [], [], 0
    none: list[np.ndarray] = []
    boundaries.use(layers)
    for page in pages:
        lines = lines_of(page["text"])
        gold = roles_of(page, lines)
        if Role.STRAY not in gold:
            continue
        reading = boundaries.read_lines(lines)
        for stray in strays_of(reading.roles):
            where, seen = places_of(lines, reading, layers["rarity"], stray)
            if not len(where):
                continue
            home = np.zeros(len(where), dtype=bool)
            if any(gold[i] == Role.STRAY for i in stray.title):
                home = np.array([gold[i] == Role.LEAD for i in where])
            if rng.random() < 0.05:
                where, seen, home = where[~home], seen[~home], home[~home]
            rows.append(np.append(seen, np.zeros((1, PLACES), np.float32), axis=0))
            owner.append(np.full(len(where) + 1, count))
            target.append(np.append(home, not home.any()))
            none += [np.zeros((len(where), NOWHERE)), nowhere_of(reading, stray)[None]]
            count += 1
    boundaries.use(None)
    x = np.concatenate([np.concatenate(rows), np.concatenate(none)], axis=1)
    group = np.concatenate(owner)
    right = np.concatenate(target)

    def objective(w: np.ndarray) -> tuple[float, np.ndarray]:
        score = x @ w
        top = np.full(count, -np.inf)
        np.maximum.at(top, group, score)
        part = np.exp(score - top[group])
        p = part / np.bincount(group, part)[group]
        slope = p - right
        value = -np.log(np.maximum(p[right], 1e-12)).sum() + 0.5 * (w @ w)
        return value, x.T @ slope + w

    found = minimize(objective, np.zeros(PLACES + NOWHERE), jac=True).x
    found = found.astype(np.float32)
    return {"match_w": found[:PLACES], "match_b": found[PLACES:]}
