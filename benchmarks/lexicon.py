"""Build the word statistics that keywords and summaries weigh words by.

    python benchmarks/lexicon.py                       # from the corpus beside the project
    python benchmarks/lexicon.py records.jsonl.gz …    # from any records (.jsonl, .csv, folders …)

Writes ``src/pdclassify/summary/lexicon.npz``; the same records give the same bytes.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from common import ROOT, records
from pdclassify.summary.lexicon import BASE, IDF_STEP, LOG_STEP, PULL_STEP
from pdclassify.text.tokens import party_words, tokenizer

#: A word stands in the table if this many articles hold it; rarer ones get the highest IDF.
FEWEST = 5
#: Pseudo-articles that draw a rare word's headline share towards the average.
PRIOR = 20.0
#: Dictionaries call much a noun that the press uses as a verb (书写), and the reverse (治理). A verb
#: whose places speak for a noun by so much more than against, as a share, is one; a noun that the
#: dictionary has for both must not lose; a noun that stands as only verbs do so often is a verb.
NOMINAL, EITHER, VERBAL = 0.2, 0.0, 0.2
#: A verb that so often has nothing after it says something by itself (停火, and not 进入).
ALONE = 0.3
_NOTHING = frozenset("，。、；：！？”》）\n的和与及等后时前中")
_BEFORE_NOUNS = frozenset("的、和与及")
_BEFORE_VERBS = frozenset("地将会要能可不已正被把让")
_AFTER_VERBS = frozenset("了着过")
#: What ends so is a noun, whatever the dictionary says (合作社, 发言人).
_ENDS_NOUN = tuple("人者员长手家会社区展党国省市县村厂店馆院所站性化度率品件机器车船费税款法案区带")
#: Two words that stand side by side so often in all are known for it, but for those that stand
#: beside anything, by their parts of speech.
FEWEST_JOINED = 8
_LOOSE = frozenset("pcudrmqyeoft")
#: Nouns of all sorts are ``n``, but for persons, places and organisations.
_COARSE = {"vn": "N", "an": "n", "j": "n", "ad": "d", "nr": "P", "ns": "G", "nt": "O"}
_WORD = re.compile(r"(?=.*[\u4e00-\u9fffA-Za-z])[\u4e00-\u9fffA-Za-z0-9+\-.]{1,12}")


def build(documents: Iterable[tuple[str, str]]) -> dict[str, np.ndarray]:
    """Count words in pairs of headline and text, and return the arrays of the table."""
    cut = tokenizer().cut
    held: Counter[str] = Counter()
    said: Counter[str] = Counter()
    joined: Counter[tuple[str, str]] = Counter()
    headed: Counter[str] = Counter()
    bodies: Counter[str] = Counter()  # the articles with a headline, which alone can tell
    total = 0
    tags = _tags()
    uses = {word: [0, 0, 0, 0] for word, tag in tags.items() if tag in "nNvlP" and len(word) > 1}
    for headline, text in documents:
        line = cut(text)
        words = set(line)
        for before, word, after in zip(line, line[1:], line[2:], strict=False):
            if word in uses:
                _see(uses[word], before, tags.get(before, "x"), after, tags.get(after, "x"))
        held.update(words)
        said.update(line)
        joined.update(pairwise(line))
        total += 1
        if headline:
            bodies.update(words)
            headed.update(words & set(cut(headline)))
    kept = sorted(w for w, n in held.items() if n >= FEWEST and _WORD.fullmatch(w))
    share = sum(headed[w] for w in kept) / max(sum(bodies[w] for w in kept), 1)
    for word, (noun, loose, verb, alone) in uses.items():
        tags[word] = _settle(tags[word], noun - loose, verb, alone, said[word] + 10)
    frequency = np.array([held[w] for w in kept], float)
    in_head = np.array([headed[w] for w in kept], float)
    in_body = np.array([bodies[w] for w in kept], float)
    idf = np.log(total / frequency)
    pull = np.log((in_head + PRIOR * share) / (in_body + PRIOR) / share)
    number = {word: row for row, word in enumerate(kept) if tags.get(word, "x") not in _LOOSE}
    pairs = {
        number[a] * len(kept) + number[b]: n
        for (a, b), n in joined.items()
        if n >= FEWEST_JOINED and a in number and b in number
    }
    keys = np.array(sorted(pairs))
    return {
        "said": _logs([said[w] for w in kept]),
        "pairs": np.diff(keys, prepend=0).astype(np.uint32),
        "joined": _logs([pairs[key] for key in keys.tolist()]),
        "words": np.frombuffer("\n".join(kept).encode(), np.uint8),
        "idf": np.clip(np.rint(idf / IDF_STEP), 0, 255).astype(np.uint8),
        "pull": np.clip(np.rint((pull - BASE) / PULL_STEP), 0, 255).astype(np.uint8),
        "tags": np.frombuffer("".join(tags.get(w, "x") for w in kept).encode(), np.uint8),
        "articles": np.array([total]),
    }


def _see(use: list[int], before: str, tag: str, after: str, next_tag: str) -> None:
    """Count whether a word stands as nouns do, as verbs do, and as only verbs do."""
    only = (tag == "d" or before in _BEFORE_VERBS) + (after in _AFTER_VERBS)
    use[0] += tag in "nNGOPb" or before in _BEFORE_NOUNS
    use[1] += tag in "dpr" or before in _BEFORE_VERBS or before in "，。"
    use[1] += 2 * (after in _AFTER_VERBS or next_tag in "mr")
    use[2] += only
    use[3] += after in _NOTHING


def _settle(tag: str, noun: int, verb: int, alone: int, seen: int) -> str:
    """Return ``n``, ``N`` for a verb's name, ``V`` for a verb that can stand alone, or ``v``."""
    if tag in "nP" and verb <= VERBAL * seen:
        return tag
    if tag in "Nvl" and noun >= (EITHER if tag == "N" else NOMINAL) * seen:
        return "N"
    return "V" if alone > ALONE * seen and tag != "l" else "v"


