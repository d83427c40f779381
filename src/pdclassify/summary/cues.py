"""What an editor looks at in a sentence, as numbers.

Every cue is one column. Most are counts over stretches of the text, taken for all sentences at once
from running sums; cues of place know paragraphs and sections; cues of wording are phrases.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.graph import SentenceGraph
from pdclassify.summary.printable import Candidate
from pdclassify.summary.wording import PHRASES, find_wording

__all__ = ["NAMES", "measure", "terms", "without_column"]

Floats = NDArray[np.float64]

# Marks that are counted in each sentence, up to three.
MARKS = {
    "quotations": "“",
    "commas": "，",
    "enumerating_commas": "、",
    "semicolons": "；",
    "books": "《",
    "brackets": "（",
    "colons": "：",
    "question": "？",
    "exclamation": "！",
    "dash": "—",
    "ellipsis": "…",
}
_KINDS = np.zeros(0xFF5F, dtype=np.uint8)  # of each character: 1 a digit, 2 and on the marks
_KINDS[48:58] = 1
for _kind, _mark in enumerate(MARKS.values(), 2):
    _KINDS[ord(_mark)] = _kind
_CONJUNCTION = re.compile(r"同时|此外|另外|而|但|然而|因此|于是|为此|随后|不仅|也|还|并|不过|所以")
_COLUMN_NAME = re.compile(r"[（(][^（）()]*[)）]\s*$")  # a column name at the end of a headline

NAMES = (
    "first",
    "first_dated",
    "first_bulletin",
    "first_unheaded",
    "second",
    "second_dated",
    "third",
    "last",
    "last_but_one",
    "place",
    "place_squared",
    "reciprocal_place",
    "first_paragraph",
    "second_paragraph",
    "last_paragraph",
    "paragraph_first",
    "paragraph_second",
    "paragraph_last",
    "paragraph_alone",
    "paragraph_first_essay",
    "paragraph_last_essay",
    "last_essay",
    "first_essay",
    "section_first",
    "section_likeness",
    "length",
    "length_squared",
    "under_20",
    "under_30",
    "over_90",
    "over_120",
    "relative_length",
    "kicker",
    "title",
    "subtitle",
    "headline",
    "headline_share",
    "title_share",
    "headline_rank",
    "headline_most",
    "share_rank",
    "share_most",
    "centre",
    "centroid",
    "centrality",
    "centrality_rank",
    "biased_centrality",
    "biased_rank",
    "first_likeness",
    "previous_likeness",
    "next_likeness",
    "digits",
    "any_digit",
    "four_digits",
    "digit_density",
    "digits_most",
    "digits_bulletin",
    "quoted",
    "quote_opens",
    "after_quote",
    "quotation_whole",
    "leaning",
    "conjunction",
    "commas",
    "enumerating_commas",
    "semicolons",
    "books",
    "brackets",
    "colons",
    "question",
    "exclamation",
    "dash",
    "ellipsis",
    "quotations",
    "heading",
    "unfinished",
    "sentences",
    "paragraphs",
    "digits_in_all",
    "length_rank",
    *PHRASES,
)


def terms(
    points: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return the character bigrams of each stretch: the stretch's number and the bigram as one."""
    word = (
        ((points >= 0x3400) & (points < 0xA000))
        | ((points >= 48) & (points < 58))
        | ((points >= 65) & (points < 91))
        | ((points >= 97) & (points < 123))
        | (points >= 0x20000)
    )
    owner = np.zeros(len(points) + 1, dtype=np.int64)
    np.add.at(owner, starts, np.arange(1, len(starts) + 1))
    np.subtract.at(owner, ends, np.arange(1, len(starts) + 1))
    owner = np.cumsum(owner)[:-1]
    good = word[:-1] & word[1:] & (owner[:-1] > 0) & (owner[:-1] == owner[1:])
    at = np.flatnonzero(good)
    codes = points[at].astype(np.uint64) << np.uint64(21) | points[at + 1].astype(np.uint64)
    return owner[at] - 1, codes


