"""Text -> the phrases that could be keywords, each as it stands there.

A phrase is told by its shape, a run of neighbouring content words that ends like a noun, and by
its joints: its words belong together more surely than any of them belongs to a word outside. What
is set in quotes or book-title marks is a phrase as well.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.grammar import (
    ALONE,
    CHARACTER,
    CLOSES,
    CONTENT,
    GIVEN,
    INSIDE,
    LOOSE_FIRST,
    LOOSE_LAST,
    NEWLINE,
    OPENS,
    PLACE,
    SURNAME,
    UNTAGGED,
    look_up,
)
from pdclassify.summary.joints import find_cohesion, find_joints
from pdclassify.summary.lexicon import lexicon
from pdclassify.summary.marks import find_marked, without_credits
from pdclassify.summary.runs import Runs, find_runs
from pdclassify.text.tokens import tokenizer

__all__ = ["Phrases", "Words", "find_phrases"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Words of one phrase, and its characters, at most.
_LONGEST = 5
_WIDEST = 14
#: The weakest joint that holds a phrase together, and the strongest that a phrase and a word may
#: have with what stands around them (logs, see ``joints.py``). Where a phrase begins or ends with a
#: character that need not belong to it, its joints must be as strong as those of a name.
_HOLDS = -2.7
_TORN_PHRASE = -1.2
_TORN_WORD = -0.7
_HOLDS_LOOSE = -1.6
#: Characters of a person's name, at most.
_LONGEST_NAME = 3


class Words(NamedTuple):
    """The distinct words of a text, rows of parallel arrays, and the text as a line of them.

    Parameters
    ----------
    idf, pull : ndarray of float, shape (n_words,)
        See :class:`~pdclassify.summary.lexicon.Lexicon`.
    first : ndarray of int, shape (n_words,)
        Where each stands first, in characters.
    in_headline : ndarray of bool, shape (n_words,)
    content : ndarray of bool, shape (n_words,)
        Whether it says something.
    line : ndarray of int, shape (n_tokens,)
        Each token of the text by its word.
    paragraph : ndarray of int, shape (n_tokens,)
        In which line of the text each token stands, from 0.
    """

    idf: Floats
    pull: Floats
    first: Ints
    in_headline: Bools
    content: Bools
    line: Ints
    paragraph: Ints


class Phrases(NamedTuple):
    """The phrases that could be keywords: parallel arrays of n, in no order.

    Parameters
    ----------
    terms : list of str
        As printed.
    first : ndarray of int
        Where each stands first, in characters.
    begin, size : ndarray of int
        The same in tokens, and how many tokens it has.
    counts, paragraphs : ndarray of int
        How often it stands in the text, and in how many of its lines.
    quoted : ndarray of bool
        Whether it is set in quotes or book-title marks somewhere.
    in_headline : ndarray of bool
    """

    terms: list[str]
    first: Ints
    begin: Ints
    size: Ints
    counts: Ints
    paragraphs: Ints
    quoted: Bools
    in_headline: Bools


def find_phrases(text: str, headline: str = "") -> tuple[Words, Phrases] | None:
    """Return the words of ``text`` and the phrases that could be its keywords.

    Parameters
    ----------
    text : str
        One paragraph a line.
    headline : str, default=""
        Its words are marked, and its joints count with those of the text.

    Returns
    -------
    (Words, Phrases) or None
        None where there is no phrase.
    """
    cut = tokenizer().cut
    tokens = cut(without_credits(text))
    if not tokens:
        return None
    number: defaultdict[str, int] = defaultdict(count().__next__)
    line = np.fromiter(map(number.__getitem__, tokens), np.int64, len(tokens))
    row, kind = look_up(number)
    bits = kind[line]
    lengths = np.fromiter(map(len, number), np.int64, len(number))
    places = np.concatenate(([0], lengths[line].cumsum()))
    paragraph = ((bits & NEWLINE) > 0).cumsum()
    headed = np.zeros(len(number), bool)
    beside = np.zeros(0, np.int64)
    if headline:
        # What is no word of the text breaks the line.
        beside = np.array([number.get(word, len(row)) for word in ("\n", *cut(headline))])
        headed[beside[beside < len(row)]] = True

    runs, at = find_runs(line, bits & INSIDE == 0, paragraph, _LONGEST)
    inner, outer = find_cohesion(find_joints(line, beside, row, runs, at), runs, at)
    fit = _fit(runs, bits, places)
    marked = find_marked(text, places, bits, paragraph, runs, at, fit)
    sound = fit & _hold(runs, bits, inner, outer)
    sound |= fit & marked.quoted[: len(fit)]
    _grow(runs, at, bits, fit, sound)
    content = kind & CONTENT > 0
    first = np.zeros(len(number), np.int64)
    words_begin = runs.begin[: len(number)]  # the single words come first, by number
    first[line[words_begin]] = places[words_begin]
    known = lexicon()
    words = Words(
        known.idf[row], known.pull[row], first, headed & content, content, line, paragraph
    )

    every = runs.join(marked.runs)
    more = np.ones(len(marked.runs.begin), bool)
    kept = (np.append(sound, more) & ~marked.torn).nonzero()[0]
    begin, size = every.begin[kept], every.size[kept]
    starts, ends = places[begin], places[begin + size]
    terms = [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    in_headline = np.array([term in headline for term in terms], bool)
    phrases = Phrases(
        terms,
        starts,
        begin,
        size,
        every.counts[kept],
        every.paragraphs[kept],
        marked.quoted[kept],
        in_headline,
    )
    return (words, phrases) if terms else None


def _fit(runs: Runs, bits: Ints, places: Ints) -> Bools:
    """Say which runs have the shape of a phrase."""
    first, last = runs.begin, runs.begin + runs.size - 1
    characters = np.concatenate(([0], (bits & CHARACTER > 0).cumsum()))
    name = (
        (bits[first] & SURNAME > 0)
        & (runs.size <= _LONGEST_NAME)
        & (characters[last + 1] - characters[first] == runs.size)
    )
    phrase = (bits[first] & OPENS > 0) & ((bits[last] & CLOSES > 0) | name)
    phrase &= places[last + 1] - places[first] <= _WIDEST
    return np.asarray(np.where(runs.size == 1, bits[first] & ALONE > 0, phrase))


def _grow(runs: Runs, at: list[Ints], bits: Ints, fit: Bools, sound: Bools) -> None:
    """Let what never stands without the character before or after it give way to the whole.

    The cutter takes given names and the ends of place names for words (黄|桂兰, 王志|杰, 白|山区). What
    is said once grows only as a name: a given name by a surname, a place by any character.
    """
    singles = int(at[0].max()) + 1  # the single words come first
    begin, size = runs.begin[singles:], runs.size[singles:]
    again = (runs.counts[singles:] > 1) & fit[singles:]
    character = bits & CHARACTER
    ends = again & (character[begin + size - 1] > 0)
    begins = again & (character[begin] > 0)
    rest = bits[begin + 1] * (size == 2)
    for one in (rest & (GIVEN | PLACE)).nonzero()[0].tolist():
        first = bits[begin[one]]
        if rest[one] & PLACE or first & SURNAME:
            begins[one] = first & CHARACTER > 0
    wholes = [
        (one + singles, int(at[size[one] - 2][begin[one] + left]))
        for left, which in ((0, ends), (1, begins))
        for one in which.nonzero()[0].tolist()
    ]
    for long, short in sorted(wholes):  # the shorter ones first, for they may grow further
        if sound[short] and runs.counts[short] == runs.counts[long]:
            sound[long], sound[short] = True, False


def _hold(runs: Runs, bits: Ints, inner: Floats, outer: Floats) -> Bools:
    """Say which runs hold together, and are not torn from what stands around them."""
    first, last = bits[runs.begin], bits[runs.begin + runs.size - 1]
    several = runs.size > 1
    loose = (first & LOOSE_FIRST > 0) | (last & LOOSE_LAST > 0)
    # A rare word said once is more often than not a misreading of the cutter.
    word = (outer <= _TORN_WORD) & ((first & UNTAGGED == 0) | (runs.counts > 1))
    phrase = (inner >= _HOLDS) & (outer <= _TORN_PHRASE) & (outer < inner)
    phrase &= ~loose | ((inner >= _HOLDS_LOOSE) & (runs.counts > 1))
    return np.asarray(np.where(several, phrase, word))
