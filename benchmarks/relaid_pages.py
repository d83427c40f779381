"""Measure whether the way in which a page was pasted changes how it comes apart.

    python benchmarks/relaid_pages.py --folder FOLDER

The clean pages of the labelled ones are laid out otherwise: hard-wrapped at widths from 16 to 40
ideographs, with or without indents and blank lines, with half-width marks, with characters that
nobody sees. Each is read by the scorer that has not seen it, from the FOLDER of ``pages.py``, and
measured as there. Nothing is learned from these pages.
"""

from __future__ import annotations

import argparse
import random
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from common import machine, records, write_result
from made_pages import made_pages
from pages import measure_page, summed
from pdclassify import split_page
from pdclassify.reading import boundaries
from train_heads import OTHERS, train_match, train_pairs
from train_pages import PAGES, SETS, folds, labelled_pages, together, used_by

WIDTHS = (16, 18, 20, 22, 24, 26, 28, 30, 32, 36, 40)
NO_START = "，。；：！？、）》”’」』】…—％,.;:!?)"

#: What is done to a page: ``wrap`` by characters or half ideographs, ``indent`` of paragraphs (or
#: of ``some``), blank lines ``between`` paragraphs, around ``heads`` and after every line.
LAYOUTS: dict[str, dict[str, Any]] = {
    "blank lines": {"between": 1, "heads": 1},
    "neither indents nor blank lines": {},
    "indents on some paragraphs": {"indent": "　　", "some": True, "between": 1, "heads": 1},
    "marks in half width": {"between": 1, "heads": 1, "half": "，：；（）！？"},
    "commas in half width": {"between": 1, "heads": 1, "half": "，"},
    "wrapped, blank lines": {"wrap": "characters", "between": 1, "heads": 1},
    "wrapped, indents": {"wrap": "columns", "indent": "　　", "heads": 1},
    "wrapped, indents, nothing around heads": {"wrap": "characters", "indent": "　　"},
    "wrapped, indents and blank lines": {
        **{"wrap": "columns", "indent": "    ", "between": 1, "heads": 1}
    },
    "wrapped, indents on some": {
        **{"wrap": "characters", "indent": "　　", "some": True, "between": 1, "heads": 1}
    },
    "wrapped, double-spaced, indents": {
        **{"wrap": "characters", "indent": "　　", "between": 1, "heads": 1, "every": 1}
    },
    "wrapped, neither": {"wrap": "columns"},
}


def cuts_of(line: str, wrap: str | None, width: int) -> list[int]:
    """Return where a line is cut; by columns, no mark begins one."""
    if wrap is None:
        return []
    if wrap == "characters":
        return list(range(width, len(line), width))
    cuts, used = [], 0
    for at, character in enumerate(line):
        size = 2 if ord(character) >= 0x2010 else 1
        if used + size > 2 * width:
            cuts.append(at - (character in NO_START and line[at - 1] not in NO_START))
            used = sum(2 if ord(c) >= 0x2010 else 1 for c in line[cuts[-1] : at])
        used += size
    return cuts


def relaid(page: Mapping[str, Any], layout: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return a labelled page in another layout, its labels moved along."""
    rng = random.Random(seed)
    width, half = rng.choice(WIDTHS), layout.get("half", "")
    marks = str.maketrans(half, half.translate(str.maketrans("，：；（）！？", ",:;()!?")))
    bodies = [span for article in page["articles"] for span in article["body"]]
    text, place, before = "", {}, False
    for found in re.finditer(r"\S(?:[^\n]*\S)?", page["text"]):
        body = any(start < found.end() and found.start() < end for start, end in bodies)
        indented = body and (not layout.get("some") or rng.random() < 0.4)
        indent = layout.get("indent", "") if indented else ""
        if text:
            blank = layout.get("between", 0) if body and before else layout.get("heads", 0)
            text += "\n" * (1 + blank)
        line = indent + found[0]
        edges = [0, *cuts_of(line, layout.get("wrap"), width), len(line)]
        for number, (low, high) in enumerate(pairwise(edges)):
            text += "\n" * (1 + layout.get("every", 0)) if number else ""
            for at in range(max(low, len(indent)), high):
                place[found.start() + at - len(indent)] = len(text) + at - low
            text += line[low:high].translate(marks)
        before = body
    there = sorted(place)

    def moved(start: int, end: int) -> list[int]:
        first, last = bisect_left(there, start), bisect_left(there, end) - 1
        return [place[there[first]], place[there[last]] + 1]

    articles = []
    for article in page["articles"]:
        start, end = moved(article["start"], article["end"])
        spans = {
            "title_at": moved(*article["title_at"]),
            "body": [moved(*span) for span in article["body"]],
        }
        articles.append({**article, **spans, "start": start, "end": end})
    return {**page, "text": text, "articles": articles}


def scorers(folder: Path, pages: list[dict[str, Any]]) -> Iterator[tuple[list[int], Any]]:
    """Yield the pages that each fold's scorer has not seen, by number, and its layers."""
    corpus = list(records("press/corpus"))
    for fold in folds(pages, corpus, folder):
        others = made_pages(corpus, OTHERS, without=used_by(pages), seed=SETS)
        params = together([fold.layers]) | train_pairs(corpus, fold.hidden)
        yield fold.pages.tolist(), params | train_match(others, params)


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="that of pages.py")
    pages = labelled_pages(PAGES)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in LAYOUTS}
    for numbers, layers in scorers(parser.parse_args().folder, pages):
        boundaries.use(layers)
        for i in numbers:
            if pages[i]["style"] != "clean":
                continue
            for name, layout in LAYOUTS.items():
                page = relaid(pages[i], layout, i)
                rows[name].append(measure_page(page, split_page(page["text"])))
    boundaries.use(None)
    found = {name: summed(measured) for name, measured in rows.items()}
    for name, row in found.items():
        print(f"{name:40}", *(f"{k} {v}" for k, v in row.items() if isinstance(v, float)))
    write_result(__file__, {"machine": machine(), "layouts": found})


if __name__ == "__main__":
    main()
