"""Measure what the machine allows, and what share of it prediction reaches.

Every step is measured on the same articles, one thread, in nanoseconds a character: decoding UTF-8,
one pass over the buffer, finding the n-grams, counting them, and the whole prediction.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np

import pdclassify
from common import machine, records, write_result
from pdclassify.article import Article
from pdclassify.text.characters import encode
from pdclassify.topics.vocabulary import batches

REPEATS = 15


def fastest(work: Callable[[], Any]) -> float:
    """Return the least CPU seconds of some repeats, after one that warms up."""
    work()
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Measure, write limits.json, and print it."""
    labelled = [r for r in records("topics/dev") if 800 <= len(r["text"]) <= 1250][:2048]
    articles = [Article(text=r["text"], title=r["title"]) for r in labelled]
    texts = [article.text for article in articles]
    raw = [text.encode() for text in texts]
    model = pdclassify.load()
    layer = next(one for one in model.layers if one.features.field.name != "headline")
    vocabulary, longest = layer.features.vocabulary, layer.features.field.lengths[1]
    pieces = [texts[start:end] for start, end in batches(texts)]
    joined = ["\n".join(piece) for piece in pieces]
    encoded = [vocabulary.encode(text).codes for text in joined]
    points = [np.frombuffer(text.encode("utf-32-le"), np.uint32) for text in joined]
    steps: dict[str, Callable[[], Any]] = {
        "decode UTF-8": lambda: [data.decode() for data in raw],
        "one pass over the code points (maximum)": lambda: [p.max() for p in points],
        "fold to 16-bit codes": lambda: [encode(text) for text in joined],
        "find the n-grams": lambda: [list(vocabulary.occurrences(c, longest)) for c in encoded],
        "count them": lambda: [vocabulary.count(piece, longest) for piece in pieces],
        "weigh them": lambda: [layer.features.weighted(piece) for piece in pieces],
        "add up the body's scores": lambda: layer.scores(texts),
        "predict": lambda: model.predict(articles),
    }
    characters = sum(map(len, texts))
    size = sum(map(len, raw))
    found = {name: fastest(work) for name, work in steps.items()}
    result = {
        "machine": machine(),
        "articles": len(articles),
        "characters_per_article": characters / len(articles),
        "steps": {
            name: {
                "ns_per_character": taken / characters * 1e9,
                "megabytes_per_second": size / taken / 1e6,
                "share_of_predict": taken / found["predict"],
            }
            for name, taken in found.items()
        },
        "articles_per_second": len(articles) / found["predict"],
        "matcher_alone_articles_per_second": len(articles) / found["find the n-grams"],
    }
    write_result(__file__, result)
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
