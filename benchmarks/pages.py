"""Measure how well pages are split into articles, and how fast.

    python benchmarks/pages.py [PAGES.jsonl.gz] [--shipped] [--speed]

Five-fold cross-validation by page: the scorer is trained anew for every fold, on the other pages
and on pages laid out from the press corpus without any article of the labelled pages. With
``--shipped`` the shipped scorer is measured instead, which is fair only on pages it has not seen.

What is counted
    boundary: falls between the last paragraph of one article and the first of the next; precision,
        recall and F1 over all pages, and pages with every boundary right and none too many.
    headline: of the article that shares most of its body, the same characters, white space aside;
        over all articles, displaced headlines included.
    displaced: such a headline, given to the article that it belongs to.
    torn: page breaks inside a paragraph (style ``broken``; ``wrapped`` lines apart) across which
        one paragraph was found; paragraphs no part of which was joined to something else.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from common import DATA, bootstrap, machine, records, write_result
from pdclassify import Article, Page, split_page
from pdclassify.reading import boundaries


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _overlap(article: Article, body: Sequence[Sequence[int]]) -> int:
    """Return how many characters of a gold body are in an article's paragraphs."""
    total, spans, at = 0, article.paragraphs, 0
    for start, end in body:
        while at < len(spans) and spans[at].end <= start:
            at += 1
        here = at
        while here < len(spans) and spans[here].start < end:
            total += min(end, spans[here].end) - max(start, spans[here].start)
            here += 1
    return total


def measure_page(gold: Mapping[str, Any], found: Page) -> dict[str, Any]:
    """Return what is right and wrong about one page, as counts."""
    text, articles = gold["text"], gold["articles"]
    gaps = [(a["body"][-1][1], b["body"][0][0]) for a, b in pairwise(articles)]
    cuts = [a.start for a in found.articles[1:]]
    hit = sum(any(low <= cut <= high for cut in cuts) for low, high in gaps)
    true = sum(any(low <= cut <= high for low, high in gaps) for cut in cuts)
    result: dict[str, Any] = {
        "gaps": len(gaps),
        "cuts": len(cuts),
        "hit": hit,
        "page": int(hit == len(gaps) == len(cuts) == true),
        "titles": len(articles),
        "titles_right": 0,
        "displaced": 0,
        "displaced_right": 0,
        "wrong": [],
    }
    shares = np.array([[_overlap(a, g["body"]) for a in found.articles] for g in articles])
    for n, article in enumerate(articles):
        away = bool(article.get("displaced"))
        at, to = article["title_at"]
        if shares.size and shares[n].max() > 0:
            best = int(shares[n].argmax())
            guess = found.articles[best]
            same = _squeezed(guess.title or "") == _squeezed(text[at:to])
            right = same and int(shares[:, best].argmax()) == n
        else:
            right, guess = False, None
        result["titles_right"] += right
        result["displaced"] += away
        result["displaced_right"] += away and right
        if not right:
            result["wrong"].append((n, guess.title if guess else None))
    paragraph_of: dict[int, int] = {}
    starts = [p.start for a in found.articles for p in a.paragraphs]
    ends = [p.end for a in found.articles for p in a.paragraphs]
    owner: list[set[int]] = [set() for _ in starts]
    result["breaks"] = result["joined"] = 0
    pieces: list[list[int]] = []
    lines = [(m.start(), m.end()) for m in re.finditer(r"\S(?:[^\n]*\S)?", text)]
    bodies = sorted((s, e) for a in articles for s, e in a["body"])
    at = 0
    for number, (start, end) in enumerate(lines):
        while at < len(bodies) and bodies[at][1] <= start:
            at += 1
        inside = at < len(bodies) and bodies[at][0] < end
        which = at if inside else -1 - number
        place = int(np.searchsorted(starts, start, side="right")) - 1
        predicted = place if place >= 0 and start < ends[place] else -1
        if predicted >= 0:
            owner[predicted].add(which)
        if inside:
            if pieces and paragraph_of.get(len(pieces) - 1) == which:
                result["breaks"] += 1
                result["joined"] += predicted >= 0 and pieces[-1][-1] == predicted
                pieces[-1].append(predicted)
            else:
                paragraph_of[len(pieces)] = which
                pieces.append([predicted])
    result["paragraphs"] = len(pieces)
    result["clean"] = sum(all(p < 0 or len(owner[p]) == 1 for p in ps) for ps in pieces)
    return result


