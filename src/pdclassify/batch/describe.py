"""What stands in a finished output: articles by topic, year and publisher."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pdclassify.batch.folder import MANIFEST, Folder
from pdclassify.errors import InputError, UsageError
from pdclassify.reading.parquet import open_table

__all__ = ["NONE", "Counts", "check_plot", "count", "draw"]

#: Under which articles without a topic are counted.
NONE = "none"

_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?=\D|\d{4}(?!\d)|$)")
_MOST = 20
_FEW = 30


@dataclass(slots=True)
class Counts:
    """Numbers of articles; one with two topics counts under both.

    Parameters
    ----------
    articles, errors : int
    topics : Counter
        Topic (or ``none``) -> articles.
    by : dict
        ``year`` and ``publisher``, where there are such columns -> its values -> topic -> articles.
        Under "" stand the articles whose value is not known.
    """

    articles: int = 0
    errors: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    by: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one row of the output."""
        if row.get("error") is not None:
            return
        self.articles += 1
        topics = row["topics"] or [NONE]
        self.topics.update(topics)
        for name, value in (("year", year(row.get("date"))), ("publisher", row.get("publisher"))):
            counter = self.by.setdefault(name, {}).setdefault(str(value or ""), Counter())
            counter.update(topics)
            counter["articles"] += 1

    def close(self) -> None:
        """Forget divisions that divide nothing, and put the others in order."""
        for name in list(self.by):
            groups = self.by.pop(name)
            if set(groups) == {""}:
                continue
            if name == "year":
                self.by[name] = dict(sorted(groups.items(), key=lambda pair: pair[0] or "?"))
            else:
                ranked = sorted(groups.items(), key=lambda pair: (-pair[1]["articles"], pair[0]))
                self.by[name] = dict(ranked)


def year(date: Any) -> str | None:
    """Return the year in a date of whatever form, or None: 2024-05-01, 20240501, 2024年5月."""
    found = _YEAR.search(str(date)) if date is not None else None
    return found[1] if found else None


def count(out: str) -> Counts:
    """Count what ``batch`` has written.

    Raises
    ------
    InputError
        If the folder does not hold a finished run.
    UsageError
        If the run's task gave no topics.
    """
    folder = Folder(out)
    manifest = folder.read_json(MANIFEST)
    if manifest is None:
        raise InputError(
            f"{out}: holds no finished run of batch (no {MANIFEST}); finish it by --resume."
        )
    counts = Counts()
    for shard in manifest["shards"]:
        for row in _rows(folder, shard["part"]):
            if "topics" not in row and "error" not in row:
                raise UsageError(
                    f"{out}: the task {manifest['task']} gives no topics that could be counted."
                )
            counts.add(row)
    counts.errors = manifest["errors"]  # files that could not be read have no row
    counts.close()
    return counts


def _rows(folder: Folder, part: str) -> Iterator[dict[str, Any]]:
    """Yield a part's rows with the columns that are counted."""
    try:
        with folder.open(part) as stream:
            if part.endswith(".jsonl"):
                yield from map(json.loads, stream)
                return
            with open_table(stream) as table:
                wanted = ["topics", "error", "date", "publisher"]
                columns = [name for name in wanted if name in table.schema_arrow.names]
                for batch in table.iter_batches(columns=columns):
                    yield from batch.to_pylist()
    except OSError as error:
        raise InputError(f"{folder.path}/{part}: cannot be read: {error}.") from error


def check_plot(path: Path) -> None:
    """Raise ``UsageError`` if no plot can be of that name, or Matplotlib is not installed."""
    if path.suffix.lower() not in (".svg", ".png"):
        raise UsageError(f"{path}: a plot is .svg or .png; name it so.")
    if find_spec("matplotlib") is None:
        raise UsageError("A plot needs Matplotlib: pip install 'pdclassify[plot]'.")


