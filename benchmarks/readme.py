"""Write the README's figures from the results beside the scripts, and its example from a run.

    python benchmarks/readme.py [--check]

With ``--check`` nothing is written; the exit code says whether the README tells what is so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
PAGE = "examples/page.txt"
TABLE = re.compile(r"(<!-- figures: .*? -->\n).*?(<!-- end of figures -->)", re.DOTALL)

EXAMPLE = re.compile(r"(<!-- example: .*? -->\n```text\n).*?(```\n)", re.DOTALL)
SHOWN = (0, 2)  # of the example page's articles: the first, and the one whose headline stood apart

Result = dict[str, Any]


def interval(value: float, pair: Sequence[float], digits: int = 3) -> str:
    """Return a figure with its 95 % interval."""
    low, high = pair
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def five_fold(name: str) -> Callable[[Result], str]:
    """Return what reads a figure of the five folds with its interval."""
    return lambda r: interval(r["five_fold"][name], r["five_fold"]["intervals"][name])


def left_out(result: Result) -> str:
    """Return what leaving each publisher out costs."""
    return ", ".join(
        f"{publisher} {row['left_out']:.3f} ({row['five_fold']:.3f})"
        for publisher, row in result["publishers"].items()
    )


def against_lead(name: str) -> Callable[[Result], str]:
    """Return what reads a ROUGE figure, and what the first sentences reach."""
    return lambda r: f"{r[name]['ours'][0]:.1f} ({r[name]['lead'][0]:.1f})"


def per_topic(result: Result) -> str:
    """Return F1 of each topic."""
    rows = result["five_fold"]["per_topic"]
    return ", ".join(f"{topic} {row['f1']:.3f}" for topic, row in rows.items())


def keyword_f1(result: Result) -> str:
    """Return how well ten words of keywords tell a headline's words without it, beside jieba."""
    systems, what = result["systems"], "headline, first ten words"
    ours, jieba = (systems[name][what]["f1"] for name in ("pdclassify", JIEBA))
    return f"{interval(ours[0], ours[1:], 2)}; jieba {jieba[0]:.2f}"


JIEBA = "jieba.analyse.extract_tags"

#: What, the script that measures it, and where its result holds it. Rows of scripts that have not
#: been run are left out.
ROWS: tuple[tuple[str, str, Callable[[Result], str]], ...] = (
    ("Topics, five folds of 8,620 articles: macro-F1", "topics", five_fold("macro_f1")),
    ("… F1 of each topic", "topics", per_topic),
    ("… all topics of an article exactly right", "topics", five_fold("accuracy")),
    ("… expected calibration error", "topics", lambda r: f"{r['five_fold']['ece']:.3f}"),
    (
        "… rows drawn at random: micro-F1; false topics on articles without one",
        "topics",
        lambda r: f"{r['random']['micro_f1']:.2f}; {r['random']['false_topics']:.1%}",
    ),
    (
        "… trained to 2023, tested on 2026 (five folds, same rows)",
        "topics",
        lambda r: f"{r['over_time']['macro_f1']:.3f} ({r['over_time']['five_fold_same_rows']:.3f})",
    ),
    ("… tested on a publisher never seen (five folds, same rows)", "topics", left_out),
    (
        "… primary topic of articles with two",
        "topics",
        lambda r: f"{r['primary']['rule']:.2f}",
    ),
    (
        "Topics of users' own: THUCNews titles, ten classes, accuracy",
        "public_sets",
        lambda r: interval(r["thucnews"]["accuracy"], r["thucnews"]["interval"]),
    ),
    ("Pages, five folds of 500: article boundaries, F1", "pages", five_fold("boundary_f1")),
    ("… pages with every boundary right", "pages", five_fold("pages_right")),
    ("… headlines exactly right", "pages", five_fold("headlines")),
    ("… displaced headlines given to their articles", "pages", five_fold("displaced")),
    (
        "… 10 MB of them on one core, seconds",
        "pages_stress",
        lambda r: f"{r['growth']['pages']['10 MB']:.1f}",
    ),
    (
        "Summaries of 180 characters, sentence F1 against readers (first sentences)",
        "summaries",
        lambda r: (
            f"{interval(r['readers']['ours'][0], r['readers']['ours'][1:], 2)}; first "
            f"sentences {r['readers']['lead'][0]:.2f}"
        ),
    ),
    ("… ROUGE, bulletin -> headline (first sentences)", "summaries", against_lead("cctv_headline")),
    ("… wire -> headline", "summaries", against_lead("xinhua_headline")),
    ("… rest of a bulletin -> its lead", "summaries", against_lead("cctv_leadref")),
    ("… rest of a wire report -> its lead", "summaries", against_lead("xinhua_leadref")),
    ("… meeting transcript -> minutes", "summaries", against_lead("vcsum_segment")),
    ("Keywords, ten words, against those of the headline: F1", "keywords", keyword_f1),
    (
        "Predict, against jieba + TfidfVectorizer + LinearSVC",
        "speed",
        lambda r: times(r["predict"], "jieba"),
    ),
    (
        "Predict, against rjieba + TfidfVectorizer + LinearSVC",
        "speed",
        lambda r: times(r["predict"], "rjieba"),
    ),
    (
        "Predict, articles a second on one core",
        "speed",
        lambda r: f"{r['predict']['ours']['articles_per_second']:,.0f}",
    ),
    (
        "`python -m pdclassify predict FILE` from cold",
        "speed",
        lambda r: f"{r['cold']['seconds']['pdclassify predict']:.2f} s",
    ),
    (
        "Archives, 200,000 articles with two jobs, articles a second (one job)",
        "archive",
        lambda r: "{two_jobs:,.0f} ({one_job:,.0f})".format(
            **r["speed"]["groups of 10,000 rows"]["articles_per_second"]
        ),
    ),
    (
        "Analyze the page of three articles, warm",
        "speed",
        lambda r: f"{r['stages']['analyze the seed page, ms']:.0f} ms",
    ),
)


def times(race: Result, peer: str) -> str:
    """Return how many times faster than a peer, by the beginning of its name."""
    name = next(name for name in race if name.startswith(peer))
    middle, low, high = race[name]["ours_is_times_faster"]
    digits = 0 if middle >= 10 else 1
    return f"{middle:.{digits}f} times faster ({low:.{digits}f} to {high:.{digits}f})"


def table() -> str:
    """Return the table in Markdown."""
    lines = ["| what | figure | `python benchmarks/…` |", "|---|---|---|"]
    for what, script, read in ROWS:
        path = HERE / f"{script}.json"
        if path.exists():
            figure = read(json.loads(path.read_text(encoding="utf-8")))
            lines.append(f"| {what} | {figure} | `{script}.py` |")
    return "\n".join(lines) + "\n"


def example() -> str:
    """Return what ``analyze`` prints of the example page's articles that are shown."""
    command = [sys.executable, "-m", "pdclassify", "analyze", "--format", "table", PAGE]
    ran = subprocess.run(
        command,
        cwd=HERE.parent,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    cards = ran.stdout.split("\n\n")[1:]
    return "\n\n".join(cards[n].strip("\n") for n in SHOWN) + "\n"


def main() -> None:
    """Write figures and example, or say whether they are those that stand there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    args = parser.parse_args()
    text = README.read_text(encoding="utf-8")
    made = TABLE.sub(lambda found: found[1] + table() + found[2], text)
    made = EXAMPLE.sub(lambda found: found[1] + example() + found[2], made)
    if made == text:
        return
    if args.check:
        sys.exit("README.md: not what was measured or is printed: run python benchmarks/readme.py")
    README.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
