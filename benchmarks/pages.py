"""Measure how well pages are split into articles.

    python benchmarks/pages.py [--folder FOLDER] [--shipped PAGES.jsonl.gz]

Five-fold cross-validation by page: everything that is learned is learned anew for every fold, by
``train_pages.py``, from the other pages, from their articles laid out otherwise, and from pages
laid out from the press corpus without any article of the labelled pages. With ``--shipped`` the
shipped scorer is measured instead, on pages that it has not seen.

What is counted
    boundary: falls between the last paragraph of one article and the first of the next; precision,
        recall and F1 over all pages, and pages with every boundary right and none too many.
    headline: of the article that shares most of its body, the same characters, white space aside;
        over all articles, displaced headlines included.
    displaced: such a headline, given to the article that it belongs to.
    torn: page breaks and wrapped lines inside a paragraph across which one paragraph was found;
        paragraphs no part of which was joined to something else.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from common import DATA, bootstrap, machine, records, write_result
from made_pages import made_pages
from pdclassify import Article, Page, split_page
from pdclassify.reading import boundaries
from train_heads import OTHERS, train_match, train_pairs
from train_pages import PAGES, SETS, Fold, folds, kept, labelled_pages, together, used_by


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
        "pages": 1,
        "page": int(hit == len(gaps) == len(cuts) == true),
        "titles": len(articles),
        "titles_right": 0,
        "away": 0,
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
        result["away"] += away
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


def _rate(right: str, of: str) -> Callable[[np.ndarray], float]:
    a, b = COUNTS.index(right), COUNTS.index(of)
    return lambda rows: float(rows[:, a].sum() / max(rows[:, b].sum(), 1))


def _f1(rows: np.ndarray) -> float:
    hit, cuts, gaps = (rows[:, COUNTS.index(name)].sum() for name in ("hit", "cuts", "gaps"))
    return float(2 * hit / max(cuts + gaps, 1))


#: What is counted of a page.
COUNTS = (
    *("gaps", "cuts", "hit", "page", "pages", "titles", "titles_right", "away"),
    *("displaced_right", "breaks", "joined", "paragraphs", "clean"),
)

#: The figures: what they are of, and how they are found from the counts of pages.
FIGURES: dict[str, tuple[str, Callable[[np.ndarray], float]]] = {
    "boundary_f1": ("gaps", _f1),
    "boundary_precision": ("cuts", _rate("hit", "cuts")),
    "boundary_recall": ("gaps", _rate("hit", "gaps")),
    "pages_right": ("pages", _rate("page", "pages")),
    "headlines": ("titles", _rate("titles_right", "titles")),
    "displaced": ("away", _rate("displaced_right", "away")),
    "torn_joined": ("breaks", _rate("joined", "breaks")),
    "paragraphs_clean": ("paragraphs", _rate("clean", "paragraphs")),
}

#: What the figures should reach at least.
BARS = {
    "boundary_f1": 0.97,
    "pages_right": 0.82,
    "headlines": 0.95,
    "displaced": 0.85,
    "torn_joined": 0.98,
    "paragraphs_clean": 0.995,
}


def counted(rows: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Return the counts of pages as an array, (pages, counts)."""
    return np.array([[row[name] for name in COUNTS] for row in rows], dtype=float)


def summed(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the figures of many pages, and of how many cases they are."""
    counts = counted(rows)
    found: dict[str, float] = {}
    for name, (of, figure) in FIGURES.items():
        if cases := int(counts[:, COUNTS.index(of)].sum()):
            found[name], found[of] = round(figure(counts), 4), cases
    return found


def report(pages: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures of all pages with their intervals, and of every style and publisher."""
    counts = counted(rows)
    intervals = {name: bootstrap(counts, figure) for name, (_, figure) in FIGURES.items()}
    found: dict[str, Any] = {
        **summed(rows),
        "intervals": {n: [round(v, 4) for v in pair] for n, pair in intervals.items()},
    }
    for kind in ("style", "publisher"):
        found[f"by_{kind}"] = {
            value: summed([r for p, r in zip(pages, rows, strict=True) if p[kind] == value])
            for value in sorted({p[kind] for p in pages})
        }
    return found


def print_bars(found: Mapping[str, Any]) -> None:
    """Print the figures beside what they should reach."""
    for name, bar in BARS.items():
        low, high = found["intervals"][name]
        value, cases = found[name], found[FIGURES[name][0]]
        verdict = "reached" if value >= bar else "MISSED"
        print(f"{name:18} {value:.4f} ({low:.4f} to {high:.4f}) of {cases}; bar {bar}: {verdict}")


def cross_validate(pages: Sequence[Mapping[str, Any]], folder: Path | None) -> list[dict[str, Any]]:
    """Measure every page with a scorer that has not seen it."""
    corpus = list(records("press/corpus"))
    rows: list[dict[str, Any]] = [{}] * len(pages)
    for number, fold in enumerate(folds(pages, corpus, folder)):

        def measured(fold: Fold = fold) -> list[dict[str, Any]]:
            others = made_pages(corpus, OTHERS, without=used_by(pages), seed=SETS)
            params = together([fold.layers]) | train_pairs(corpus, fold.hidden)
            boundaries.use(params | train_match(others, params))
            return [measure_page(pages[i], split_page(pages[i]["text"])) for i in fold.pages]

        found = kept(folder, f"measured{number}", measured)
        for i, row in zip(fold.pages, found, strict=True):
            rows[i] = row
        print(f"fold {number}", summed(found), flush=True)
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


def main() -> None:
    """Measure, print and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shipped", type=Path, help="measure the shipped scorer on these pages")
    parser.add_argument("--folder", type=Path, help="keep here what is done, and go on from it")
    args = parser.parse_args()
    pages = labelled_pages(args.shipped or PAGES)
    if args.shipped:
        rows = [measure_page(p, split_page(p["text"])) for p in pages]
        print_bars(report(pages, rows))
        return
    result = {
        "machine": machine("jax"),
        "five_fold": report(pages, cross_validate(pages, args.folder)),
        "seed_page": seed_page(),
    }
    print_bars(result["five_fold"])
    print("seed page, shipped scorer:", "all right" if all(result["seed_page"].values()) else "not")
    write_result(__file__, result)


if __name__ == "__main__":
    main()