def _logs(counts: list[int]) -> np.ndarray:
    """Return the logs of counts, in bytes."""
    return np.rint(np.log(counts) / LOG_STEP).astype(np.uint8)


def _tags() -> dict[str, str]:
    """Return the part of speech of each dictionary word; ours are tagged by their last part."""
    stock = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    tags = {}
    for word, _, tag in (line.split(" ") for line in stock.strip().split("\n")):
        tags[word] = _COARSE.get(tag[:2], _COARSE.get(tag, tag[0]))
    plain = {word for word, tag in tags.items() if tag == "n" and len(word) == 2}
    for word, tag in tags.items():
        # A set phrase that ends in a noun (专项资金).
        if (tag == "l" and word[-2:] in plain) or (
            tag in "vl" and len(word) > 2 and word.endswith(_ENDS_NOUN)
        ):
            tags[word] = "n"
    return tags | dict.fromkeys(party_words(), "n")


def headline(record: dict[str, Any]) -> str:
    """Return kicker, title and subtitle of a record, one a line."""
    return "\n".join(record[k] for k in ("kicker", "title", "subtitle") if record.get(k))


def main(inputs: list[str]) -> None:
    """Build the table and say how large it is."""
    if inputs:
        from pdclassify import Article, read

        found = (a for a in read(inputs, whole=True) if isinstance(a, Article))
        table = build((article.headline, article.text) for article in found)
    else:
        table = build((headline(r), r["text"]) for r in records("press/corpus"))
    path = Path(ROOT) / "src" / "pdclassify" / "summary" / "lexicon.npz"
    np.savez_compressed(path, **table)
    print(
        f"{path}: {len(table['idf'])} words of {table['articles'][0]} articles, "
        f"{path.stat().st_size / 1024:.0f} KiB"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
