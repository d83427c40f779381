"""Draw speed.json as speed.svg, and write it and limits.json as tables into the README beside it.

    python benchmarks/speed_report.py

Left: articles of about 1,000 characters a second, one core, ours and what else a user could run.
Right: prediction by the length of the articles.
"""

from __future__ import annotations

import json
import re
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

from common import HERE

OURS, OTHERS = "#c0392b", "#8a97a6"
STAGES = {"predict": "predict topics", "summarize": "summarize", "keywords": "keywords"}
LINES = ("ours", "rjieba + scikit-learn", "jieba + scikit-learn")


def races(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the races that have peers, by what is done."""
    found = {"predict": result["predict"], **result["stages"]}
    return {title: found[name] for name, title in STAGES.items()}


def bars(axes: Any, result: dict[str, Any]) -> None:
    """Draw a bar for each contender, group by group, the fastest of others first."""
    place, ticks, names = 0.0, [], []
    for title, race in races(result).items():
        order = sorted(race, key=lambda name: (name != "ours", -race[name]["articles_per_second"]))
        for name in order:
            rate = race[name]["articles_per_second"]
            axes.barh(place, rate, color=OURS if name == "ours" else OTHERS, height=0.8)
            axes.text(rate * 1.15, place, f"{rate:,.0f}", va="center", fontsize=8)
            ticks.append(place)
            names.append(f"pdclassify: {title}" if name == "ours" else name)
            place += 1
        place += 0.7
    axes.set_yticks(ticks, names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(1, 3e5)
    axes.set_xlabel("articles a second (1,000 characters each, one core)")


def lines(axes: Any, result: dict[str, Any]) -> None:
    """Draw millions of characters a second over the length of the articles."""
    lengths = [int(length) for length in result["by_length"]]
    for name in LINES:
        rows = result["by_length"].values()
        rates = [
            row[name]["articles_per_second"] * n / 1e6 for row, n in zip(rows, lengths, strict=True)
        ]
        axes.plot(lengths, rates, "o-", color=OURS if name == "ours" else OTHERS, markersize=4)
        axes.text(
            lengths[-1],
            rates[-1] * 1.25,
            "pdclassify" if name == "ours" else name,
            fontsize=8,
            ha="right",
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(0.2, 100)
    axes.set_yticks([1, 10, 100], ["1", "10", "100"], fontsize=8)
    axes.set_xticks(lengths, [f"{length:,}" for length in lengths], fontsize=8)
    axes.minorticks_off()
    axes.set_xlabel("characters of an article")
    axes.set_title("predict: million characters a second", fontsize=9, loc="left")


def contenders(result: dict[str, Any]) -> str:
    """Return the races in Markdown."""
    made = ["| what | articles/s | MB/s | ours is … times faster |", "|---|---|---|---|"]
    named = {**races(result), "predict, one by one": result["one_by_one"]}
    named |= {
        stage: race
        for stage, race in result["stages"].items()
        if stage not in STAGES and isinstance(race, dict)
    }
    for title, race in named.items():
        for name, row in race.items():
            times = row.get("ours_is_times_faster")
            what = f"**{title}**" if name == "ours" else name
            rates = f"{row['articles_per_second']:,.0f} | {row['megabytes_per_second']:.2f}"
            made.append(f"| {what} | {rates} | {interval(times) if times else ''} |")
    return "\n".join(made)


def promised(result: dict[str, Any]) -> str:
    """Return what was promised, and what was measured, in Markdown."""
    predict, cold, next_ = result["predict"], result["cold"], result["first_and_next"]
    classes = result["by_classes"]["times_slower_than_shipped"]["100"]
    same = result["sameness"]
    rows = {
        "predict, against jieba + TfidfVectorizer + LinearSVC": (
            "25 times, goal 40",
            interval(predict["jieba + scikit-learn"]["ours_is_times_faster"]),
        ),
        "… against rjieba + TfidfVectorizer + LinearSVC": (
            "2.5 times, goal 5",
            interval(predict["rjieba + scikit-learn"]["ours_is_times_faster"]),
        ),
        "`python -m pdclassify predict FILE` from cold, against joblib + jieba + scikit-learn": (
            "8 times, goal 12",
            f"{interval(cold['times_faster'])}; {cold['seconds']['pdclassify predict']:.3f} s,"
            f" of which `import numpy` {cold['seconds']['import numpy']:.3f} s",
        ),
        "`import pdclassify`": (
            "30 ms",
            f"{cold['import_beyond_the_interpreter_ms']:.1f} ms",
        ),
        "analyze the seed page, warm": (
            "15 ms",
            f"{result['stages']['analyze the seed page, ms']:.1f} ms",
        ),
        "100 classes, against the shipped three": ("3 times", interval(classes)),
        "load the model; first prediction; next": (
            "",
            " ms; ".join(
                f"{next_[name]:.1f}" for name in ("load_ms", "first_predict_ms", "next_predict_ms")
            )
            + " ms",
        ),
        "memory: numpy; with the model; after 1,000 articles; after analyze": (
            "",
            "; ".join(
                f"{result['memory'][name]:.0f}"
                for name in (
                    "import numpy",
                    "load the model",
                    "predict 1,000 articles",
                    "analyze an article",
                )
            )
            + " MiB",
        ),
        "two threads; two processes, against one": (
            "",
            "; ".join(f"{v[0]:.2f}" for k, v in result["cores"].items() if k.startswith("two")),
        ),
        "predictions that differ from the reference path": (
            "0",
            f"{same['predictions_that_differ']} of {same['articles']:,} articles; decisions by"
            f" {same['largest_difference_of_decisions']:.0e} at most",
        ),
    }
    made = ["| what | bar | measured |", "|---|---|---|"]
    made += [f"| {what} | {bar} | {told} |" for what, (bar, told) in rows.items()]
    return "\n".join(made)


def floor(limits: dict[str, Any]) -> str:
    """Return the steps of prediction in Markdown."""
    made = ["| step | ns a character | MB/s | share of predict |", "|---|---|---|---|"]
    made += [
        f"| {name} | {step['ns_per_character']:.1f} | {step['megabytes_per_second']:,.0f} |"
        f" {step['share_of_predict']:.0%} |"
        for name, step in limits["steps"].items()
    ]
    return "\n".join(made)


def interval(times: list[float]) -> str:
    """Return a ratio with its interval."""
    return "{:.1f} ({:.1f} to {:.1f})".format(*times)


def main() -> None:
    """Write speed.svg and the tables."""
    result = json.loads((HERE / "speed.json").read_text(encoding="utf-8"))
    limits = json.loads((HERE / "limits.json").read_text(encoding="utf-8"))
    draw(result)
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8")
    tables = {
        "promised": promised(result),
        "contenders": contenders(result),
        "floor": floor(limits),
    }
    for name, made in tables.items():
        marked = re.compile(rf"(<!-- speed: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = marked.sub(lambda found, made=made: found[1] + made + "\n" + found[2], text)
    readme.write_text(text, encoding="utf-8")


def draw(result: dict[str, Any]) -> None:
    """Write speed.svg."""
    mpl.rcParams["svg.hashsalt"] = "speed"  # the same figures make the same file
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(10, 4.2), width_ratios=(3, 2), layout="constrained"
    )
    bars(left, result)
    lines(right, result)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "speed.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
