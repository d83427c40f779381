"""Text -> the sentences that may be printed, and what stands in the way of the others.

A page's text holds more than sentences: sub-headings, captions, bylines, editors' notes, datelines.
Notes are left out before anything is measured, so that they change nothing; a dateline is cut off;
a sub-heading helps to judge the sentences below it but is not printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pdclassify.summary.needs import find_needs
from pdclassify.text.sentences import split_sentences

__all__ = ["Candidate", "balanced", "find_candidates", "full_width"]

# A mark that closes ends no sentence by itself: headings and captions end so.
_STOPS = frozenset("。！？；…!?;.．｡")
_CLOSERS = "”’」』）)】》"
_MARKS = {"”": "“", "’": "‘", "」": "「", "』": "『", "）": "（", ")": "(", "】": "【", "》": "《", "〉": "〈", "］": "［", "]": "[", "〕": "〔"}  # fmt: skip
_OPENING = frozenset(_MARKS.values())
_ANY_MARK = re.compile("[" + re.escape("".join(_MARKS) + "".join(_OPENING) + '"') + "]")
_CLOSING_START = re.compile(r"[”’」』）)】》〉］\]〕。，、；：！？…!?,;:.·]")

_AGENCY = r"(?:本报|新华社|新华网|人民网|中新社|中新网|央视网|央广网|中央纪委国家监委网站|光明网|学习时报|海外网)"
# Many pages are typed with half-width marks between Han characters.
_HAN = r"[\u3400-\u9fff“”‘’（）《》]"
_HALF = re.compile(rf"[,:;?!](?:(?={_HAN})|(?<={_HAN}.))")  # the mark first: it is looked for fast
_FULL = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}

_DATELINE = re.compile(
    rf"[\s【]*(?:\d{{1,2}}\s+)?(?:央视网消息[】\s]*(?:[（(][^（）()\n]{{0,20}}[)）])?[\s：:，]*"
    rf"|(?:据)?{_AGENCY}[^，。！？；“”：\n]{{0,30}}?\d{{1,2}}日[^，。！？；“”：\n]{{0,12}}?电[】\s]*(?:[（(][^（）()\n]{{0,80}}[)）])?[\s：:]*"
    rf"|{_AGENCY}[^，。！？；“”：\n]{{0,12}}?电(?=[】\s（(])[】\s]*(?:[（(][^（）()\n]{{0,80}}[)）])?[\s：:]*"
    # 讯 ends the line of an agency, but not where it is part of 通讯员 or 腾讯.
    rf"|{_AGENCY}[^，。！？；“”：\n]{{0,16}}?(?:(?<![通腾资音视])讯(?!息)|特稿|消息)[】\s]*(?:[（(][^（）()\n]{{0,80}}[)）])?[\s：:]*"
    rf"|(?:{_AGENCY}[^，。！？；“”：\n]{{0,6}})?(?:记者|通讯员)[^，。！？；“”：\n]{{1,30}}报道[】\s]*[：:]\s*"
    rf"|{_AGENCY}[^，。！？；“”：\n]{{0,20}}?[（(][^（）()\n]{{0,80}}(?:记者|通讯员)[^（）()\n]{{0,80}}[)）][\s：:]*"
    r"|[（(](?:本报|新华社|人民网|央视)?(?:记者|通讯员|特约记者)[^（）()\n]{0,60}[)）]\s*)"
    r"(?:题[：:]\s*)?"  # of a feature, whose headline follows in the line of the dateline
)
# Whom the reporter has it from: an editor's brief begins after it.
_SOURCE = re.compile(
    r"(?:(?:本报|本台|总台|央视|新华社)?记者[^，。！？；“”：\n]{0,30}(?:获悉|了解到|得知)|据悉|据了解|据介绍)[，：]"
)
_CAPTION = re.compile(
    r"(?:摄|摄影报道|影像中国|新华社发|人民视觉|资料图片|人民图片|供图)[）)]?[。]?$"
)
_PICTURE = re.compile(r"[（(](?:图片来源|图源|资料图)[^（）()\n]*[）)]$")
_NOTE = re.compile(
    r"[\s▲▼△■◆●★]*(?:"
    r"[（(【][^\n]*[)）】]。?$"
    r"|(?:图为|图中|图片为|上图|下图|左图|右图|题图|压题图片|图[①-⑳一二三四五六七八九十\d]{1,2}[为：:，])"
    r"|(?:本版|本期|值班)?(?:责任编辑|责编|编辑|统筹|审稿|终审|版式设计|版式|制图|美编|策划|校对|数据来源|资料来源|图片来源|来源|供图|摄影|监制|本版责编)\s*[：:丨|]"
    r"|——编者|(?:新华社|中新社|本报)[照图]片[，：][^。！？]*$"
    r"|(?:本报|新华社|人民网|央视网?|学习时报)?(?:特约|见习|实习)?(?:记者|通讯员|评论员)[\s：:]?[^，。！？；：“”]{1,40}$"
    r")"
)
# These speak for the editors to the end of their paragraph.
_EDITORS = re.compile(r"[\s▲▼△■◆●★【〔（(]*(?:编者按|编者的话|编者注|编后|开栏的话|编辑手记)")
_LONGEST_CAPTION = 160  # characters of a paragraph

_LEANING = re.compile(
    r"(?:但|而|可|不过|然而)?(?:他们?|她们?|它们?)(?!山|乡|国|人|律)"
    r"|“[^”\n]{1,60}[，。！？]”(?:他|她)们?[^，。\n]{0,6}(?:说|表示|道)"
    r"|[^，。“”]{0,6}(?:他|她)(?:们)?(?:说|表示|指出|强调|介绍|认为|坦言)"
    r"|(?:根据|按照|在|针对|面对|通过|据|为了|从|随着|凭借|依托|围绕|经过)(?:该|这|此|上述)"
    r"|对此|为此|因此|于是|由此|如此|此举|此外|此时|此前|此后|这|那(?!曲|达慕|坡)"
    r"|当时|随后|接着|之后|后来|紧接着|原来|然而|不过|但|可是|而(?!今)|至此|并且|同时|与此同时|另外|另一方面|其[中次实余他]?|该(?!不|怎|如何|是|有|出手|[放管罚减建改停查退给做说干用花][的就])"
    r"|所以|也|还|又|再|并|则|甚至|反之|相反|例如|比如|譬如|再如|又如|有的|再者|两人|二人|前者|后者|双方|上述|前述|本[届次]"
    r"|(?:It|He|She|They|His|Her|Their|This|That|These|Those|But|However|And|Also|Meanwhile)\b"
    r"|[一二三四五六七八九十]是|[二三四五六七八九十]要(?![素求领点义旨])|第[二三四五六七八九十][，是]"
)


@dataclass(slots=True)
class Candidate:
    """One sentence of the text.

    Parameters
    ----------
    index : int
        Its number among all sentences of the text, from 0.
    start, end : int
        What would be printed, in characters of the text; a dateline is left out, and so is the
        clause that says whom the reporter has it from.
    paragraph : int
        Its paragraph, counted over what is not a note.
    heading : bool
        A line without an end mark.
    dateline : bool
        Whether a dateline was cut off.
    printable : bool
        Whether it may stand in a summary at all.
    leaning : bool
        Whether it points back to the sentence before it (那时, 他说, 对此 …).
    before, after : int
        How many sentences before and after it have to be printed with it, see ``needs.py``.
    """

    index: int
    start: int
    end: int
    paragraph: int
    heading: bool
    dateline: bool
    printable: bool
    leaning: bool
    before: int = 0
    after: int = 0


def balanced(text: str) -> bool:
    """Tell whether every quotation mark and bracket of ``text`` is opened and closed in it."""
    open_marks: list[str] = []
    quotes = 0
    for mark in _ANY_MARK.findall(text):
        if mark in _OPENING:
            open_marks.append(mark)
        elif mark == '"':
            quotes += 1
        elif not open_marks or open_marks.pop() != _MARKS[mark]:
            return False
    return not open_marks and quotes % 2 == 0


def full_width(text: str) -> str:
    """Return ``text`` with the half-width marks next to Han characters made full, one for one."""
    if not any(mark in text for mark in _FULL):
        return text
    return _HALF.sub(lambda mark: _FULL[mark[0]], text)


def _is_credited(text: str, start: int, end: int) -> bool:
    """Tell whether a sentence ends with the credit of a picture."""
    if _CAPTION.search(text, max(end - 9, start), end):
        return True
    return text[end - 1] in "）)" and _PICTURE.search(text, start, end) is not None


def find_candidates(text: str) -> list[Candidate]:
    """Return the sentences of ``text``, its marks full-width, that are not notes; in order."""
    found: list[Candidate] = []
    paragraph, previous_end, fresh = -1, 0, True
    line, held, editors = 0, 0, False  # where the line begins, in text and candidates; whose it is
    for index, (start, end) in enumerate(split_sentences(text)):
        sentence = text[start:end]
        begins = index == 0 or "\n" in text[previous_end:start] or "\r" in text[previous_end:start]
        previous_end = end
        if begins:
            fresh, line, held = True, start, len(found)
            editors = _EDITORS.match(sentence) is not None
        if editors:
            continue
        dateline = _DATELINE.match(sentence) if begins else None
        if dateline is not None and dateline.end() < len(sentence):
            start += dateline.end()
            sentence = text[start:end]
        elif end - line < _LONGEST_CAPTION and _is_credited(text, start, end):
            if len(found) > held:  # whatever stands before the credit is of the caption
                paragraph, fresh = paragraph - 1, True  # what follows in the line begins it
                del found[held:]
            continue
        elif _NOTE.match(sentence):
            continue
        if not any(map(str.isalnum, sentence)):
            continue
        source = _SOURCE.match(sentence)
        leaning = _LEANING.match(sentence, source.end() if source else 0) is not None
        if source is not None and not leaning:
            start += source.end()
            sentence = text[start:end]
        elif source is not None:  # the rest points to whom it is from, if that is named
            leaning = "从" not in source[0]
        stopped = sentence[-1] in _STOPS or sentence.rstrip(_CLOSERS)[-1:] in _STOPS
        heading = not stopped and len(sentence) <= 40
        if fresh:
            paragraph, fresh = paragraph + 1, False
        found.append(
            Candidate(
                index,
                start,
                end,
                paragraph,
                heading,
                dateline is not None,
                not heading
                and stopped  # a long sub-heading is one too
                and not _CLOSING_START.match(sentence)
                and balanced(sentence),
                leaning,
            )
        )
    find_needs(text, found)
    return found
