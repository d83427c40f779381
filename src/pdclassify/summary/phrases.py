"""Text -> the phrases that could be keywords, each as it stands there.

Parts of speech come from the lexicon (jieba's dictionary), so a phrase is told by its shape: a run
of neighbouring content words that ends like a noun, or what is set in quotes or book-title marks.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.lexicon import lexicon
from pdclassify.text.tokens import tokenizer

__all__ = ["Phrase", "Words", "find_phrases", "stop_words"]

#: Words of one phrase, and its characters, at most.
_LONGEST = 4
_WIDEST = 12
#: A word that so seldom reaches a headline (log of the share over the average's) is furniture.
_FURNITURE = -1.6
#: Bylines, datelines and picture credits: who writes is not what it is about.
_CREDITS = re.compile(
    r"[（(【][^（）()【】\n]{0,12}(?:记者|通讯员|作者|摄|编辑|责编|执笔|采写)[^（）()【】\n]{0,60}[）)】]"
    r"|^[\s\u3000]*[（(]?(?:新华社|本报|人民网|中新社|央视网消息)[^，。：:\n]{0,24}(?:电|讯|消息)?(?:（[^（）\n]{0,20}）)?[：:]?"
    r"|(?:本报|新华社|人民网|特约)?(?:记者|通讯员|本报评论员)[\s\u3000\xa0]+[\u4e00-\u9fff]{1,4}(?:[\s\u3000\xa0、]+[\u4e00-\u9fff]{1,4}){0,5}",
    re.MULTILINE,
)
_NAMED = re.compile(r"“([^“”‘’，。、；：？！\s]{2,10})”|《([^《》\n]{2,24})》")
#: What no name holds: pronouns, particles, marks.
_LOOSE = re.compile(r"[的了我你他她它是这那吗吧呢啊就都也很…—!?.：\n]")
#: A phrase found in a longer one this share of the time is a scrap of it.
_SCRAP = 0.7
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: One-character words that may begin a phrase, and those that may end one.
_FIRST = frozenset("新老大小党村镇乡县市区省街网云双微红绿幼医农林水电路河湖山海茶粮菜果药")
_LAST = frozenset(
    "员站队率化制者社会所室网点链线岗厅院校馆园店群区县市镇村乡街路港桥河湖山岛省团班组法案奖节费证卡码"
)


class Phrase(NamedTuple):
    """A phrase of the text.

    Parameters
    ----------
    term : str
        As printed.
    words : tuple of int
        Its distinct words, as rows of :class:`Words`.
    count : int
        How often it stands in the text.
    first : int
        Where it stands first, in characters.
    paragraphs : int
        How many lines hold it.
    quoted : bool
        Whether it is set in quotes or book-title marks somewhere.
    tag : str
        ``n`` noun or phrase, ``v`` a single verb, ``p`` a proper name.
    """

    term: str
    words: tuple[int, ...]
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody asks of a phrase
    first: int
    paragraphs: int
    quoted: bool
    tag: str


class Words(NamedTuple):
    """The distinct words of a text: rows of parallel arrays, and the text as their sequence."""

    idf: NDArray[np.float64]
    pull: NDArray[np.float64]
    in_headline: NDArray[np.bool_]
    sequence: NDArray[np.int64]


@cache
def stop_words() -> frozenset[str]:
    """Return the words that are never a keyword alone."""
    listed = resources.files("pdclassify.text").joinpath("stop_words.txt")
    lines = listed.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


#: Kinds of words, as the phrase grammar sees them.
_BREAK, _NOUN, _VERB, _MODIFIER, _CHAR = range(5)
_KINDS = dict.fromkeys("nGOPsijlx", _NOUN) | {"v": _VERB, "a": _MODIFIER, "b": _MODIFIER}


@lru_cache(maxsize=1 << 16)
def _kind(word: str) -> tuple[int, bool, int, str]:
    """Return a word's kind, whether it may be a keyword alone, its lexicon row and its tag."""
    known = lexicon()
    row = known.rows.get(word, -1)
    tag = known.tags[row]
    if len(word) == 1:
        return (_CHAR if word in _FIRST or word in _LAST else _BREAK), False, row, tag
    if word.isascii():
        letters = sum(char.isalpha() for char in word) >= 2
        return (_NOUN if letters else _BREAK), letters, row, tag
    kind = _KINDS.get(tag, _BREAK) if _HAN.search(word) else _BREAK
    stop = word in stop_words()
    if known.pull[row] < _FURNITURE or (stop and kind == _VERB):
        kind = _BREAK
    return kind, not stop and kind in (_NOUN, _VERB), row, tag


class _Found:
    """What is gathered of one phrase while the text is read."""

    __slots__ = ("count", "first", "line", "lines", "parts", "quoted", "tag", "whole", "words")

    def __init__(self, first: int, words: tuple[str, ...], tag: str) -> None:
        self.first, self.words, self.tag = first, words, tag
        self.count = self.lines = self.whole = 0
        self.line = -1
        self.quoted = False
        self.parts: tuple[str, ...] = ()


