"""Draw speed.json as speed.svg, and print it as a table.

    python benchmarks/speed_plot.py

Left: articles of about 1,000 characters a second, one core, ours and what else a user could run.
Right: prediction by the length of the articles.
"""

from __future__ import annotations

import json
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


def table(result: dict[str, Any]) -> str:
    """Return the races in Markdown."""
    made = ["| what | articles/s | MB/s | ours is … times faster |", "|---|---|---|---|"]
    named = {**races(result), "one by one": result["one_by_one"]}
    named |= {
        stage: race
        for stage, race in result["stages"].items()
        if stage not in STAGES and isinstance(race, dict)
    }
    for title, race in named.items():
        for name, row in race.items():
            times = row.get("ours_is_times_faster")
            told = "{:.1f} ({:.1f} to {:.1f})".format(*times) if times else ""
            what = f"**{title}**" if name == "ours" else name
            rates = f"{row['articles_per_second']:,.0f} | {row['megabytes_per_second']:.2f}"
            made.append(f"| {what} | {rates} | {told} |")
    return "\n".join(made)


def main() -> None:
    """Write speed.svg and print the table."""
    result = json.loads((HERE / "speed.json").read_text(encoding="utf-8"))
    mpl.rcParams["svg.hashsalt"] = "speed"  # the same figures make the same file
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(10, 4.2), width_ratios=(3, 2), layout="constrained"
    )
    bars(left, result)
    lines(right, result)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "speed.svg", metadata={"Date": None})
    print(table(result))


if __name__ == "__main__":
    main()
