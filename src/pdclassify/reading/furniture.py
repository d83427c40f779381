r"""What stands around the articles of a page: mastheads, page heads, editors, jumps, a web page's.

None of it is an article's text, its headline or its author. It is told by its form alone, a line at
a time: a line is furniture if nothing but furniture is on it, save a name or two. Names of papers,
dates and numbers are furniture where they stand beside a page's head.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.lines import CharacterSet, Kind, Lines, among
from pdclassify.reading.web import DATE, END, FOLDED, RELATED, TIME, TIMED, WEB

__all__ = ["Furniture", "furniture_of"]


class Furniture(IntEnum):
    """What a line is to its page."""

    NONE = 0
    ASIDE = 1  # text may go on after it
    END = 2  # a jump to another page, or a rule: what follows a rule may be another article
    HEAD = 3  # of a page: what follows is another article, or goes on from the page before


_LONGEST = 72  # characters of such a line, at most
_REST = 8  # characters beside its parts, at most: the name of a section, or of the paper
_TORN = 12  # characters of a line that is a sentence's first half, at least
_SECTION = 6  # characters of a section's name in a table of contents, at most
_LINK = 40  # characters of a headline to read next, at most
_CLOSED = among(Kind.END, Kind.COMMA)
_FORMS = among(Kind.DIGIT, Kind.COLON, Kind.DASH, Kind.MARK, Kind.OPEN)
_OPEN = among(Kind.HAN, Kind.COMMA, Kind.LATIN)
_STARTS = CharacterSet(
    "责编校农字打关返分首上下相热猜为推更版C技原点长扫识收转未星周今国目本要导阅展精延往最觉欢喜请记别如看顺动微新我联加设手电"
    "客帮意使查大中小默特赞举纠法免隐网友广诚E\uffff"  # the last: all beyond the basic plane, emoji
)

_N = "[一二三四五六七八九十]"
_WEEKDAY = "(?:星期|周)[一二三四五六日天]"
_TERM = (
    "今[日天](?:立[春夏秋冬]|雨水|惊蛰|[春秋]分|清明|谷雨|小满|芒种|夏至|[小大][暑雪寒]|处暑|白露|寒露"
    "|霜降|冬至)"
)
_LUNAR = "[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年[^，。]{0,2}月[初十廿卅二三][一二三四五六七八九十]?"
_MAIL = r"(?:[^\s，。；]{0,8}(?:邮箱|信箱|邮件|E-?mail):?\s?)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+"

#: What the head of a page is made of.
_FORM = {
    "date": DATE,
    "time": TIME,
    "weekday": _WEEKDAY,
    "lunar": rf"(?:农历|夏历)[^，。\s]{{2,14}}|{_LUNAR}",
    "term": _TERM,
    "code": (
        r"(?:国内统一(?:连续出版物|刊)号|统一刊号|刊号|邮发代号|国外(?:发行)?代号|代号):?\s?(?:CN)?\s?[\dA-Z]+"
        r"(?:-\d+)?|CN\s?\d{2}-\d{4}|(?:零售|每份)(?:价|定价)?:?[\d.]+元"
    ),
    "pages": r"(?:今[日天]|本期|本报今日|共)(?:对开|四开)?\d{1,3}版",
    "page": rf"(?<![\d.])[A-Z]?\d{{1,2}}(?:-\d{{1,2}})?版|第[A-Z]?\d{{1,2}}版|^第{_N}+版",
    "issue": r"总?第\d+[期号]",
    "made": r"[^\s，。；]{2,14}(?:主管|主办|出版|承印)(?=$|\s)",
    "site": r"(?:网址:?)?(?:https?://|www\.)[\w./?=&%-]+",
    "mail": _MAIL,
    "phone": r"[^\s，。；]{0,6}(?:热线|电话|传真):?\s?[\d(][\d()转-]{4,}",
}
_PARTS = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORM.items()), re.I)
_WITH_DATE = frozenset({"weekday", "lunar", "term", "page", "pages", "issue", "code"})
_SURE = frozenset({"lunar", "code", "pages", "mail", "phone"})  # with a name or two beside them
_ALONE = frozenset({"weekday", "term", "page", "issue", "made", "site"})  # nothing else on the line
_CONTACT = frozenset({"site", "mail", "phone"})
_BETWEEN = re.compile(r"[\s|·•/—–\-:,()\[\]【】.]+")
_FAINT = re.compile(
    rf"[\u4e00-\u9fff]{{2,8}}(?:[日晚时早晨周学工农]报|导报|党刊)|\S{{2,14}}(?:主管|主办|出版|承印)|[A-Z][A-Z\s]{{3,}}[A-Z]|{DATE}|\d{{1,3}}"
    "|目录|要目|(?:本期|今日)(?:导读|目录|要目)|要闻|综合|综合新闻|理论|评论|副刊|国际|国内|专题|专版|广告|时政|经济|文化|体育|社会|地方|党建|特刊|导读",
    re.I,
)

_NAME = r"[\u4e00-\u9fff·]{1,3}\s?[\u4e00-\u9fff·]{1,3}"
_TASK = (
    "(?:(?:本版|本期|责任|执行|值班|图片|文字|见习|视觉|美术|版式|版面|新媒体|实习|特约)*"
    "(?:责编|编辑|主编|美编|校对|组版|版式|排版|设计|审校|检校|编审|审核|审读|编委|[初复终一二三]审))"
)
_BESIDE = "(?:统筹|总策划|策划|监制|制图|摄影|采写)"
_WITH = rf"[:/|\s]+{_NAME}(?:[\s、,，]+{_NAME})*[\s；;,，|]*"
_EDITORS = re.compile(
    rf"[(\[【]?(?:{_BESIDE}{_WITH})*(?:{_TASK}{_WITH})(?:(?:{_BESIDE}|{_TASK}){_WITH}|{_MAIL}\s*)*[)\]】]?"
)
_JUMP = re.compile(
    r"[(\[【▶►>\s]*(?:下转|上接|紧接|(?:全文|相关报道|报道|相关内容)?(?:详)?见|转|接)"
    rf"第?\s?[A-Z]?(?:\d{{1,2}}|{_N}{{1,3}})\s?版[^，。]{{0,8}}[)\]】]?"
)
_LEAF = re.compile(
    r"[-—–·]+\s?\d{1,3}\s?[-—–·]+|第\s?\d{1,4}\s?页(?:[\s,/]*共\s?\d{1,4}\s?页)?|Page\s?\d+(?:\s?of\s?\d+)?",
    re.I,
)
_RULE = re.compile(r"(?:[*=_~\-—–─━﹏·•※☆★◇◆]\s?){3,}")
_CONTENTS = re.compile(r".{2,60}?(?:…+|\.{3,}|[·•]{3,}|\s-{3,}\s?).{0,16}?\(?\d{1,3}\)?")
_CONTENTS_HEAD = re.compile("目录|要目|(?:本期|今日)(?:导读|目录|要目)")
_VOLUME = re.compile(r"《[^》]{2,16}》\s?\d{4}年第?\d{1,2}期(?:\(?总?第\d+期\)?)?")
_LISTED = re.compile("[编版]")  # with commas between names
_AUTHOR = re.compile(r"(?:作者|记者|通讯员):")
_FIELD = re.compile(r"[\u4e00-\u9fff]{2,4}\s?[:|]\s?[^，。:]{1,12}")  # between others
_ORIGINAL = re.compile(r"原创\s[^，。]{2,24}")
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_NUMBER = re.compile(r"\d{1,3}")


def furniture_of(lines: Lines) -> NDArray[np.int8]:
    """Return what every printed line is to its page, as :class:`Furniture`."""
    found = np.zeros(len(lines), dtype=np.int8)

    def line(at: int) -> str:
        return " ".join(lines.text[starts[at] : ends[at]].translate(FOLDED).split())

    starts, ends = lines.starts.tolist(), lines.ends.tolist()
    for at in _candidates(lines).tolist():
        if lines.text.find("。", starts[at], ends[at]) < 0:
            found[at] = _kind(line(at))
    for first in np.flatnonzero(found == Furniture.HEAD).tolist():
        for step in (-1, 1):  # the other lines of the head
            at = first + step
            while 0 <= at < len(found) and not found[at] and _FAINT.fullmatch(_close(line(at))):
                found[at] = Furniture.HEAD
                at += step
        for at in (first - 1, first + 1):  # a section's name in a table of contents
            if 0 < at < len(found) - 1 and ends[at] - starts[at] <= _SECTION and not found[at]:
                other = 2 * at - first
                if found[other] == Furniture.HEAD or _CONTENTS_HEAD.fullmatch(_close(line(other))):
                    found[[at, other]] = Furniture.HEAD
    for first in np.flatnonzero(found == Furniture.ASIDE).tolist():
        _web_block(lines, found, first, line)
    for at in (0, len(found) - 1):  # the number of a page at its top or foot
        if len(found) > 1 and not found[at] and _NUMBER.fullmatch(line(at)):
            found[at] = Furniture.ASIDE
    numbers = _tearing(lines)
    found[numbers[found[numbers - 1] == Furniture.NONE]] = Furniture.ASIDE
    return found


def _close(line: str) -> str:
    """Return a line without the spaces between its ideographs: 要 闻, 目 录."""
    return _SPACED.sub("", line)


def _web_block(
    lines: Lines, found: NDArray[np.int8], first: int, line: Callable[[int], str]
) -> None:
    """Mark what stands beside a line of the web: what else a credit says, headlines to read next."""
    if first and _ORIGINAL.fullmatch(line(first - 1)) and TIMED.search(line(first)):
        found[first - 1] = Furniture.ASIDE
    following = first + 1
    if following >= len(found) or found[following]:
        return
    framed = found[following + 1 : following + 2].tolist() == [Furniture.ASIDE]
    if framed and _FIELD.fullmatch(line(following)):
        found[following] = Furniture.ASIDE
    if not RELATED.fullmatch(line(first)):
        return
    gap, last = lines.numbers[following] - lines.numbers[first], first
    while following < len(found) and lines.numbers[following] - lines.numbers[last] <= gap:
        closed = _CLOSED[lines.kinds[lines.ends[following] - 1]]
        if lines.ends[following] - lines.starts[following] > _LINK or closed:
            return  # a text, and what stands over it is its headline
        last, following = following, following + 1
        if found[last]:
            break
    found[first + 1 : last + 1] = np.maximum(found[first + 1 : last + 1], Furniture.ASIDE)


def _candidates(lines: Lines) -> NDArray[np.int64]:
    """Return the lines that could be furniture: short, with a digit or mark, or with such a word."""
    sums = np.concatenate([[0], np.cumsum(_FORMS[lines.kinds])])
    likely = (sums[lines.ends] > sums[lines.starts]) | _STARTS.has(lines.codes[lines.starts])
    return np.flatnonzero(likely & (lines.ends - lines.starts <= _LONGEST))


def _kind(line: str) -> Furniture:
    """Return what a line is by its form alone."""
    if _CONTENTS.fullmatch(line):
        return Furniture.HEAD
    if "，" in line and not _LISTED.search(line):
        return Furniture.NONE
    if _JUMP.fullmatch(line) or _RULE.fullmatch(line) or END.fullmatch(line):
        return Furniture.END
    if _EDITORS.fullmatch(line) or _LEAF.fullmatch(line) or _VOLUME.fullmatch(line):
        return Furniture.ASIDE
    if _AUTHOR.search(line):
        return Furniture.NONE
    if WEB.fullmatch(line):
        return Furniture.ASIDE
    parts = {str(part.lastgroup) for part in _PARTS.finditer(line)}
    rest = _BETWEEN.sub("", _PARTS.sub("", line)) if parts else line
    if not parts or len(rest) > _REST or "，" in rest or "。" in rest:
        return Furniture.NONE
    dated = "date" in parts and parts & _WITH_DATE
    if dated or parts & _SURE or (parts & _ALONE and not rest):
        return Furniture.HEAD if parts - _CONTACT else Furniture.ASIDE
    return Furniture.NONE


def _tearing(lines: Lines) -> NDArray[np.int64]:
    """Return lines that are a number between two halves of a sentence."""
    length = lines.ends - lines.starts
    digits = np.concatenate([[0], np.cumsum(lines.kinds == Kind.DIGIT)])
    number = (length <= 3) & (digits[lines.ends] - digits[lines.starts] == length)
    at = np.flatnonzero(number[1:-1]) + 1
    open_ = _OPEN[lines.kinds[lines.ends[at - 1] - 1]]
    return at[open_ & (length[at - 1] >= _TORN) & (length[at + 1] >= _TORN)]
