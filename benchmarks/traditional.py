"""Whether texts in the characters of Hong Kong and Taiwan have the topics of their simplified copies.

``python benchmarks/traditional.py``. OpenCC writes the labelled articles in traditional characters, in
three standards and, last, with Taiwan's words too; the shipped model tells the topics of both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from opencc import OpenCC

import pdclassify
from common import machine, records, write_result
from pdclassify import Article, TopicPrediction

STANDARDS = {
    "s2t": "OpenCC's own standard",
    "s2hk": "Hong Kong's",
    "s2tw": "Taiwan's",
    "s2twp": "Taiwan's, with its words",
}


def articles() -> list[Article]:
    """Return the labelled articles."""
    names = ("text", "title", "kicker", "subtitle")
    return [
        Article(**{name: record[name] for name in names if record.get(name)})
        for record in records("topics/dev")
    ]


def written(article: Article, convert: Callable[[str], str]) -> Article:
    """Return an article in other characters."""
    lines = {name: getattr(article, name) for name in ("text", "title", "kicker", "subtitle")}
    return replace(article, **{name: convert(line) for name, line in lines.items() if line})


def compared(plain: list[TopicPrediction], copies: list[TopicPrediction]) -> dict[str, Any]:
    """Return how often the topics are the same, and how far the probabilities are apart."""
    same = np.array([one.topics == copy.topics for one, copy in zip(plain, copies, strict=True)])
    some = np.array([bool(one.topics) for one in plain])
    apart = [
        abs(one.probabilities[topic] - copy.probabilities[topic])
        for one, copy in zip(plain, copies, strict=True)
        for topic in one.probabilities
    ]
    return {
        "same_topics": round(float(same.mean()), 4),
        "same_topics_where_there_are_some": round(float(same[some].mean()), 4),
        "mean_difference_of_probabilities": round(float(np.mean(apart)), 5),
    }


def main() -> None:
    """Print the table and write it beside this script."""
    model = pdclassify.load()
    given = articles()
    plain = model.predict(given)
    found = {}
    print("| written in | same topics | where there are some | probabilities apart by |")
    print("|---|---|---|---|")
    for name, said in STANDARDS.items():
        convert = OpenCC(name).convert
        found[name] = compared(plain, model.predict([written(one, convert) for one in given]))
        same, some, apart = found[name].values()
        print(f"| {said} ({name}) | {same:.2%} | {some:.2%} | {apart:.5f} |")
    write_result(__file__, {"articles": len(given), "found": found, "machine": machine("opencc")})


if __name__ == "__main__":
    main()
