"""What a word may do in a phrase, as bits: known of a word before any text is seen.

Parts of speech come from the lexicon (jieba's dictionary); the lists here are ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.lexicon import lexicon

__all__ = [
    "ALONE",
    "CHARACTER",
    "CLOSES",
    "CONTENT",
    "FOREIGN",
    "GIVEN",
    "INSIDE",
    "LOOSE_FIRST",
    "LOOSE_LAST",
    "NEWLINE",
    "NOUN",
    "OPENS",
    "PLACE",
    "STOP",
    "SURNAME",
    "SURNAMES",
    "UNKNOWN",
    "UNTAGGED",
    "VERB",
    "look_up",
    "stop_words",
]

NOUN, MODIFIER, CHARACTER, VERB = 1, 2, 4, 8  # what has none of them breaks a phrase
INSIDE = NOUN | MODIFIER | CHARACTER  # may be part of a phrase; a verb breaks it as well
CONTENT = NOUN | MODIFIER | VERB
ALONE = 16  # a keyword by itself
OPENS, CLOSES = 32, 64  # may begin a phrase, may end one
UNKNOWN = 256  # to the lexicon
UNTAGGED = 512  # has no part of speech
STOP = 1024  # one that says nothing, as 的
NEWLINE = 2048
SURNAME = 4096
LOOSE_FIRST, LOOSE_LAST = 8192, 16384  # a character that need not belong to what it begins, ends
GIVEN, PLACE = 32768, 65536  # may be a person's given name; a place's name, or the end of one
_BITS = 17

_PARTS = dict.fromkeys("nNGOPx", NOUN) | dict.fromkeys("ab", MODIFIER) | dict.fromkeys("vV", VERB)
#: A word that so seldom reaches a headline (log of the share over the average's) is furniture.
_FURNITURE = -1.6
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: One-character words that may begin a phrase, and those that may end one.
_FIRST = frozenset("雄进稳新老大小非党云双微红绿幼医农林水电路河湖海茶粮菜果药")
_LAST = frozenset(
    "员站队率化制者社会室网点链线岗厅院校馆园店群区县市镇村乡街路港桥河湖山岛省团班组法案奖节费证卡码展令"
)
#: Those that begin a person's name, and those of which foreign names are made.
SURNAMES = frozenset(
    "李王张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹易武乔贺赖龚庞樊殷施洪翁俞鲁柯祝"
    "柳甘甄蒲邢莫詹耿关焦牛冉阮温岳游鲍屈佟聂骆褚蔺缪邬裴窦覃滕苗邝谌鄢晏隋戚闫尚"
)
FOREIGN = frozenset(
    "阿巴布拉德尼克斯特哈希雅贝莫罗瓦萨穆艾卡达马普伊亚奥菲加诺洛西波托利纳内鲁塔里扎图库索勒蒂维沙兰格瑞"
    "杰米迪科伯法丹曼尔福霍凯莱桑佩恩蒙贡姆耶泽赫菲娜莎琳妮埃弗乌柬廷挪"
)
#: One-character words that break a phrase: pronouns, particles, prepositions, numerals, measures.
_FUNCTION = frozenset(
    "的了在和是与及或等对为从向于以中上下内外里前后左右不也都就还又再将把被让使到有无这那其之所我你他她"
    "所它们个只次年月日时分点越说要会能可应该须没很更最太着过给跟同比按据由因而且但若如则即使并各每某本此"
    "该另些什么哪谁几多少一二三四五六七八九十百千万亿两零〇第号位名件条项座家种类样份批届期场岁元米吨亩户"
    "做去来看想讲听问叫请拿用走起回吃喝干搞带写读既虽只才已曾正仍却便且吗吧呢啊"
)


@cache
def stop_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that are never a keyword alone, and those that break a phrase as well."""
    listed = resources.files("pdclassify.text").joinpath("stop_words.txt")
    lines = listed.read_text(encoding="utf-8").splitlines()
    alone, breaking = (line.split() for line in lines if line and not line.startswith("#"))
    return frozenset(alone) | frozenset(breaking), frozenset(breaking)


def look_up(words: Collection[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each word its row in the lexicon, -1 where it has none, and its bits."""
    try:
        packed = np.fromiter(map(_KNOWN.__getitem__, words), np.int64, len(words))
    except KeyError:
        if len(_KNOWN) > _KEPT:
            _KNOWN.clear()
        packed = np.fromiter(map(_learn, words), np.int64, len(words))
    return packed >> _BITS, packed & ((1 << _BITS) - 1)


def _learn(word: str) -> int:
    """Return what is known of a word, and keep it."""
    known = _KNOWN.get(word)
    if known is None:
        row = lexicon().rows.get(word, -1)
        known = _KNOWN[word] = row << _BITS | _bits(word, row)
    return known


#: Row and bits of the words met so far, in one number: the same come in every article.
_KNOWN: dict[str, int] = {}
_KEPT = 1 << 18  # words of an archive kept, some tens of megabytes, before we begin anew


def _bits(word: str, row: int) -> int:
    """Return what a word may do in a phrase."""
    known = lexicon()
    bits = UNKNOWN if row < 0 else 0
    if word in ("\n", "\r", "\r\n"):
        return bits | NEWLINE
    if word == "“":
        return bits
    if len(word) == 1:
        first, last, foreign = word in _FIRST, word in _LAST, word in FOREIGN
        if word in _FUNCTION:
            bits |= STOP
        if first or last or (word not in _FUNCTION and _HAN.match(word)):
            bits |= CHARACTER
        bits |= OPENS if first or foreign or word in SURNAMES else 0
        bits |= CLOSES if last or foreign else 0
        bits |= SURNAME if word in SURNAMES else 0
        return bits | (0 if first else LOOSE_FIRST) | (0 if last else LOOSE_LAST)
    if word.isascii():
        letters = sum(char.isalpha() for char in word) >= 2
        return bits | (NOUN | ALONE | OPENS | CLOSES if letters else 0)
    if not _HAN.search(word):
        return bits
    tag = known.tags[row]
    part = _PARTS.get(tag, 0)
    bits |= UNTAGGED if tag == "x" else 0
    if len(word) == 2:
        bits |= (GIVEN if tag in "PGx" else 0) | (PLACE if tag == "G" else 0)
    never_alone, breaking = stop_words()
    stop = word in never_alone
    furniture = bool(known.pull[row] < _FURNITURE)
    if word in breaking or ((furniture or (stop and part == VERB)) and part != NOUN):
        return bits
    if (part == NOUN or tag == "V") and not stop and not furniture:
        bits |= ALONE
    if part == MODIFIER or (part == NOUN and not (stop and tag == "N")):
        bits |= OPENS
    if part == NOUN:
        bits |= CLOSES
    return bits | part
