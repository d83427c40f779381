"""Records -> examples that the weights of the summary's cues are learned from.

Readers chose key sentences; of the other sets a headline, a first paragraph or the minutes of a talk
is known, and the sentences that come nearest to it count as chosen. Articles of the press at large
have headlines too; those that share a clause with one of the sets are left out, so that nothing is
learned of what is measured.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common import records
from pdclassify.summary.scoring import Scored, look
from rouge import rouge

Row = dict[str, Any]
Floats = NDArray[np.float64]

READERS = "reader_keys"
HEADED = ("cctv_headline", "xinhua_headline")
BODIES = ("cctv_leadref", "xinhua_leadref")
TALKS = "vcsum_segment"
CORPUS = "press/corpus"
DAILIES = ("新闻联播（央视网）", "人民日报")
ARTICLES = 4_000  # that are drawn from the corpus
_PREFIX = re.compile(r"^\s*央视网消息[（(]新闻联播[）)][：:]?")


@dataclass(frozen=True, slots=True)
class Example:
    """One text, looked at in one way.

    Parameters
    ----------
    source, record : str, int
        The set it is from, and its place there.
    kind : str
        The prior that it teaches: ``press``, ``untitled``, ``headline``, ``leadless`` or ``speech``;
        ``led`` only teaches what a text with its lead looks like.
    found : Scored
    share : ndarray of float, shape (sentences,)
        The share of the readers who chose each sentence; 1 for the nearest ones.
    """

    source: str
    record: int
    kind: str
    found: Scored
    share: Floats


def seen(text: str, **headline: str | None) -> Scored:
    """Return what is found of a text that has sentences."""
    found = look(text, **headline)  # type: ignore[arg-type]  # only lines of the headline
    assert found is not None, text
    return found


def chosen(row: Row, found: Scored) -> Floats:
    """Return the share of the readers that chose each of our sentences, by half of either's length."""
    share = np.zeros(len(found.candidates))
    for reader in row["readers"]:
        for key in reader["key"]:
            start, end = row["sentences"][key]
            shared = np.minimum(found.ends, end) - np.maximum(found.starts, start)
            half = np.minimum(found.ends - found.starts, end - start)
            share[2 * shared >= half] += 1 / len(row["readers"])
    return np.minimum(share, 1.0)


def nearest(row: Row, found: Scored) -> Floats:
    """Return 1 for the printable sentence, of the first 25, that is nearest to the headline."""
    near = [
        rouge(row["text"][one.start : one.end], row["summary"]) if one.printable else -1.0
        for one in found.candidates[:25]
    ]
    share = np.zeros(len(found.candidates))
    share[int(np.argmax(near))] = float(max(near) >= 0)
    return share


def nearest_set(row: Row, found: Scored, room: int) -> Floats:
    """Return 1 for the sentences that together come nearest to the summary, within ``room``.

    Sentences are taken one by one while the F1 of characters and character pairs rises.
    """

    def count(text: str) -> Counter[str]:
        return Counter(text) + Counter(a + b for a, b in pairwise(text))

    wanted = count(row["summary"])
    pieces = [count(row["text"][one.start : one.end]) for one in found.candidates]
    lengths = (found.ends - found.starts).tolist()
    share = np.zeros(len(pieces))
    have: Counter[str] = Counter()
    best = 0.0
    while True:
        offers = []
        for place, piece in enumerate(pieces):
            if not share[place] and lengths[place] <= room:
                both = have + piece
                hit = (both & wanted).total()
                offers.append((2 * hit / (both.total() + wanted.total()), place))
        if not offers or max(offers)[0] <= best:
            return share
        best, place = max(offers)
        share[place] = 1
        have += pieces[place]
        room -= lengths[place]


def _strange(names: Sequence[str], seed: int = 0) -> Iterator[tuple[int, Row]]:
    """Yield articles of the corpus, in random order, none of whose longer clauses stands in a set."""
    rows = [row for row in records(CORPUS) if row["title"] and row["publisher"] in DAILIES]
    known = {piece for name in names for row in records(name) for piece in _pieces(row["text"])}
    for place in np.random.default_rng(seed).permutation(len(rows)).tolist():
        if known.isdisjoint(_pieces(rows[place]["text"])):
            yield place, rows[place]


def _pieces(text: str) -> set[str]:
    """Return the stretches between marks that are long enough to tell texts apart."""
    return {piece for piece in re.split(r"\W+", text) if len(piece) >= 12}


def _headed(names: Sequence[str], number: int = ARTICLES) -> Iterator[Example]:
    """Yield what articles of the corpus teach about headlines."""
    for place, row in islice(_strange(names), number):
        found = look(row["text"])
        if found is not None and not found.titled:
            share = nearest({**row, "summary": row["title"]}, found)
            yield Example(CORPUS, place, "headline", found, share)


def examples() -> list[Example]:
    """Return all examples of the data beside the project."""
    sets = [f"summaries/{name}_dev" for name in (READERS, *HEADED, *BODIES, TALKS)]
    made = list(_headed(sets))
    for place, row in enumerate(records(f"summaries/{READERS}_dev")):
        lines = {name: row.get(name) for name in ("kicker", "title", "subtitle")}
        for kind, found in (("press", seen(row["text"], **lines)), ("untitled", seen(row["text"]))):
            made.append(Example(READERS, place, kind, found, chosen(row, found)))
    for source in HEADED:
        for place, row in enumerate(records(f"summaries/{source}_dev")):
            found = seen(row["text"])
            made.append(Example(source, place, "headline", found, nearest(row, found)))
            for text in {row["text"], _PREFIX.sub("", row["text"])}:
                found = seen(text, title=row["summary"])
                made.append(Example(source, place, "led", found, np.zeros(0)))
    for source in BODIES:
        for place, row in enumerate(records(f"summaries/{source}_dev")):
            found = seen(row["text"], title=row["title"])
            made.append(Example(source, place, "leadless", found, nearest_set(row, found, 85)))
    for place, row in enumerate(records(f"summaries/{TALKS}_dev")):
        for title in (None, row.get("title")):
            found = seen(row["text"], title=title)
            made.append(Example(TALKS, place, "speech", found, nearest_set(row, found, 149)))
    return made
