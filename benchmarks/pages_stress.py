"""Measure how fast pages are read, how time grows with them, and whether anything is ever lost.

    python benchmarks/pages_stress.py [--fuzz PAGES] [--from SEED]

Real pages in a row and one endless line, of up to 10 MB; pages of nothing but one kind of short
line, of up to 2.5 MB. With
``--fuzz`` that many mutated pages and random strings are split instead, 1,000 a seed, and checked:
offsets are exact, articles do not overlap, and every character that is not white space is in
exactly one place.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from common import DATA, machine, records, write_result
from pdclassify import Page, split_page
from pdclassify.reading.lines import lines_of

SIZES = (1.25, 2.5, 5, 10)  # megabytes of UTF-8 of text
SHORT = (0.3125, 0.625, 1.25, 2.5)  # of nothing but short lines, up to a million of them
EACH = 1000  # fuzzed pages a seed
ODD = "\n\n\n\r\x00\u2028\ud800。“”（）()\u3000①\U0001f600　图a1\x0c\x85\u200b"


def seconds(text: str) -> float:
    """Return how long a page takes."""
    begin = time.perf_counter()
    split_page(text)
    return time.perf_counter() - begin


def repeated(unit: str, megabytes: float) -> str:
    """Return a page of ``megabytes`` of UTF-8 that repeats ``unit``."""
    size = int(megabytes * 1_000_000)
    each = len(unit.encode())
    return (unit * (size // each + 1))[: round(size * len(unit) / each)]


def growth() -> dict[str, Any]:
    """Return seconds for growing pages, and how many times as long the last takes as the first."""
    pages = [p["text"] for p in records("pages/pages_dev")]
    text = {
        "pages": "\n\n".join(pages),
        "pages without line ends": "".join("".join(pages).split("\n")),
        "one line": "把小事办好，群众才放心。" * 4000,
        "quotes": "“",
        "newlines": "\n",
    }
    short = {
        "short lines": "支部建在楼上\n",
        "headlines": "".join(f"第{n}社区办好身边小事（基层观察）\n" for n in range(4000)),
        "quoted lines": "“”\n",
        "letters": "a\n",
    }
    found: dict[str, Any] = {}
    for sizes, kinds in ((SIZES, text), (SHORT, short)):
        for kind, unit in kinds.items():
            took = [seconds(repeated(unit, size)) for size in sizes]
            row: dict[str, Any] = {
                f"{s:g} MB": round(t, 2) for s, t in zip(sizes, took, strict=True)
            }
            row["times as long, 8 times the size"] = round(took[-1] / took[0], 1)
            row["lines"] = repeated(unit, sizes[-1]).count("\n")
            found[kind] = row
            print(f"{kind:24}", *(f"{k}: {v}" for k, v in row.items()), sep="  ", flush=True)
    found["memory, megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def small() -> dict[str, float]:
    """Return milliseconds of the seed page, read again and again."""
    text = (DATA / "pages" / "seed_page.txt").read_bytes().decode("utf-8")
    seconds(text)
    took = sorted(seconds(text) for _ in range(200))
    return {"median": round(took[100] * 1000, 2), "fastest": round(took[0] * 1000, 2)}


def mutated(pages: list[str], rng: random.Random) -> Iterator[str]:
    """Yield pieces of pages, cut, shuffled and sprinkled with odd characters, and random ones."""
    while True:
        kind = rng.random()
        if kind < 0.1:
            raw = bytes(rng.randrange(256) for _ in range(rng.randrange(400)))
            yield raw.decode(rng.choice(("latin-1", "gb18030")), "replace")
            continue
        if kind < 0.15:
            yield "".join(rng.choices(ODD, k=rng.randrange(300)))
            continue
        page = rng.choice(pages)
        at = rng.randrange(len(page))
        text = list(page[at : at + rng.choice((50, 300, 800, 2000))])
        for _ in range(rng.randrange(30)):
            place = rng.randrange(len(text) + 1)
            text[place : place + rng.choice((0, 0, 1, 20))] = rng.choice(ODD)
        lines = "".join(text).split("\n")
        if rng.random() < 0.3:
            rng.shuffle(lines)
        yield "\n".join(lines)


def faults(text: str, page: Page) -> list[str]:
    """Return what is wrong about a page: each visible character is in exactly one place."""
    wrong = []
    heads: Counter[str] = Counter()
    spans: list[tuple[int, int]] = [*page.leftover]
    for number, article in enumerate(page.articles):
        if article.index != number or not 0 <= article.start <= article.end <= len(text):
            wrong.append(f"article {number}: place {article.start}..{article.end}")
        for segment in article.segments:
            there = text[segment.input_start : segment.input_start + segment.length]
            if there != article.text[segment.text_start : segment.text_start + segment.length]:
                wrong.append(f"article {number}: segment at {segment.input_start}")
        for name in ("column", "kicker", "title", "subtitle", "byline"):
            heads.update(getattr(article, name) or "")
        spans += [(s.input_start, s.input_start + s.length) for s in article.segments]
        spans += article.captions
    bounds = [(article.start, article.end) for article in page.articles]
    wrong += [f"articles {a} and {b} overlap" for a, b in pairwise(bounds) if b[0] < a[1]]
    layout = [*lines_of(text).unseen.tolist(), *(m.span() for m in re.finditer("#{1,6}", text))]
    spans.sort()
    wrong += [f"{a} and {b} overlap" for a, b in pairwise(spans) if b[0] < a[1]]
    told = np.zeros(len(text), dtype=bool)
    for start, end in (*spans, *layout):
        told[start:end] = True
    gaps = "".join(c for c, here in zip(text, told.tolist(), strict=True) if not here)
    missing = Counter("".join(gaps.split()))
    if missing - heads:  # neither text nor caption nor left over: a line of a head
        wrong.append(f"lost: {missing - heads}")
    return wrong


def fuzz(count: int, first: int) -> int:
    """Split mutated pages; return how many were read wrongly."""
    pages = [p["text"] for p in records("pages/pages_dev")]
    bad, begin = 0, time.perf_counter()
    for seed in range(first, first + -(-count // EACH)):
        source = mutated(pages, random.Random(seed))
        for _ in range(min(EACH, count - (seed - first) * EACH)):
            text = next(source)
            try:
                wrong = faults(text, split_page(text))
                if len(text) % 10 == 0 and len(split_page(text, whole=True).articles) != 1:
                    wrong.append("as a whole it is not one article")
            except Exception as error:
                wrong = [repr(error)]
            if wrong:
                bad += 1
                print(f"seed {seed}: {wrong[:3]} in {text[:200]!r}", flush=True)
        print(f"seed {seed} done, {bad} bad, {time.perf_counter() - begin:.0f} s", flush=True)
    return bad


def main() -> None:
    """Measure, print and write the figures; or fuzz."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fuzz", type=int, metavar="PAGES", help="split so many mutated pages")
    parser.add_argument("--from", dest="first", type=int, default=0, help="first seed of them")
    args = parser.parse_args()
    if args.fuzz:
        sys.exit(1 if fuzz(args.fuzz, args.first) else 0)
    result = {"machine": machine(), "seed page, warm, milliseconds": small(), "growth": growth()}
    print("seed page, warm, milliseconds:", result["seed page, warm, milliseconds"])
    write_result(__file__, result)


if __name__ == "__main__":
    main()
