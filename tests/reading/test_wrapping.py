from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify import split_page
from pdclassify.reading.lines import lines_of
from pdclassify.reading.wrapping import legible, unwrapped, wrapped

PROSE = [
    "村口的老磨坊停了二十年。去年冬天，几个返乡的年轻人把它收拾出来，磨盘重新转了起来，做豆腐，也做民宿。",
    "起初没人看好。老人说，磨豆腐是苦差事；年轻人说，苦不怕，怕的是没人来。头一个月，来的客人两只手数得过来。",
    "到了春天，山花开了，路也修通了，周末要提前三天才订得上房。磨坊门口的石凳上，坐着等豆花的城里孩子。",
]


def cut(text: str, width: int, indent: str = "") -> list[str]:
    """Print a paragraph in a column of a fixed width."""
    whole = indent + text
    return [whole[at : at + width] for at in range(0, len(whole), width)]


def mended(text: str) -> list[str]:
    """Return a page's lines after what was wrapped is put together."""
    printed = lines_of(text)
    lines = legible(printed, np.ones(len(printed), dtype=bool))
    lines, firsts = unwrapped(lines, wrapped(lines)[0])
    assert len(firsts) == len(lines)
    return [lines.text[s:e] for s, e in zip(lines.starts, lines.ends, strict=True)]


@pytest.mark.parametrize("width", [14, 18, 25, 33])
@pytest.mark.parametrize(("indent", "between"), [("", "\n\n"), ("　　", "\n"), ("    ", "\n\n")])
def test_paragraphs_of_any_width(width: int, indent: str, between: str) -> None:
    """Wrapped paragraphs come back whole, parted by blank lines or by indents."""
    assert mended(between.join("\n".join(cut(p, width, indent)) for p in PROSE)) == PROSE


def test_where_a_paragraph_may_end() -> None:
    """A full line that ends a sentence is doubtful where nothing marks paragraphs, else it is not."""
    first = PROSE[0][:39] + "。"
    assert not len(first) % 20
    for indent, between, doubtful in (("", "\n", [1]), ("　　", "\n", []), ("", "\n\n", [])):
        text = between.join("\n".join(cut(p, 20, indent)) for p in (first, *PROSE[1:], PROSE[0]))
        lines = lines_of(text)
        assert np.flatnonzero(wrapped(lines)[1]).tolist() == doubtful


def test_double_spaced() -> None:
    """Where a blank line follows every line, none of them ends a paragraph."""
    assert mended("\n\n".join(line for p in PROSE for line in cut(p, 20, "　　"))) == PROSE


def test_columns_of_two_widths() -> None:
    """Each article has the width of its own column."""
    parts = ["\n".join(cut(p, width)) for width in (16, 23) for p in PROSE * 2]
    assert mended("\n\n".join(parts)) == PROSE * 4


def test_a_word_moves_to_the_next_line() -> None:
    """A line is full if the word or number that begins the next would not have fitted."""
    text = (
        "全镇去年共接待游客\n1234567人次，比前\n年多了三成。其中周末\n来的占一半。客人多\n"
        "是从200公里外的城里\n赶来的，也有人专程从\n外省赶来，住上两晚。"
    )
    assert mended(text) == [text.replace("\n", "")]


@pytest.mark.parametrize(
    "lines",
    [
        ["石头记得我们的手", "野草记得我们的家", "后来的人走在路上", "不必记得我们的话"],
        ["王小川　　石桥村", "李大山　　北关村", "周秋水　　柳湾镇", "何望春　　榆树里"],
        [
            "老街改造先问居民怎么改",
            "一张清单管到底见成效",
            "夜校里的新课堂开讲了",
            "水清了岸绿了客来了",
        ],
    ],
    ids=["poem", "list", "headlines"],
)
def test_short_lines_stay_apart(lines: list[str]) -> None:
    """Lines of a poem, a list or a table of contents are as long as each other, and no column."""
    assert mended("\n".join(lines)) == lines
    assert mended("\n".join([*PROSE, *lines, *PROSE])) == [*PROSE, *lines, *PROSE]


def test_headline_of_full_width() -> None:
    """A headline as long as the column is wide stays apart from the text above and below."""
    width = 17
    title = "磨坊重新转起来年轻人带回新生计来"[:width]
    above = PROSE[0][: 3 * width - 1] + "。"
    page = "\n".join([*cut("　　" + above, width), title, *cut("　　" + PROSE[1], width)])
    assert title in mended(page)


def test_indents_on_some_paragraphs_say_nothing() -> None:
    """Where every other paragraph is indented, indents are not looked at."""
    lines = lines_of("\n".join(("　　" if n % 2 else "") + p for n, p in enumerate(PROSE * 3)))
    lines, _ = unwrapped(lines, wrapped(lines)[0])
    assert not lines.indents.any()


def test_offsets_of_what_was_wrapped() -> None:
    """A wrapped headline and its paragraphs are the page's own characters, breaks left out."""
    title = "山里的老磨坊停了二十年如今又重新转了起来"
    text = "\n\n".join("\n".join(cut(p, 16)) for p in (title, "本报记者 何一鸣", *PROSE))
    (article,) = split_page(text).articles
    assert article.title == title
    assert text[article.title_start : article.title_end].replace("\n", "") == title
    assert article.text.split("\n") == PROSE
    for place in range(0, len(article.text), 5):
        if article.text[place] != "\n":
            assert text[article.to_input(place)] == article.text[place]


@given(
    st.lists(st.text(st.sampled_from("村口的老，。！“”a1 \u3000\u200b"), max_size=24), max_size=40)
)
def test_nothing_is_lost(parts: list[str]) -> None:
    """Whatever the lines, those put together hold all that can be seen, in order."""
    text = "\n".join(parts)
    kept = "".join("".join(mended(text)).split())
    assert kept == "".join(text.replace("\u200b", "").split())
