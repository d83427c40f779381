"""Cues of wording: phrases that tell what a sentence does, found in the whole text at once.

Most characters of a text open no phrase, and most that could are followed by another. So two
tables, of what phrases open with and of what then follows, leave few places to look at.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["PHRASES", "find_wording"]

_SAYING = "说|表示|介绍|坦言|感慨|回忆|告诉记者|笑着|感叹|说道|问道|回答"

#: What is searched for, by the name of its cue: phrases with | between them, of plain characters
#: and sets of them; what is counted may be of any form behind its first two characters.
PHRASES = {
    "summing_up": "近年来|今年以来|去年以来|以来，|目前，|截至|累计|共有|先后",
    "result": "超过|达到|增长|下降|提升|提高|减少|实现|完成|建成|解决|突破|全覆盖|率先|首[个批次家]|入选|节约|增收|受益|惠及|化解|办结|处分|查处|立案|整改|判处",
    "decision": "决定|印发|出台|制定|发布|审议|通过|召开|举行|开展|启动|推出|探索|建立|成立|构建|打造|推行|实施|部署|组建|健全|完善|依托|牵头|整合",
    "speech": "|".join(f"{word}[，。：！]" for word in _SAYING.split("|")),
    "leader": "习近平|总书记|李克强|李强|中共中央|国务院",
    "stress": "强调|指出|要求|提出|认为",
    "exhortation": "要|必须|应当|应该|务必|切实|坚决",
    "example": "比如|例如|以[^，。\n]{1,12}为例|有的",
    "scene": "走进|只见|记者看到|清晨|傍晚|阳光|来到|坐在|站在|正在|忙着|夜里|早上|上午|下午|晚上",
    "body": "委员会|党委|政府|党支部|纪委|纪检|组织部|法院|检察院|公安|街道|社区|省|市|县|区|镇|乡|村",
    "enumeration": "一是|二是|三是|四是|五是|六是|七是|八是|九是|十是|首先|其次|第[一二三四五]",
    "argument": "关键|根本|核心|本质|在于|就是|不是|而是|正是|才能|体现|成为|彰显|表明|证明|说明",
    "outlook": "下一步|今后|将继续|接下来|未来",
    "self": "我|咱|你",
    "third_person": "他|她",
    "person": "同志|书记|主任|负责人|教授|村民|居民",
    "moment": "前不久|日前|近日|不久前|有一次|那天|那年|当天|一天",
    "amount": "%|％|个百分点|万|亿",
    "problem": "问题|难题|短板|不足|困难|痛点|堵点",
    "talk": "呃|嗯|啊|呢|嘛|对吧|这个|那个|那么|就是说|的话|然后|其实",
}
_ITEM = re.compile(r"\[[^\]]+\]|.")


class _Openings(NamedTuple):
    """What phrases open with, as tables.

    Parameters
    ----------
    first, second : ndarray of uint8, shape (65536,)
        A number for each character that some phrase begins with, and that is the second of some;
        0 for all others.
    kinds : ndarray of uint8, shape (firsts, seconds)
        Of what kind each such pair is; 0 where no phrase begins so.
    patterns : list of list of (int, pattern)
        For each kind the entries of ``PHRASES`` that hold a phrase beginning so, by number and as
        what finds them.
    """

    first: NDArray[np.uint8]
    second: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    patterns: list[list[tuple[int, re.Pattern[str]]]]


@cache
def _openings() -> _Openings:
    """Take the phrases apart."""
    begins: list[tuple[str, str, int]] = []  # the first character, those that may follow, the entry
    for number, phrases in enumerate(PHRASES.values()):
        for phrase in phrases.split("|"):
            one, two = (*_ITEM.findall(phrase), "")[:2]
            begins.append((one, "" if two[:2] == "[^" else two.strip("[]"), number))
    first, second = np.zeros((2, 1 << 16), dtype=np.uint8)
    for table, characters in (
        (first, {ord(one) for one, _, _ in begins}),
        (second, {ord(c) for _, two, _ in begins for c in two}),
    ):
        table[sorted(characters)] = np.arange(1, len(characters) + 1)
    bits = np.zeros((first.max() + 1, second.max() + 1), dtype=np.uint32)  # one for each entry
    for one, two, number in begins:
        bits[first[ord(one)], second[[ord(c) for c in two]] if two else slice(None)] |= 1 << number
    entries = [re.compile(phrases) for phrases in PHRASES.values()]
    different, kinds = np.unique(bits, return_inverse=True)  # no entry at all comes first
    patterns = [
        [(number, pattern) for number, pattern in enumerate(entries) if held >> number & 1]
        for held in different.tolist()
    ]
    return _Openings(first, second, kinds.reshape(bits.shape).astype(np.uint8), patterns)


def find_wording(
    text: str, points: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the phrases of ``PHRASES``, those of one entry not overlapping.

    Parameters
    ----------
    text : str
    points : ndarray of uint32, shape (len(text),)
        Its characters as numbers.

    Returns
    -------
    places, kinds : ndarray of int, shape (found,)
        Where each begins, ascending, and the number of its entry.
    """
    first, second, kinds, patterns = _openings()
    numbers = first.take(points, mode="clip")  # beyond the basic plane: as U+FFFF
    at = np.flatnonzero(numbers)
    following = points.take(at + 1, mode="clip")  # of the last one: itself, and then looked at
    opened = kinds[numbers[at], second.take(following, mode="clip")]
    likely = np.flatnonzero(opened)
    places: list[int] = []
    entries: list[int] = []
    free = [0] * len(PHRASES)
    for place, kind in zip(at[likely].tolist(), opened[likely].tolist(), strict=True):
        for number, pattern in patterns[kind]:
            found = pattern.match(text, place) if place >= free[number] else None
            if found is not None:
                places.append(place)
                entries.append(number)
                free[number] = found.end()
    return np.array(places, dtype=np.int64), np.array(entries, dtype=np.int64)