def find_phrases(text: str, headline: str = "") -> tuple[Words, list[Phrase]]:
    """Return the words of ``text`` and the phrases that could be its keywords, as they come.

    Parameters
    ----------
    text : str
        One paragraph a line.
    headline : str, default=""
        Its words are marked; phrases that stand in it need stand but once in the text.
    """
    cut = tokenizer().cut
    tokens = cut(_CREDITS.sub(_blank, text))
    kinds = [_kind(token) for token in tokens]
    found: dict[str, _Found] = {}
    run: list[tuple[int, int]] = []  # start of each word of a run of neighbours, and its index
    starts: dict[int, int] = {}
    sequence: list[int] = []
    rows: dict[str, int] = {}
    place = line = 0
    for index, (token, kind) in enumerate(zip(tokens, kinds, strict=True)):
        if kind[0] == _BREAK:
            if run:
                _gather(found, text, tokens, kinds, run, place, line)
                run = []
            if token == "\n":
                line += 1
                sequence += _GAP
        else:
            run.append((place, index))
            if kind[0] != _CHAR:
                sequence.append(rows.setdefault(token, len(rows)))
        starts[place] = index
        place += len(token)
    if run:
        _gather(found, text, tokens, kinds, run, place, line)
    _gather_named(found, text, tokens, kinds, starts)
    phrases = _sift(found, rows, headline)
    known = lexicon()
    lexicon_rows = [known.rows.get(word, -1) for word in rows]
    heads = set(cut(headline)) if headline else frozenset()
    words = Words(
        known.idf[lexicon_rows],
        known.pull[lexicon_rows],
        np.array([word in heads for word in rows], bool),
        np.array(sequence, np.int64),
    )
    return words, phrases


#: Between two lines nobody votes for anybody.
_GAP = [-1] * 4


def _blank(match: re.Match[str]) -> str:
    """Return as many line ends as there were characters, so that places stay."""
    return "\n" * len(match[0])


def _gather(
    found: dict[str, _Found],
    text: str,
    tokens: list[str],
    kinds: list[tuple[int, bool, int, str]],
    run: list[tuple[int, int]],
    stop: int,
    line: int,
) -> None:
    """Note every phrase in a run of neighbouring words that ends at ``stop``."""
    last = len(run) - 1
    ends = [start for start, _ in run[1:]] + [stop]
    for i, (start, index) in enumerate(run):
        token = tokens[index]
        kind = kinds[index]
        if kind[0] == _CHAR and token not in _FIRST:
            continue
        for j in range(i, min(i + _LONGEST, last + 1)):
            final = kinds[index + j - i]
            end = ends[j]
            if end - start > _WIDEST:
                break
            if i == j:
                if not kind[1]:
                    continue
            elif final[0] in (_MODIFIER, _VERB) or (
                final[0] == _CHAR and tokens[index + j - i] not in _LAST
            ):
                continue
            term = text[start:end]
            entry = found.get(term)
            if entry is None:
                words = tuple(
                    tokens[k] for k in range(index, index + j - i + 1) if kinds[k][0] != _CHAR
                )
                if not words:
                    continue
                entry = found[term] = _Found(start, words, kind[3] if i == j else "n")
                if j > i:
                    entry.parts = (text[start : ends[j - 1]], text[run[i + 1][0] : end])
            entry.count += 1
            entry.whole += i == 0 and j == last
            if entry.line != line:
                entry.line = line
                entry.lines += 1


def _gather_named(
    found: dict[str, _Found],
    text: str,
    tokens: list[str],
    kinds: list[tuple[int, bool, int, str]],
    starts: dict[int, int],
) -> None:
    """Note what stands in quotes or book-title marks, alone and with the noun that follows it."""
    for match in _NAMED.finditer(text):
        group = match.lastindex or 1
        inside = match[group]
        index = starts.get(match.start(group))
        after = starts.get(match.end())
        if index is None or after is None or _LOOSE.search(inside):
            continue
        parts = tokens[index : after - 1]
        words = tuple(
            part
            for part, kind in zip(parts, kinds[index:], strict=False)
            if kind[0] not in (_BREAK, _CHAR)
        )
        if not words:
            continue
        _note_named(found, inside, match.start(group), words)
        if group == 1 and after < len(kinds) and kinds[after][0] == _NOUN:
            term = match[0] + tokens[after]
            _note_named(found, term, match.start(), (*words, tokens[after]))
            found[term].parts = (inside, tokens[after])


def _note_named(found: dict[str, _Found], term: str, start: int, words: tuple[str, ...]) -> None:
    """Note one thing that is named."""
    entry = found.get(term)
    if entry is None:
        entry = found[term] = _Found(start, words, "n")
        entry.lines = 1
        entry.count += 1
    elif entry.words != words or term[0] == "“" or not entry.whole:
        entry.count += entry.quoted
    entry.quoted = True


def _sift(found: dict[str, _Found], rows: dict[str, int], headline: str) -> list[Phrase]:
    """Keep the phrases that are whole: not scraps of longer ones, not chance neighbours."""
    scraps: set[str] = set()
    for entry in found.values():
        if entry.count > 1 or entry.quoted:
            for part in entry.parts:
                shorter = found.get(part)
                if shorter is not None and entry.count >= _SCRAP * shorter.count:
                    scraps.add(part)
    kept = []
    for term, entry in found.items():
        in_headline = bool(headline) and term in headline
        if term in scraps and not in_headline:
            continue
        chance = entry.count == 1 and not entry.quoted and not in_headline
        if chance and entry.parts and not (entry.whole and len(entry.words) <= 3):
            continue
        words = tuple(dict.fromkeys(rows[word] for word in entry.words if word in rows))
        if not words:
            continue
        kept.append(
            Phrase(term, words, entry.count, entry.first, entry.lines, entry.quoted, entry.tag)
        )
    return kept
