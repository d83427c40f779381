"""What lines cannot be, by what is printed on them: certain where the scorer of lines is not.

What says which picture it is about is a caption; an item of a list is none, though its mark is that
of captions; a row of a table, an item or a question goes on no sentence that was torn; a date is no
headline; what follows the head of a page begins there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import numpy as np

from pdclassify.reading.authors import authors_of, is_credit
from pdclassify.reading.boundaries import Role
from pdclassify.reading.lines import CharacterSet, Kind, Lines

__all__ = ["barred"]

_ROLES = frozenset(Role)
_STRAYS = frozenset({Role.STRAY, Role.STRAY_MORE, Role.STRAY_BYLINE})
_HEADS = _STRAYS | {Role.COLUMN, Role.KICKER, Role.TITLE, Role.TITLE_MORE, Role.SUBTITLE}
_TEXT = frozenset({Role.LEAD, Role.BODY, Role.BODY_MORE, Role.SIGNATURE, Role.CAPTION})

_BYLINES = frozenset({Role.BYLINE, Role.STRAY_BYLINE})
_ABOVE = frozenset({Role.TITLE, Role.TITLE_MORE, Role.SUBTITLE})

# How much rather a name alone is a byline, and the line above it a headline. Of 4 to 20 and 0 to 10,
# tried with the folds of benchmarks/pages.py: what costs them nothing, and finds most names of ours.
_NAMED, _TITLED = 16.0, 4.0
_TORN = 8.0  # how much rather a line goes on another; tuned on clean pages laid out without indents
_SHORT = 40  # characters of a headline, at most
_VERSE, _STANZA = 14, 3  # characters of a verse, at most, and lines of a stanza, at least
_NEAR = 90  # characters of a line that is looked at
_ITEMS = "▲△▼▽◀▶◁▷■□●○◆◇★☆"
_PICTURES = "▲△▼▽◀▶◁▷"  # point to a picture, if they mark no list

_STARTS = CharacterSet(_ITEMS + "#【（(一二三四五六七八九十第问答来作文记上下左右题图0123456789〇○")
_QUOTES = CharacterSet('“‘「『"')
_LASTS = CharacterSet("摄影道")
_CREDIT = re.compile(
    "摄(?:影|影报道)?[）)]?$|[^，。；]摄[^，。；]{0,4}$|图为|图[①-⑳：:]|新华社发|供图|资料(?:图片|照片)|影像中国"
)
_NEW = re.compile(
    rf"[{_ITEMS}]|【|[（(][一二三四五六七八九十]{{1,3}}[）)]|[一二三四五六七八九十]{{1,3}}、|[问答]："
    r"|第[一二三四五六七八九十百]+[章节条]\s"
)
_SHOWN = re.compile("(?:[上下左右题]图(?:[：:，]|为|是|系)|图片(?:来源|说明|摄影)?[：:])")
_LONGEST = 160  # characters of a caption, at most
_WHOSE = 10  # characters before the colon of a headline, at most
_TOPIC = re.compile("[\u4e00-\u9fff]{3,10}：.{4}")
_DATE = re.compile(
    r"[（(]?(?:\d{4}|[〇○零一二三四五六七八九]{4})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})日(?:[于，].{1,16})?[）)]?"
)
_AUTHOR = re.compile(r"(?:作者|文|记者|本报记者|通讯员)：\s*[\u4e00-\u9fff·\s、]{2,24}")
_HEADING = re.compile(r"(#{1,6})\s+\S")
_JUMP = re.compile("[（(](?:下转|转)第?[^（）()]{1,8}版[）)]$")
_TAGGED = re.compile("【[^【】]{1,16}】[^【】]{2,}")


def barred(
    lines: Lines,
    begins: Iterable[int],
    parted: Iterable[int] = (),
    doubtful: Iterable[int] = (),
) -> tuple[dict[int, Collection[Role]], dict[int, tuple[Collection[Role], float]]]:
    """Return which lines cannot be what, and which by how much of a score rather are what.

    Parameters
    ----------
    lines : Lines
    begins : iterable of int
        Those that follow the head of a page, a jump to another page, or a rule.
    parted : iterable of int
        Those that any furniture parts from the line before.
    doubtful : iterable of int
        Those that may go on the paragraph before, for all that print shows.
    """
    text, starts, ends = lines.text, lines.starts, lines.ends
    found: dict[int, Collection[Role]] = {}

    def bar(at: int, roles: Collection[Role]) -> None:
        if at < len(lines):
            found[at] = {*found.get(at, ()), *roles}

    def line(at: int) -> str:
        return text[starts[at] : min(ends[at], starts[at] + _NEAR)] if at < len(lines) else ""

    def marked(at: int, mark: str) -> bool:
        return 0 <= at < len(lines) and text[starts[at]] == mark and not credited(at)

    def credited(at: int) -> bool:
        return bool(_CREDIT.search(text[max(starts[at], ends[at] - _NEAR) : ends[at]]))

    headings: list[tuple[int, int]] = []
    rows = _rows(lines)
    tagged = bool(len(lines)) and bool(_TAGGED.match(line(0))) and _headline(lines, 0)
    shot = _LASTS.has(lines.codes[ends - 1])
    for at in np.flatnonzero(shot).tolist():
        if is_credit(line(at)):
            bar(at, _ROLES - {Role.CAPTION})
    for at in np.flatnonzero(_QUOTES.has(lines.codes[starts]) & (ends - starts > _SHORT)).tolist():
        if not credited(at):  # somebody speaks
            bar(at, {Role.CAPTION})
    for at in np.flatnonzero(_STARTS.has(lines.codes[starts])).tolist():
        here = line(at)
        if _NEW.match(here):
            bar(at, {Role.BODY_MORE})
        mark = here[0]
        if mark in _ITEMS and not credited(at):
            listed = marked(at - 1, mark) or marked(at + 1, mark)
            if mark not in _PICTURES or listed:
                bar(at, {Role.CAPTION, Role.BODY_MORE})
                if lines.kinds[ends[at] - 1] in (Kind.END, Kind.COMMA, Kind.CLOSE):
                    bar(at, _HEADS)
        if at and _DATE.fullmatch(here):
            bar(at, _HEADS - {Role.SUBTITLE} | {Role.LEAD})
        if _AUTHOR.fullmatch(here):
            bar(at, _ROLES - {Role.BYLINE, Role.SIGNATURE})
        if tagged and _TAGGED.match(here) and _headline(lines, at):
            bar(at, _TEXT)
        if _SHOWN.match(here) and ends[at] - starts[at] <= _LONGEST:
            bar(at, _ROLES - {Role.CAPTION})
            if at and lines.kinds[ends[at - 1] - 1] == Kind.END:  # it stands between paragraphs
                bar(at + 1, {Role.BODY_MORE})
        if heading := _HEADING.match(here):
            headings.append((at, len(heading[1])))
    top = min((level for _, level in headings), default=0)
    for at, level in headings:
        bar(at, _TEXT if level == top else _ROLES - {Role.BODY, Role.SUBTITLE})
    favoured: dict[int, tuple[Collection[Role], float]] = {
        at: ({Role.BODY_MORE}, _TORN) for at in doubtful
    }
    for at, sure in authors_of(lines):
        bar(at - 1, {Role.COLUMN, Role.KICKER})
        if sure:
            bar(at, _ROLES - _BYLINES)
            if _headline(lines, at - 1):
                bar(at - 1, _TEXT)
        else:
            bar(at, _HEADS - _BYLINES)
            favoured[at] = (_BYLINES, _NAMED)
            favoured.setdefault(at - 1, (_ABOVE, _TITLED))
    for at in _topics(lines):
        if _TOPIC.match(line(at)):
            bar(at, {Role.TITLE_MORE})
    for at in rows:
        bar(at, {Role.BODY_MORE})
    for at in _verses(lines):
        bar(at, _ROLES - {Role.BODY})
    for at in parted:
        bar(at, {Role.TITLE_MORE, Role.STRAY_MORE})
    for at in (*begins, *_after_jumps(lines)):
        if at < len(lines) and _headline(lines, at):
            bar(at, _TEXT)
    return found, favoured


def _verses(lines: Lines) -> list[int]:
    """Return the lines of stanzas: blocks of short lines between blank ones, one after another."""
    short = (lines.ends - lines.starts <= _VERSE) & (lines.kinds[lines.ends - 1] != Kind.END)
    firsts = np.flatnonzero(np.diff(lines.numbers, prepend=-_VERSE) > 1)
    if len(firsts) < 2:
        return []
    sizes = np.diff(firsts, append=len(lines))
    several = (sizes > 1) & np.logical_and.reduceat(short, firsts)
    stanza = np.pad(several & (sizes >= _STANZA), 1)
    last = several & stanza[:-2] & ~stanza[2:]  # two lines may be a head, too
    beside = np.pad(stanza[1:-1] | last, 1)
    found = beside[1:-1] & (beside[:-2] | beside[2:])
    return np.flatnonzero(np.repeat(found, sizes)).tolist()


def _after_jumps(lines: Lines) -> list[int]:
    """Return what follows paragraphs that end with a jump to another page."""
    last = lines.ends - 1
    likely = (lines.codes[last] == ord("）")) & (lines.codes[last - 1] == ord("版"))
    return [
        at + 1
        for at in np.flatnonzero(likely).tolist()
        if _JUMP.search(lines.text[max(lines.ends[at] - 16, 0) : lines.ends[at]])
    ]


def _headline(lines: Lines, at: int) -> bool:
    """Tell whether a line could be one: short, and no sentence."""
    end = lines.kinds[lines.ends[at] - 1]
    return bool(lines.ends[at] - lines.starts[at] <= _SHORT and end not in (Kind.END, Kind.COMMA))


def _topics(lines: Lines) -> list[int]:
    """Return the lines that have a colon after a few characters, as headlines begin."""
    colons = np.flatnonzero(lines.kinds == Kind.COLON)
    owner = np.searchsorted(lines.starts, colons, side="right") - 1
    found: list[int] = owner[(owner >= 0) & (colons - lines.starts[owner] <= _WHOSE)].tolist()
    return found


def _rows(lines: Lines) -> list[int]:
    """Return the rows of tables, by the tabs inside them, and what follows each."""
    tabs = np.concatenate([[0], np.cumsum(lines.codes == ord("\t"))])
    rows = np.flatnonzero(tabs[lines.ends] > tabs[lines.starts])
    following = rows + 1
    return sorted({*rows.tolist(), *following[following < len(lines)].tolist()})
