r"""What stands around the articles of a page: mastheads, page heads, editors, jumps, a web page's.

None of it is an article's text, its headline or its author. It is told by its form alone, a line at
a time: a line is furniture if nothing but furniture is on it, save a name or two. Names of papers,
dates and numbers are furniture where they stand beside a page's head.
"""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.lines import CharacterSet, Kind, Lines, among

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
_FORMS = among(Kind.DIGIT, Kind.COLON, Kind.DASH, Kind.MARK, Kind.OPEN)
_OPEN = among(Kind.HAN, Kind.COMMA, Kind.LATIN)
_STARTS = CharacterSet("责编校农字打关返分首上下相热猜为推更版C技原点长扫识收转未星周今国")

_N = "[一二三四五六七八九十]"
_DATE = (
    r"(?:\d{4}|[〇○零一二三四五六七八九]{4})[年./-]"
    rf"(?:\d{{1,2}}|{_N}{{1,3}})[月./-](?:\d{{1,2}}|{_N}{{1,3}})日?"
)
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_WEEKDAY = "(?:星期|周)[一二三四五六日天]"
_TERM = (
    "今[日天](?:立[春夏秋冬]|雨水|惊蛰|[春秋]分|清明|谷雨|小满|芒种|夏至|[小大][暑雪寒]|处暑|白露|寒露"
    "|霜降|冬至)"
)
_LUNAR = "[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年[^，。]{0,2}月[初十廿卅二三][一二三四五六七八九十]?"
_MAIL = r"(?:[^\s，。；]{0,8}(?:邮箱|信箱|邮件|E-?mail):?\s?)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+"

#: What the head of a page is made of.
_FORM = {
    "date": _DATE,
    "time": _TIME,
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
    rf"[\u4e00-\u9fff]{{2,8}}(?:[日晚时早晨周学工农]报|导报|党刊)|\S{{2,14}}(?:主管|主办|出版|承印)|[A-Z][A-Z\s]{{3,}}[A-Z]|{_DATE}|\d{{1,3}}"
    "|要闻|综合|综合新闻|理论|评论|副刊|国际|国内|专题|专版|广告|时政|经济|文化|体育|社会|地方|党建|特刊|导读",
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
_BUTTON = (
    "(?:打印本页|打印|关闭窗口|关闭|收藏|我要纠错|纠错|返回顶部|返回首页|返回列表|回到顶部|分享|举报|点赞|转发"
    "|阅读原文|阅读全文|展开全文|字号|字体|大|中|小)"
)
_COUNT = (
    "(?:阅读量|阅读次数|阅读|浏览次数|浏览量|浏览|点击数|点击量|点击|访问量|评论|点赞|赞|在看|转发)"
)
_WEB = re.compile(
    r"分享[到至]:?\s?(?:(?:微信|微博|新浪微博|QQ空间|QQ|朋友圈|腾讯微博|更多)\s?)*"
    rf"|(?=.{{2}})(?:[【\[(]?{_BUTTON}[】\])]?[:|/\s]*)+"
    r"|(?:您?当前的?位置|您的位置|所在位置):.*|首页\s?[>»›].*|[上下]一[篇条页]:.*"
    "|相关新闻|热门推荐|猜你喜欢|为您推荐|推荐阅读|更多新闻"
    r"|(?:.{0,12}版权所有|Copyright|©|.?ICP备|技术支持:).*"
    "|.{0,24}未经.{0,6}(?:授权|许可|允许).{0,6}(?:禁止|不得|严禁).{0,12}"
    r"|\(?(?:来源|稿源|文章来源|信息来源|原标题):\s?[^，。]{2,40}\)?"
    rf"|(?:(?:(?:发布|发稿|更新)?(?:时间|日期):\s?)?{_DATE}\s{_TIME}(?:\s?来源:\s?[^\s，。]{{2,16}})?"
    rf"|(?:发布|发稿|更新)(?:时间|日期):\s?{_DATE}|{_COUNT}:?\s?[\d.万+]+次?|[\s|])+"
    r"|点击(?:上方|下方|蓝字|左下角|右下角|标题下).{0,24}|(?:长按|扫描|扫一扫|扫码|识别).{0,12}(?:二维码|关注).{0,12}"
    rf"|原创\s.{{0,24}}{_DATE}.{{0,12}}",
    re.I,
)
_LISTED = re.compile("[编版]")  # with commas between names
_AUTHOR = re.compile(r"(?:作者|记者|通讯员):")
_FOLDED = str.maketrans("：（）／｜", ":()/|")
_NUMBER = re.compile(r"\d{1,3}")


def furniture_of(lines: Lines) -> NDArray[np.int8]:
    """Return what every printed line is to its page, as :class:`Furniture`."""
    found = np.zeros(len(lines), dtype=np.int8)

    def line(at: int) -> str:
        return " ".join(lines.text[starts[at] : ends[at]].translate(_FOLDED).split())

    starts, ends = lines.starts.tolist(), lines.ends.tolist()
    for at in _candidates(lines).tolist():
        if lines.text.find("。", starts[at], ends[at]) < 0:
            found[at] = _kind(line(at))
    for first in np.flatnonzero(found == Furniture.HEAD).tolist():
        for step in (-1, 1):  # the other lines of the head
            at = first + step
            while 0 <= at < len(found) and not found[at] and _FAINT.fullmatch(line(at)):
                found[at] = Furniture.HEAD
                at += step
    for at in (0, len(found) - 1):  # the number of a page at its top or foot
        if len(found) > 1 and not found[at] and _NUMBER.fullmatch(line(at)):
            found[at] = Furniture.ASIDE
    found[_tearing(lines)] = Furniture.ASIDE
    return found


def _candidates(lines: Lines) -> NDArray[np.int64]:
    """Return the lines that could be furniture: short, with a digit or mark, or with such a word."""
    sums = np.concatenate([[0], np.cumsum(_FORMS[lines.kinds])])
    likely = (sums[lines.ends] > sums[lines.starts]) | _STARTS.has(lines.codes[lines.starts])
    return np.flatnonzero(likely & (lines.ends - lines.starts <= _LONGEST))


def _kind(line: str) -> Furniture:
    """Return what a line is by its form alone."""
    if "，" in line and not _LISTED.search(line):
        return Furniture.NONE
    if _JUMP.fullmatch(line) or _RULE.fullmatch(line):
        return Furniture.END
    if _EDITORS.fullmatch(line) or _LEAF.fullmatch(line):
        return Furniture.ASIDE
    if _AUTHOR.search(line):
        return Furniture.NONE
    if _WEB.fullmatch(line):
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