def summed(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of many pages."""
    total = {k: sum(r[k] for r in rows) for k in rows[0] if k != "wrong"}
    hit, cuts, gaps = total["hit"], total["cuts"], total["gaps"]
    return {
        "pages": len(rows),
        "articles": total["titles"],
        "boundary_f1": round(2 * hit / max(cuts + gaps, 1), 4),
        "boundary_precision": round(hit / max(cuts, 1), 4),
        "boundary_recall": round(hit / max(gaps, 1), 4),
        "pages_right": round(total["page"] / len(rows), 4),
        "headlines": round(total["titles_right"] / total["titles"], 4),
        "displaced": round(total["displaced_right"] / max(total["displaced"], 1), 4),
        "displaced_count": total["displaced"],
        "torn_joined": round(total["joined"] / max(total["breaks"], 1), 4),
        "torn_count": total["breaks"],
        "paragraphs_clean": round(total["clean"] / max(total["paragraphs"], 1), 4),
    }


def report(pages: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of all pages and of every style."""
    styles = sorted({p["style"] for p in pages})
    by_style = {
        s: summed([r for p, r in zip(pages, rows, strict=True) if p["style"] == s]) for s in styles
    }
    counts = np.array([[r["hit"], r["cuts"], r["gaps"], r["page"], 1] for r in rows], float)
    f1 = bootstrap(counts, lambda c: float(2 * c[:, 0].sum() / (c[:, 1] + c[:, 2]).sum()))
    right = bootstrap(counts, lambda c: float(c[:, 3].mean()))
    return {
        "all": summed(rows),
        "intervals": {"boundary_f1": f1, "pages_right": right},
        "by_style": by_style,
    }


def cross_validate(
    pages: Sequence[Mapping[str, Any]], *, made: int, epochs: int, members: int, folds: int = 5
) -> list[dict[str, Any]]:
    """Measure every page with a scorer that has not seen it."""
    from made_pages import made_pages
    from train_pages import examples, rarities, stacked, train, train_match

    used = {a["id"] for p in pages for a in p["articles"]}
    corpus = list(records("press/corpus"))
    rarity = rarities(a for a in corpus if a["id"] not in used)
    laid_out = [
        examples(made_pages(corpus, made, without=used, seed=m), rarity) for m in range(members)
    ]
    others = list(made_pages(corpus, 3000, without=used, seed=members))
    labelled = [examples([p], rarity) for p in pages]
    rows: list[dict[str, Any]] = [{}] * len(pages)
    fold_of = np.random.default_rng(0).permutation(len(pages)) % folds
    for fold in range(folds):
        seen = [e for p, f in zip(labelled, fold_of, strict=True) if f != fold for e in p]
        params = stacked(
            [
                train(seen, more, epochs=epochs, seed=m, quiet=True)
                for m, more in enumerate(laid_out)
            ]
        )
        params["rarity"] = rarity
        params |= train_match(others, params)
        boundaries.use({k: v.astype(np.float32) for k, v in params.items()})
        for i in np.flatnonzero(fold_of == fold):
            rows[i] = measure_page(pages[i], split_page(pages[i]["text"]))
        print(
            f"fold {fold}", summed([rows[i] for i in np.flatnonzero(fold_of == fold)]), flush=True
        )
    boundaries.use(None)
    return rows


def seed_page() -> dict[str, bool]:
    """Return what is right about the seed page."""
    text = (DATA / "pages" / "seed_page.txt").read_bytes().decode("utf-8")
    gold = json.loads((DATA / "pages" / "seed_page.json").read_text(encoding="utf-8"))
    found = split_page(text).articles
    right = {"articles": len(found) == len(gold["articles"])}
    for n, (a, g) in enumerate(zip(found, gold["articles"], strict=False)):
        right[f"{n} title"] = (a.title, [a.title_start, a.title_end]) == (g["title"], g["title_at"])
        right[f"{n} displaced"] = a.title_displaced == bool(g.get("displaced"))
        for name in ("column", "kicker", "byline"):
            right[f"{n} {name}"] = getattr(a, name) == g.get(name)
        right[f"{n} place"] = g["start"] <= a.start < a.end <= g["end"]
        captions = [text[s:e] for s, e in a.captions]
        right[f"{n} captions"] = len(captions) == 2 * ("captions" in g)
    paragraphs = [p for a in found for p in a.paragraphs]
    for start, end in gold["joins"]:
        right[f"join {start}"] = any(p.start < start and end < p.end for p in paragraphs)
    right["nothing else joined"] = sum("\n" in text[p.start : p.end] for p in paragraphs) == len(
        gold["joins"]
    )
    return right


def _seconds(text: str, action: Callable[[str], Any] = split_page) -> float:
    begin = time.perf_counter()
    action(text)
    return round(time.perf_counter() - begin, 3)


def speed(pages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return seconds for growing pages, natural and perverse, by megabytes of UTF-8."""
    whole = "\n\n".join(p["text"] for p in pages)
    kinds = {
        "pages": whole,
        "short lines": "支部建在楼上\n" * 4000,
        "headlines": "".join(f"第{n}社区办好身边小事（基层观察）\n" for n in range(4000)),
        "letters": "a\n" * 20000,
        "quotes": "“" * 20000,
        "quoted lines": "“”\n" * 8000,
        "newlines": "\n" * 50000,
        "one line": "把小事办好。" * 8000,
    }
    seed = (DATA / "pages" / "seed_page.txt").read_text(encoding="utf-8")
    split_page(seed)
    warm = sorted(_seconds(seed) for _ in range(50))
    result: dict[str, Any] = {"seed page, warm, milliseconds": warm[25] * 1000}
    for kind, unit in kinds.items():
        row = {}
        for megabytes in (1.25, 2.5, 5, 10):
            size = int(megabytes * 1_000_000)
            bytes_each = len(unit.encode()) / len(unit)
            text = (unit * (int(size / len(unit.encode())) + 1))[: int(size / bytes_each)]
            row[f"{megabytes:g} MB"] = _seconds(text)
        result[kind] = row
        print(kind, row, flush=True)
    return result


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="?", type=Path, default=DATA / "pages/pages_dev.jsonl.gz")
    parser.add_argument("--shipped", action="store_true", help="measure the shipped scorer")
    parser.add_argument("--speed", action="store_true", help="only measure the speed")
    parser.add_argument("--made", type=int, default=8000)
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--members", type=int, default=3)
    args = parser.parse_args()
    with gzip.open(args.pages, "rt", encoding="utf-8") as lines:
        pages = [json.loads(line) for line in lines]
    result: dict[str, Any] = {"machine": machine("jax")}
    if not args.speed:
        if args.shipped:
            rows = [measure_page(p, split_page(p["text"])) for p in pages]
        else:
            rows = cross_validate(pages, made=args.made, epochs=args.epochs, members=args.members)
        result["by page, five folds" if not args.shipped else "shipped"] = report(pages, rows)
        result["seed page"] = seed_page()
    result["speed"] = speed(pages)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if not args.speed and not args.shipped:
        write_result(__file__, result)


if __name__ == "__main__":
    main()
