"""What a sentence cannot be printed without: the rest of its list, the question that it answers.

Where the items of a list are sentences, their numbers are cut off like a dateline, and each may be
printed by itself. Where a list begins inside a sentence and goes on in the next (…任务：一、…。二、…),
or its items are numbered in words (一是…。二是…), all of them are printed or none. An answer is printed
after its question, and a question before its answer.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pdclassify.summary.printable import Candidate

__all__ = ["find_needs"]

_HAN = "一二三四五六七八九十"
_NUMBERINGS = (
    (*_HAN, *(f"十{sign}" for sign in _HAN[:9])),
    tuple(map(str, range(1, 100))),
    tuple("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
)
_PLACES = {sign: (signs, place) for signs in _NUMBERINGS for place, sign in enumerate(signs)}
_STARTS = frozenset("（(第").union(*_PLACES)
#: A number with what stands before and after it, by which the lists of a text are told apart.
_NUMBER = r"(十?[一二三四五六七八九]|十|[1-9]\d?)"
_LABEL = re.compile(
    rf"(?:([（(]){_NUMBER}([）)])|(){_NUMBER}([、.．])(?![一二三四五六七八九十\d])|()([①-⑳])()"
    rf"|(第){_NUMBER}([，、])|(){_NUMBER}([是要](?![素求领点义旨]))"
    r")[ \u3000\xa0]*"
)
_FIRST = re.compile(
    r"：((?:[（(第]?[一1](?=[）)、.．，是要])|①))"
)  # of a list that begins in a sentence
_SPELT = frozenset("，是要")  # after a number in words
_MARKS = frozenset("；：。，！？”\n \u3000")  # before a number inside a sentence
_NEAR = 5  # sentences in which the next item is looked for
_FAR = 1_000  # and characters
_SPEAKER = re.compile(r"[^\s，。、；：“”《》（）]{1,8}：")


def find_needs(text: str, candidates: Sequence[Candidate]) -> None:
    """Tell each sentence which of its neighbours it needs, and cut off numbers that need none."""
    for row, one in enumerate(candidates):
        if one.leaning:
            one.before = 1
        elif text[one.start] == "“" and text.find("”", one.start, one.end) == one.end - 1:
            _join_speaker(candidates, row)
    starts = [one.start for one in candidates]
    labels = {  # by sentence: the numbers that begin one
        row: label
        for row, start in enumerate(starts)
        if text[start] in _STARTS and (label := _LABEL.match(text, start, candidates[row].end))
    }
    opening = [(row, label) for row, label in labels.items() if _read(label)[2] == 0]
    for found in _FIRST.finditer(text):
        row = bisect_right(starts, found.start(1)) - 1
        label = _LABEL.match(text, found.start(1))
        if label and row >= 0 and label.end() < candidates[row].end:
            opening.append((row, label))
    for row, label in opening:
        rows = _follow(text, candidates, starts, row, label)
        if rows is None:
            continue
        for member in rows:
            labels.pop(member, None)
            one = candidates[member]
            one.before, one.after = max(one.before, member - rows[0]), rows[-1] - member
    for row, label in labels.items():
        one = candidates[row]
        if _read(label)[3] not in _SPELT and not one.heading and label.end() < one.end:
            one.start = label.end()
    _join_answers(text, candidates)


def _read(label: re.Match[str]) -> tuple[str, Sequence[str], int, str]:
    """Return what stands before a number, its numbering and its place there, and what is after."""
    before, sign, after = (group for group in label.groups() if group is not None)
    signs, place = _PLACES[sign]
    return before, signs, place, after


def _follow(
    text: str,
    candidates: Sequence[Candidate],
    starts: Sequence[int],
    row: int,
    label: re.Match[str],
) -> list[int] | None:
    """Return the sentences of a list that holds together; None for one of whole sentences."""
    before, signs, place, after = _read(label)
    rows, at = [row], label.start()
    whole = after in _SPELT or at > starts[row]
    while place + 1 < len(signs):
        limit = min(candidates[min(rows[-1] + _NEAR, len(candidates) - 1)].end, at + _FAR)
        place += 1
        at = text.find(f"{before}{signs[place]}{after}", at + 1, limit)
        while at > 0 and text[at - 1] not in _MARKS:
            at = text.find(f"{before}{signs[place]}{after}", at + 1, limit)
        if at < 0:
            break
        rows.append(bisect_right(starts, at) - 1)
        whole |= starts[rows[-1]] != at
    return rows if whole else None


def _join_speaker(candidates: Sequence[Candidate], row: int) -> None:
    """Join a quotation that says not whose it is to the sentence before it, or the one after."""
    one = candidates[row]
    if row + 1 < len(candidates) and candidates[row + 1].paragraph == one.paragraph:
        opens = row == 0 or candidates[row - 1].paragraph < one.paragraph
        one.before, one.after = int(not opens), int(opens)
    elif row > 0:
        one.before = 1


def _join_answers(text: str, candidates: Sequence[Candidate]) -> None:
    """Join a question and its answer where one of them begins with who speaks."""
    opening = 0  # the first sentence of the paragraph
    for row in range(1, len(candidates)):
        asked, one = candidates[row - 1], candidates[row]
        if one.paragraph == asked.paragraph:
            continue
        if text[asked.end - 1] == "？" and (
            _SPEAKER.match(text, one.start, one.end)
            or _SPEAKER.match(text, candidates[opening].start, asked.end)
        ):
            one.before, asked.after = max(one.before, 1), max(asked.after, 1)
        opening = row