def draw(counts: Counts, path: Path, names: Mapping[str, str]) -> None:
    """Draw all articles by topic, and the shares of topics by year and by publisher.

    Parameters
    ----------
    counts : Counts
    path : Path
        Ends in .svg or .png.
    names : mapping of str to str
        What topics are called in the plot.

    Raises
    ------
    UsageError
        As `check_plot`.
    """
    check_plot(path)
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.figure import Figure

    installed = {font.name for font in font_manager.fontManager.ttflist}
    fonts = [name for name in _FONTS if name in installed]
    # An SVG keeps its text as text: whoever looks at it has the fonts. A PNG needs them here.
    svg = path.suffix.lower() == ".svg"
    han = svg or bool(fonts)
    topics = [topic for topic, _ in counts.topics.most_common()]
    # Most articles of most archives have no topic: among topics these would hide all others.
    colours = {topic: f"C{n}" for n, topic in enumerate(t for t in topics if t != NONE)}
    shown = {topic: names.get(topic, topic) if han else topic for topic in topics}
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "pdclassify",
        "font.family": [*fonts, "sans-serif"],
        "axes.spines.right": False,
        "axes.spines.top": False,
    }
    heights = [0.6 + 0.3 * len(topics)]
    for name, groups in counts.by.items():
        heights.append(2.5 if name == "year" else 0.9 + 0.35 * min(len(groups), _MOST))
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # measuring text that the viewer will draw
        figure = Figure(figsize=(8, sum(heights)), layout="constrained")
        axes = figure.subplots(len(heights), squeeze=False, height_ratios=heights)[:, 0]
        bars = axes[0].barh(
            [shown[topic] for topic in topics],
            [counts.topics[topic] for topic in topics],
            color=[colours.get(topic, "silver") for topic in topics],
        )
        axes[0].bar_label(bars, fmt="{:,.0f}", padding=3)
        axes[0].invert_yaxis()
        axes[0].margins(x=0.12)
        axes[0].set_xlabel(f"articles, of {counts.articles:,}")
        for axis, (name, groups) in zip(axes[1:], counts.by.items(), strict=True):
            _shares(axis, groups, name, colours, han=han)
        figure.savefig(path, metadata={"Date": None} if svg else None, dpi=150)


def _shares(
    axis: Any, groups: dict[str, Counter[str]], name: str, colours: dict[str, str], *, han: bool
) -> None:
    """Draw which share of a year's or publisher's articles has each topic."""
    upright = name == "year"
    values = list(groups)[-_MOST:] if upright else list(groups)[:_MOST]
    width = 0.8 / max(len(colours), 1)
    for number, (topic, colour) in enumerate(colours.items()):
        places = [place + (number + 0.5) * width - 0.4 for place in range(len(values))]
        shares = [100 * groups[value][topic] / groups[value]["articles"] for value in values]
        solid = [1.0 if groups[value]["articles"] >= _FEW else 0.3 for value in values]
        (axis.bar if upright else axis.barh)(
            places, shares, width, color=[(colour, alpha) for alpha in solid]
        )
    drawable = han or all(value.isascii() for value in values)
    called = [value or "?" if drawable else str(n) for n, value in enumerate(values, 1)]
    numbers = [f"{groups[value]['articles']:,}" for value in values]
    what = (
        f"{name} (its articles)" if drawable else f"{name} by its row in the table (its articles)"
    )
    share = "% of them"
    if any(groups[value]["articles"] < _FEW for value in values):
        share += f"\n(pale: of fewer than {_FEW})"
    if upright:
        few = len(values) <= 8  # more counts would run into each other
        gap = "\n" if few else " "
        ticks = [f"{value}{gap}({number})" for value, number in zip(called, numbers, strict=True)]
        axis.set_xticks(range(len(values)), ticks, fontsize="small", rotation=0 if few else 90)
        axis.set_xlabel(what)
        axis.set_ylabel(share)
    else:
        ticks = [f"{value} ({number})" for value, number in zip(called, numbers, strict=True)]
        axis.set_yticks(range(len(values)), ticks, fontsize="small")
        axis.invert_yaxis()
        axis.set_title(what, loc="left", fontsize="medium")  # beside few bars there is no room
        axis.set_xlabel(share.replace("\n", " "))


#: Fonts with Han characters, as they are called on the usual systems.
_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
