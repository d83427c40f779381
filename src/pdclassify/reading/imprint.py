r"""The line under a web page's headline that says source, time and author, in any order.

Of such a line only its author is read; the rest is furniture. Where no author is named, all is.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Span
from pdclassify.reading.lines import CharacterSet, Kind, Lines
from pdclassify.reading.web import FOLDED, TIME

__all__ = ["imprints_of"]

_LONGEST = 120  # characters of such a line, at most
_STARTS = CharacterSet("来稿文信发作记通撰责编校审初复终时日更刊供单浏阅点访字字【[（(0123456789")

_NAME = r"[\u4e00-\u9fff·]{2,6}"
_AUTHOR = rf"(?:文/|(?:作\s*者|(?:本[报网]|特约)?(?:记者|通讯员)|撰稿人?|撰文|文):)\s*{_NAME}(?:[、，,\s]{{1,2}}{_NAME}(?![^\s、，,]*[:/]))*"
_DATE = r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?"
_REST = "|".join(
    (
        rf"(?:(?:(?:发布|发稿|更新|发表|刊发|刊登|录入|添加|上传|成稿)?(?:时间|日期|于):\s*)?{_DATE}(?:\s*{TIME})?)",
        r"(?:文章|信息|稿件|新闻)?(?:来源|出处):\s*[^\s，。:|]{2,24}",
        r"(?:稿源|供稿|发布单位|发布机构|发布者|发布人|来自|单位|供稿单位):\s*[^\s，。:|]{2,24}",
        r"(?:责任编辑|责编|编辑|主编|校对|审核|审稿|编审|审校|[初复终一二三]审|录入):\s*[^\s，。:|]{2,12}",
        r"(?:浏览|阅读|点击|访问)(?:次数|量|数)?:\s*[\d.万+]+\s*次?|(?:评论|点赞)数?:\s*\d+",
        r"字(?:号|体)(?:大小)?:\s*(?:[【\[(]?(?:[特超大中小默认]{1,2}|A[-+]?|T)[】\])]?\s*)+|[【\[(](?:打印|收藏|关闭|分享|纠错)[】\])]",
    )
)
_FIELD = re.compile(
    rf"[\s|/;；()【】\[\]]*(?:(?P<author>{_AUTHOR})|(?P<rest>{_REST}))[\s|/;；()【】\[\]]*"
)


def imprints_of(lines: Lines) -> list[tuple[int, Span | None]]:
    """Return which lines say where and when a text was printed, and where its author stands."""
    found = []
    for at in _candidates(lines).tolist():
        start, end = int(lines.starts[at]), int(lines.ends[at])
        line = lines.text[start:end].translate(FOLDED)
        place, fields, author = 0, 0, None
        while place < len(line) and (field := _FIELD.match(line, place)):
            place, fields = field.end(), fields + 1
            if field["author"]:
                first, last = field.span("author")
                author = Span(author.start if author else start + first, start + last)
        if (
            place == len(line)
            and fields > 1
            and (author is None or author.end - author.start < end - start)
        ):
            found.append((at, author))
    return found


def _candidates(lines: Lines) -> NDArray[np.int64]:
    """Return the lines that could be one: short, with a colon or a time, and with such a start."""
    likely = (lines.ends - lines.starts <= _LONGEST) & _STARTS.has(lines.codes[lines.starts])
    at = np.flatnonzero(likely)
    colons = np.flatnonzero(lines.kinds == Kind.COLON)
    between = np.searchsorted(colons, lines.ends[at]) > np.searchsorted(colons, lines.starts[at])
    found: NDArray[np.int64] = at[between]
    return found
