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
from pathlib import Path
from typing import Any

import numpy as np

from common import ROOT, records
from pdclassify.summary.lexicon import BASE, IDF_STEP, PULL_STEP
from pdclassify.text.tokens import party_words, tokenizer

#: A word stands in the table if this many articles hold it; rarer ones get the highest IDF.
FEWEST = 5
#: Pseudo-articles that draw a rare word's headline share towards the average.
PRIOR = 20.0
#: A verb that is followed as nouns are this share of the time, after a noun, is used as one (治理).
NOMINAL = 0.08
_AFTER_NOUNS = frozenset("的、和与等及”》") | {
    "机制",
    "体系",
    "制度",
    "工作",
    "能力",
    "水平",
    "中心",
}
_AFTER_VERBS = frozenset("了着过")
#: Nouns of all sorts are ``n``, but for persons, places and organisations.
_COARSE = {"vn": "n", "an": "n", "j": "n", "ad": "d", "nr": "P", "ns": "G", "nt": "O"}
_WORD = re.compile(r"(?=.*[\u4e00-\u9fffA-Za-z])[\u4e00-\u9fffA-Za-z0-9+\-.]{1,12}")


def build(documents: Iterable[tuple[str, str]]) -> dict[str, np.ndarray]:
    """Count words in pairs of headline and text, and return the arrays of the table."""
    cut = tokenizer().cut
    held: Counter[str] = Counter()
    headed: Counter[str] = Counter()
    bodies: Counter[str] = Counter()  # the articles with a headline, which alone can tell
    total = 0
    tags = _tags()
    nominal: Counter[str] = Counter()
    verbal: Counter[str] = Counter()
    for headline, text in documents:
        line = cut(text)
        words = set(line)
        for before, word, after in zip(line, line[1:], line[2:], strict=False):
            if tags.get(word) == "v":
                verbal[word] += 1
                tag = tags.get(after, "x")
                nominal[word] += after in _AFTER_NOUNS and tags.get(before, "x") in "nGPOvb"
                nominal[word] -= after in _AFTER_VERBS or tag == "m"
        held.update(words)
        total += 1
        if headline:
            bodies.update(words)
            headed.update(words & set(cut(headline)))
    kept = sorted(w for w, n in held.items() if n >= FEWEST and _WORD.fullmatch(w))
    share = sum(headed[w] for w in kept) / max(sum(bodies[w] for w in kept), 1)
    for word, seen in verbal.items():
        if nominal[word] > NOMINAL * (seen + 20):
            tags[word] = "n"
    frequency = np.array([held[w] for w in kept], float)
    in_head = np.array([headed[w] for w in kept], float)
    in_body = np.array([bodies[w] for w in kept], float)
    idf = np.log(total / frequency)
    pull = np.log((in_head + PRIOR * share) / (in_body + PRIOR) / share)
    return {
        "words": np.frombuffer("\n".join(kept).encode(), np.uint8),
        "idf": np.clip(np.rint(idf / IDF_STEP), 0, 255).astype(np.uint8),
        "pull": np.clip(np.rint((pull - BASE) / PULL_STEP), 0, 255).astype(np.uint8),
        "tags": np.frombuffer("".join(tags.get(w, "x") for w in kept).encode(), np.uint8),
        "articles": np.array([total]),
    }


def _tags() -> dict[str, str]:
    """Return the part of speech of each dictionary word; ours are tagged by their last part."""
    stock = resources.files("jieba").joinpath("dict.txt").read_text(encoding="utf-8")
    tags = {}
    for word, _, tag in (line.split(" ") for line in stock.strip().split("\n")):
        tags[word] = _COARSE.get(tag[:2], _COARSE.get(tag, tag[0]))
    plain = {word for word, tag in tags.items() if tag == "n" and len(word) == 2}
    for word, tag in tags.items():
        if tag == "l" and word[-2:] in plain:  # a set phrase that ends in a noun (专项资金)
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
