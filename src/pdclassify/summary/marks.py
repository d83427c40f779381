"""What the marks of a text tell: credits, which name who writes, and phrases that are quoted."""

from __future__ import annotations

import re
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.grammar import INSIDE, NOUN, STOP, UNKNOWN, stop_words
from pdclassify.summary.runs import Runs, tell_apart

__all__ = ["Marked", "find_marked", "without_credits"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

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
#: What is quoted, or the noun after it, is a scrap of both where so many of its places are there.
_SCRAP = 0.7


class Marked(NamedTuple):
    """What the marks of a text name.

    Parameters
    ----------
    runs : Runs
        What is no run of neighbours: alone, and with the noun that follows (“微小事”专项资金).
    quoted : ndarray of bool
        Of the text's runs, and then of these, which are quoted somewhere.
    torn : ndarray of bool
        Of the same, which are scraps of one that is quoted with its noun.
    """

    runs: Runs
    quoted: Bools
    torn: Bools


class _Spot(NamedTuple):
    """One place of a phrase that its marks name."""

    run: int  # its number, after those of all runs
    begin: int
    size: int
    title: bool  # set in book-title marks
    parts: tuple[int, ...] = ()  # the runs that it is made of


def without_credits(text: str) -> str:
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


def find_marked(
    text: str, places: Ints, bits: Ints, paragraph: Ints, runs: Runs, at: list[Ints], fit: Bools
) -> Marked:
    """Find what is quoted or set in book-title marks.

    Parameters
    ----------
    text : str
    places : ndarray of int, shape (n_tokens + 1,)
        Where each token begins, in characters, and the end of the text.
    bits, paragraph : ndarray of int, shape (n_tokens,)
    runs, at
        See :func:`~pdclassify.summary.runs.find_runs`.
    fit : ndarray of bool, shape (n_runs,)
        The runs that could be a phrase.
    """
    known = len(fit)
    quoted = np.zeros(known, bool)
    spots = _find_spots(text, places, bits, at, fit, quoted)
    if not spots:
        return Marked(Runs(*(column[:0] for column in runs)), quoted, np.zeros(known, bool))
    spots.sort(key=itemgetter(1))
    run, begin, size = np.array([spot[:3] for spot in spots]).T
    begin, counts, paragraphs, which, order = tell_apart(begin, run, paragraph)
    first = order[np.searchsorted(which, np.arange(len(begin)))]
    found = Runs(begin, size[first], counts, paragraphs)
    every = np.concatenate((runs.counts, counts))
    torn = np.zeros(len(every), bool)
    for i in first.tolist():
        whole, *_, parts = spots[i]
        if every[whole] == 1 and not spots[i].title:
            torn[whole] = True  # set in quotes once, it may be any words
        for part in parts:
            torn[part] |= 1 < every[whole] >= _SCRAP * every[part]
    return Marked(found, np.append(quoted, np.ones(len(begin), bool)), torn)


def _find_spots(
    text: str, places: Ints, bits: Ints, at: list[Ints], fit: Bools, quoted: Bools
) -> list[_Spot]:
    """Mark the runs that are quoted; return what else is, alone and with the next noun."""
    never = stop_words()[0]
    spots: list[_Spot] = []
    number: dict[str, int] = {}
    matches = list(_MARKED.finditer(text))
    if not matches:
        return spots
    spans = np.array([match.span(match.lastindex or 1) for match in matches])
    tokens = places.searchsorted(spans)
    whole = (places[tokens] == spans).all(axis=1)  # the marks stand around words
    for match, (begin, end), words in zip(matches, tokens.tolist(), whole.tolist(), strict=True):
        group = match.lastindex or 1
        inside = match[group]
        if not words or _LOOSE.search(inside) or not _HAN.search(inside) or inside in never:
            continue
        size = end - begin
        kinds = bits[begin : end + 3].tolist()
        if all(kind & STOP for kind in kinds[:size]):
            continue
        run = int(at[size - 1][begin]) if size <= len(at) else -1
        if run >= 0 and fit[run]:
            quoted[run] = True
        else:
            run = number.setdefault(inside, len(fit) + len(number))
            spots.append(_Spot(run, begin, size, group == 2))
        after = kinds[size + 1 :]
        if group == 2 or not after or after[0] & (NOUN | UNKNOWN) != NOUN:
            continue
        if len(after) == 1 or not after[1] & INSIDE:
            phrase = text[match.start() : places[end + 2]]
            named = number.setdefault(phrase, len(fit) + len(number))
            spots.append(_Spot(named, begin - 1, size + 3, False, (run, int(at[0][end + 1]))))
    return spots