def _count(
    at: NDArray[np.int64],
    kinds: NDArray[np.int64],
    width: int,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Count how many places of each kind lie in each stretch; shape (stretches, width)."""
    row = np.searchsorted(starts, at, side="right") - 1
    within = (row >= 0) & (at < ends[np.maximum(row, 0)])
    keys = row[within] * width + kinds[within]
    return np.bincount(keys, minlength=len(starts) * width).reshape(len(starts), width)


def _marks(
    points: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> dict[str, Floats]:
    """Count digits and marks in each stretch."""
    kinds = _KINDS.take(points, mode="clip")
    at = np.flatnonzero(kinds)
    counted = _count(at, kinds[at].astype(np.int64) - 1, 1 + len(MARKS), starts, ends)
    return dict(zip(("digits", *MARKS), counted.T.astype(float), strict=True))


def _ranks(values: Floats) -> Floats:
    """Return 0 for the lowest to 1 for the highest, equals alike."""
    ordered = np.sort(values)
    return np.searchsorted(ordered, values) / max(len(values) - 1, 1)


def measure(
    text: str,
    points: NDArray[np.uint32],
    candidates: Sequence[Candidate],
    graph: SentenceGraph,
    ranks: Floats,
    biased: Floats,
    headlines: Floats,
    headline: tuple[Floats, Floats, Floats],
) -> Floats:
    """Return the cues of every sentence.

    Parameters
    ----------
    text : str
    points : ndarray of uint32, shape (len(text),)
        Its characters as numbers.
    candidates : sequence of Candidate
        n of them, in order.
    graph : SentenceGraph
        Over the n sentences.
    ranks, biased : ndarray of float, shape (n,)
        TextRank, and TextRank restarting at the headline; both sum to one.
    headlines : ndarray of float, shape (n, 3)
        Cosine with kicker, title and subtitle.
    headline : three ndarrays of float, shape (n,)
        Cosine with all three as one, and the share of all and of the title's terms (by weight)
        that the sentence holds.

    Returns
    -------
    ndarray of float, shape (n, len(NAMES))
    """
    n = len(candidates)
    starts = np.array([c.start for c in candidates])
    ends = np.array([c.end for c in candidates])
    paragraph = np.array([c.paragraph for c in candidates])
    heading = np.array([c.heading for c in candidates])
    dated = np.array([c.dateline for c in candidates], dtype=float)
    leaning = np.array([c.leaning for c in candidates], dtype=float)
    lengths = (ends - starts).astype(float)
    size = paragraph[-1] + 1
    in_paragraph = np.bincount(paragraph, minlength=size)
    opening = np.zeros(size, dtype=np.int64)
    opening[paragraph[::-1]] = np.arange(n)[::-1]

    marks = _marks(points, starts, ends)
    digits = marks["digits"]
    index = np.arange(n)
    first = int(np.flatnonzero(~heading)[0]) if not heading.all() else 0
    lead = (index == first).astype(float)
    second = (index == first + 1).astype(float)
    bulletin = float(text[:60].lstrip().startswith("央视网消息"))
    is_dated = float(dated[: first + 1].any())
    essay = float(digits.sum() < 0.3 * n)
    section_of = np.maximum.accumulate(np.where(heading, index, -1))
    below = section_of >= 0
    place = index / max(n - 1, 1)
    whole_length = np.log(lengths + 1)

    column: dict[str, Any] = {}
    column["first"] = lead
    column["first_dated"] = lead * is_dated
    column["first_bulletin"] = lead * bulletin
    column["first_unheaded"] = lead * float(not headline[0].any())
    column["second"] = second
    column["second_dated"] = second * is_dated
    column["third"] = index == first + 2
    column["last"] = index == n - 1
    column["last_but_one"] = index == n - 2
    column["place"] = place
    column["place_squared"] = (place - 0.5) ** 2
    column["reciprocal_place"] = 1 / (1 + index)
    column["first_paragraph"] = paragraph == paragraph[first]
    column["second_paragraph"] = paragraph == paragraph[first] + 1
    column["last_paragraph"] = paragraph == size - 1
    paragraph_first = (opening[paragraph] == index).astype(float)
    paragraph_last = np.append(paragraph[1:] != paragraph[:-1], True).astype(float)
    column["paragraph_first"] = paragraph_first
    column["paragraph_second"] = opening[paragraph] == index - 1
    column["paragraph_last"] = paragraph_last
    column["paragraph_alone"] = in_paragraph[paragraph] == 1
    column["paragraph_first_essay"] = paragraph_first * essay
    column["paragraph_last_essay"] = paragraph_last * essay
    column["last_essay"] = (index == n - 1) * essay
    column["first_essay"] = lead * essay
    column["section_first"] = below & (section_of == index - 1)
    column["length"] = whole_length
    column["length_squared"] = (whole_length - 4) ** 2
    column["under_20"] = lengths < 20
    column["under_30"] = lengths < 30
    column["over_90"] = lengths > 90
    column["over_120"] = lengths > 120
    column["relative_length"] = whole_length - np.log(lengths.sum() / n + 1)
    column["kicker"], column["title"], column["subtitle"] = headlines.T
    column["headline"], column["headline_share"], column["title_share"] = headline
    column["headline_rank"] = _ranks(headline[0])
    column["share_rank"] = _ranks(headline[1])
    column["share_most"] = headline[1] / max(headline[1].max(), 1e-9)
    column["headline_most"] = headline[0] / max(headline[0].max(), 1e-9)
    column["centre"] = graph.degrees[:n] / max(float(graph.degrees[:n].max()), 1e-9)
    inner = graph.degrees[:n]
    column["centroid"] = (inner + 1) / np.sqrt(max(float(inner.sum()), 0) + n)
    column["centrality"] = np.log(ranks * n + 1e-3)
    column["centrality_rank"] = _ranks(ranks)
    column["biased_centrality"] = np.log(biased * n + 1e-3)
    column["biased_rank"] = _ranks(biased)
    column["section_likeness"] = np.zeros(n)
    if below.any():
        column["section_likeness"] = np.where(below, graph.similarity(index, section_of), 0.0)
    unit = np.zeros(graph.size)
    unit[first] = 1.0
    column["first_likeness"] = graph.multiply(unit)[:n]
    column["previous_likeness"] = np.where(index > 0, graph.similarity(index, index - 1), 0.0)
    column["next_likeness"] = np.append(column["previous_likeness"][1:], 0.0)
    column["digits"] = np.minimum(digits, 12) / 4
    column["any_digit"] = digits > 0
    column["four_digits"] = digits >= 4
    column["digit_density"] = digits / lengths
    column["digits_most"] = digits / max(digits.max(), 1)
    column["digits_bulletin"] = np.minimum(digits, 12) / 4 * bulletin
    quote_open, quote_close = points == 0x201C, points == 0x201D
    depth = np.cumsum(quote_open.astype(np.int64) - quote_close)
    inside = np.concatenate(([0], np.cumsum((depth > 0) & ~quote_open)))
    quoted = (inside[ends] - inside[starts]) / lengths
    column["quoted"] = np.minimum(quoted, 1)
    column["quote_opens"] = quote_open[starts]
    ends_quoted = quote_close[ends - 1]
    column["after_quote"] = np.append(False, ends_quoted[:-1])
    column["quotation_whole"] = quote_open[starts] & ends_quoted
    column["leaning"] = leaning
    column["conjunction"] = [
        _CONJUNCTION.match(text, c.start, c.end) is not None for c in candidates
    ]
    column["heading"] = heading
    column["unfinished"] = [not c.printable for c in candidates]
    # The same for all of an article: they leave the other weights free of its length.
    column["sentences"] = np.full(n, np.log(n))
    column["paragraphs"] = np.full(n, np.log(size))
    column["digits_in_all"] = np.full(n, np.log1p(digits.sum()))
    column["length_rank"] = _ranks(lengths)
    for name in MARKS:
        column[name] = np.minimum(marks[name], 3)
    counted = _count(*find_wording(text, points), len(PHRASES), starts, ends)
    column.update(zip(PHRASES, np.minimum(counted, 3).T, strict=True))
    found = np.empty((n, len(NAMES)))
    for number, name in enumerate(NAMES):
        found[:, number] = column[name]
    return found


def without_column(title: str | None) -> str:
    """Return a headline without the column name in brackets at its end."""
    return _COLUMN_NAME.sub("", title or "")
