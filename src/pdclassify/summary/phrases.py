"""Text -> the phrases that could be keywords, each as it stands there.

A phrase is told by its shape: a run of neighbouring content words that ends like a noun, or what
is set in quotes or book-title marks. Scraps of longer phrases and chance neighbours are sifted out.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from itertools import count
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.grammar import (
    ALONE,
    CHARACTER,
    CONTENT,
    DANGLES_FIRST,
    DANGLES_LAST,
    INSIDE,
    MODIFIER,
    NEWLINE,
    NOUN,
    OPENS,
    STOP,
    UNKNOWN,
    UNTAGGED,
    VERB,
    look_up,
    stop_words,
)
from pdclassify.summary.lexicon import lexicon
from pdclassify.summary.runs import Runs, find_runs, tell_apart
from pdclassify.text.tokens import tokenizer

__all__ = ["Phrases", "Words", "find_phrases"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Words of one phrase, and its characters, at most.
_LONGEST = 4
_WIDEST = 12
#: Bylines, datelines and picture credits: who writes is not what it is about.
_CREDITS = re.compile(
    r"[（(【][^（）()【】\n]{0,12}(?:记者|通讯员|作者|摄|编辑|责编|执笔|采写)[^（）()【】\n]{0,60}[）)】]"
    r"|^[\s\u3000]*[（(]?(?:新华社|本报|人民网|中新社|央视网消息)[^，。：:\n]{0,24}(?:电|讯|消息)?(?:（[^（）\n]{0,20}）)?[：:]?"
    r"|(?:本报|新华社|人民网|特约)?(?:记者|通讯员|本报评论员)[\s\u3000\xa0]+[\u4e00-\u9fff]{1,4}(?:[\s\u3000\xa0、]+[\u4e00-\u9fff]{1,4}){0,5}"
    r"|据?(?:新华社|本报|中新社)[^，。：:\n（）()]{0,20}?电"
)
#: A line without one of these holds no credit.
_CREDITED = re.compile("记者|通讯员|作者|摄|编辑|责编|执笔|采写|新华社|本报|人民网|中新社|央视网")
_MARKED = re.compile(r"“([^“”‘’，。、；：？！,.;:?!\s]{2,10})”|《([^《》\n]{2,24})》")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: What no name holds: pronouns, particles, marks.
_LOOSE = re.compile(r"[的了我您你他她它是这那吗吧呢啊就都也很…—!?.：:,;\n]")
#: A phrase found in a longer one this share of the time is a scrap of it; nearly always, if the
#: longer one has a loose character at an end.
_SCRAP = 0.7
_SCRAP_LOOSE = 0.9
#: Of a phrase of single characters, which is a name: its given name alone says less.
_SCRAP_NAME = 0.5


class Words(NamedTuple):
    """The distinct words of a text, rows of parallel arrays, and the text as a line of them.

    Parameters
    ----------
    idf, pull : ndarray of float, shape (n_words,)
        See :class:`~pdclassify.summary.lexicon.Lexicon`.
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
    verb : ndarray of bool
        Whether it is a single verb.
    in_headline : ndarray of bool
    """

    terms: list[str]
    first: Ints
    begin: Ints
    size: Ints
    counts: Ints
    paragraphs: Ints
    quoted: Bools
    verb: Bools
    in_headline: Bools


def find_phrases(text: str, headline: str = "") -> tuple[Words, Phrases] | None:
    """Return the words of ``text`` and the phrases that could be its keywords.

    Parameters
    ----------
    text : str
        One paragraph a line.
    headline : str, default=""
        Its words are marked; a phrase that stands in it need stand but once in the text.

    Returns
    -------
    (Words, Phrases) or None
        None where there is no phrase.
    """
    tokens = tokenizer().cut(_without_credits(text))
    if not tokens:
        return None
    number: defaultdict[str, int] = defaultdict(count().__next__)
    line = np.fromiter(map(number.__getitem__, tokens), np.int64, len(tokens))
    row, kind = look_up(number)
    bits = kind[line]
    places = np.concatenate(([0], np.array(list(map(len, number)))[line].cumsum()))
    paragraph = ((bits & NEWLINE) > 0).cumsum()
    if headline:
        headed = np.array([word in headline for word in number])
    else:
        headed = np.zeros(len(number), bool)
    content = kind & CONTENT > 0
    known = lexicon()
    words = Words(known.idf[row], known.pull[row], headed & content, content, line, paragraph)

    runs, at = find_runs(line, bits & INSIDE == 0, paragraph, _LONGEST)
    end = runs.begin + runs.size
    fit = np.where(
        runs.size == 1,
        bits[runs.begin] & ALONE > 0,
        (bits[runs.begin] & OPENS > 0)
        & (bits[end - 1] & MODIFIER == 0)
        & (places[end] - places[runs.begin] <= _WIDEST),
    )
    quoted = np.zeros(len(fit), bool)
    spots = _find_marked(text, places, bits, at, fit, quoted)
    if spots:
        runs = runs.join(_count_marked(spots, paragraph))
        more = np.ones(len(runs.begin) - len(fit), bool)
        fit, quoted = np.append(fit, more), np.append(quoted, more)
    phrases = _sift(runs, fit, quoted, text, headline, places, bits, headed[line])
    return (words, phrases) if phrases.terms else None


def _without_credits(text: str) -> str:
    """Return ``text`` with its credits as many line ends, so that places stay."""
    parts: list[str] = []
    kept = 0
    for credited in _CREDITED.finditer(text):
        if credited.start() < kept:
            continue
        begin = max(text.rfind("\n", 0, credited.start()) + 1, kept)
        end = text.find("\n", credited.end())
        end = len(text) if end < 0 else end
        parts += (text[kept:begin], _CREDITS.sub(_blank, text[begin:end]))
        kept = end
    return "".join(parts) + text[kept:] if parts else text


def _blank(match: re.Match[str]) -> str:
    """Return as many line ends as there were characters."""
    return "\n" * len(match[0])


class _Spot(NamedTuple):
    """One place of a phrase that its marks name, and that is no run of neighbours."""

    run: int  # its number, after those of all runs
    begin: int
    size: int
    head: int = -1
    tail: int = -1


def _find_marked(
    text: str, places: Ints, bits: Ints, at: list[Ints], fit: Bools, quoted: Bools
) -> list[_Spot]:
    """Mark the runs that are quoted somewhere; return what else is, alone and with the next noun."""
    starts, kinds = places.tolist(), bits.tolist()
    never = stop_words()[0]
    spots: list[_Spot] = []
    number: dict[str, int] = {}
    for match in _MARKED.finditer(text):
        group = match.lastindex or 1
        inside = match[group]
        start, stop = match.span(group)
        begin, end = bisect_left(starts, start), bisect_left(starts, stop)
        if starts[begin] != start or starts[end] != stop or _LOOSE.search(inside):
            continue
        if not _HAN.search(inside) or inside in never:
            continue
        if all(kind & STOP for kind in kinds[begin:end]):
            continue
        size = end - begin
        run = int(at[size - 1][begin]) if size <= len(at) else -1
        if run >= 0 and fit[run]:
            quoted[run] = True
        else:
            run = number.setdefault(inside, len(fit) + len(number))
            spots.append(_Spot(run, begin, size))
        after = kinds[end + 1 : end + 3]
        if group == 2 or not after or after[0] & (NOUN | UNKNOWN) != NOUN:
            continue
        if len(after) == 1 or not after[1] & INSIDE:
            whole = text[start - 1 : starts[end + 2]]
            place = number.setdefault(whole, len(fit) + len(number))
            spots.append(_Spot(place, begin - 1, size + 3, run, int(at[0][end + 1])))
    return spots


def _count_marked(spots: list[_Spot], paragraph: Ints) -> Runs:
    """Return what the marks name as runs."""
    run, places, size, head, tail = np.array(sorted(spots, key=itemgetter(1))).T
    begin, counts, paragraphs, which, order = tell_apart(places, run, paragraph)
    first = order[np.searchsorted(which, np.arange(len(begin)))]
    whole = np.ones(len(begin), bool)
    return Runs(begin, size[first], counts, paragraphs, head[first], tail[first], whole)


def _sift(
    runs: Runs,
    fit: Bools,
    quoted: Bools,
    text: str,
    headline: str,
    places: Ints,
    bits: Ints,
    headed: Bools,
) -> Phrases:
    """Keep the phrases that are whole: not scraps of longer ones, not chance neighbours."""
    first, last = bits[runs.begin], bits[runs.begin + runs.size - 1]
    several = runs.size > 1
    repeated = runs.counts > 1
    loose = several & ((first & DANGLES_FIRST > 0) | (last & DANGLES_LAST > 0))

    def number_of(mask: Bools) -> Ints:
        """Return how many tokens of each run have it."""
        total = np.concatenate(([0], mask.cumsum()))
        return np.asarray(total[runs.begin + runs.size] - total[runs.begin])

    name = several & (number_of(bits & CHARACTER > 0) == runs.size)
    share = np.where(name, _SCRAP_NAME, np.where(loose, _SCRAP_LOOSE, _SCRAP))
    holder = fit & several & (repeated | quoted) & ~(loose & (runs.counts == 2))
    scrap, holds = np.zeros((2, len(fit)), bool)
    for part in (runs.head, runs.tail):
        has = (holder & (part >= 0)).nonzero()[0]
        has = has[fit[part[has]] & (runs.counts[has] >= share[has] * runs.counts[part[has]])]
        scrap[part[has]] = holds[has] = True

    in_headline = np.zeros(len(fit), bool)
    if headline:
        for i in (fit & (number_of(headed) == runs.size)).nonzero()[0]:
            begin = runs.begin[i]
            in_headline[i] = text[places[begin] : places[begin + runs.size[i]]] in headline

    compound = (
        runs.whole
        & (runs.size <= 3)
        & (number_of(bits & NOUN > 0) + (first & MODIFIER > 0) == runs.size)
        & (number_of(bits & UNKNOWN > 0) == 0)
    )
    sound = np.where(
        several,
        np.where(loose, holds | ((runs.counts > 2) & name), repeated | in_headline | compound),
        # A rare word said once is more often than not a misreading of the cutter.
        repeated | in_headline | (first & UNTAGGED == 0),
    )
    keep = fit & ~(scrap & (several | ~in_headline)) & (quoted | sound)
    kept = keep.nonzero()[0]
    begin, size = runs.begin[kept], runs.size[kept]
    starts, ends = places[begin], places[begin + size]
    return Phrases(
        [text[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)],
        starts,
        begin,
        size,
        runs.counts[kept],
        runs.paragraphs[kept],
        quoted[kept],
        (~several & (first & VERB > 0))[kept],
        in_headline[kept],
    )
