"""The published summarisers for Chinese, where they are installed, each as it comes.

Each ranks the sentences it cuts; they are taken best first while they fit the budget and put in
the order of the text, as ours are. sumy and TextRank4ZH cut words with jieba; TextRank4ZH needs a
function that networkx renamed, so it is given back here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

__all__ = ["PEERS", "installed", "within"]

Ranker = Callable[[str], Sequence[str]]


def within(
    text: str, ranked: Sequence[str], *, sentences: int | None = None, chars: int | None = None
) -> list[tuple[int, int]]:
    """Return where the best sentences that fit the budget stand; the best one cut if none fits."""
    taken: list[tuple[int, int]] = []
    left = chars or 0
    for sentence in ranked:
        start = text.find(sentence)
        if (
            start < 0
            or not sentence
            or any(start < e and s < start + len(sentence) for s, e in taken)
        ):
            continue
        if chars is not None and len(sentence) > left:
            continue
        taken.append((start, start + len(sentence)))
        left -= len(sentence)
        if len(taken) == sentences:
            break
    if not taken and chars is not None and ranked:
        start = max(text.find(ranked[0]), 0)
        taken = [(start, min(start + chars, len(text)))]
    return sorted(taken)


def _sumy(name: str) -> Ranker:
    from importlib import import_module

    from sumy.nlp.tokenizers import Tokenizer
    from sumy.parsers.plaintext import PlaintextParser

    home = import_module(
        {"TextRank": "sumy.summarizers.text_rank", "LexRank": "sumy.summarizers.lex_rank"}[name]
    )
    summarizer = getattr(home, f"{name}Summarizer")()
    tokenizer = Tokenizer("chinese")

    def rank(text: str) -> Sequence[str]:
        found: list[str] = []

        def keep(infos: Any) -> Any:  # sumy hands over its sentences best first
            found.extend(str(info.sentence) for info in infos)
            return infos

        summarizer(PlaintextParser.from_string(text, tokenizer).document, keep)
        return found

    return rank


def _textrank4zh() -> Ranker:
    import networkx

    networkx.from_numpy_matrix = networkx.from_numpy_array
    from textrank4zh import TextRank4Sentence

    def rank(text: str) -> Sequence[str]:
        machine = TextRank4Sentence()
        machine.analyze(text=text, lower=False, source="all_filters")
        return [item.sentence for item in machine.key_sentences]

    return rank


def _snownlp() -> Ranker:
    from snownlp import SnowNLP

    def rank(text: str) -> Sequence[str]:
        return list(SnowNLP(text).summary(1000)) if re.search(r"[\u4e00-\u9fff]", text) else []

    return rank


PEERS: dict[str, Callable[[], Ranker]] = {
    "sumy TextRank": lambda: _sumy("TextRank"),
    "sumy LexRank": lambda: _sumy("LexRank"),
    "TextRank4ZH": _textrank4zh,
    "snownlp": _snownlp,
}


def installed() -> dict[str, Ranker]:
    """Return the peers that can be loaded here, and say which cannot."""
    with suppress(ImportError):
        import jieba

        jieba.setLogLevel(60)
    found = {}
    for name, make in PEERS.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"{name}: not here ({error})")
    return found
