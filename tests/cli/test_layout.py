"""Chinese on a terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pdclassify.cli.layout import fit, in_order, names_of, percent, right, wrap, wrap_spans
from strategies import han_text


def test_lines_are_as_wide_as_their_characters():
    """A Han character takes two columns, so twenty columns hold ten of them."""
    assert wrap("党" * 25, 20) == ["党" * 10, "党" * 10, "党" * 5]


def test_a_line_does_not_begin_with_a_closing_mark():
    """A comma that would begin a line takes the character before it along."""
    assert wrap("一二三四五，六七", 10) == ["一二三四", "五，六七"]


def test_a_line_does_not_end_with_an_opening_mark():
    """An opening quotation mark goes with what it opens."""
    assert wrap("一二三四《五六》", 10) == ["一二三四", "《五六》"]


def test_latin_words_stay_whole():
    """A Latin word or a number is not broken, unless it is wider than a line."""
    assert wrap("第一条 hello world 2026年", 12) == ["第一条 hello", "world 2026年"]
    assert wrap("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


@given(han_text(), st.integers(min_value=4, max_value=90))
def test_wrapping_loses_nothing_and_stays_within_the_width(text, width):
    """Whatever the text, all that is not white space is printed, in lines that fit."""
    lines = wrap(text, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    assert all(cell_len(line) <= width for line in lines)


@given(han_text(), st.integers(min_value=4, max_value=90))
def test_spans_of_lines_follow_each_other(text, width):
    """The spans of the lines are in order and do not overlap."""
    spans = wrap_spans(text, width)
    flat = [place for span in spans for place in span]
    assert flat == sorted(flat)


def test_fit_cuts_with_an_ellipsis():
    """A text that is too wide ends in an ellipsis within the width; another stays as it is."""
    assert fit("基层治理新实践", 14) == "基层治理新实践"
    assert fit("基层治理新实践", 10) == "基层治理…"
    assert fit("一\n二", 10) == "一 二"


@pytest.mark.parametrize(("p", "shown"), [(0.931, " .93"), (0.0, " .00"), (1.0, "1.00")])
def test_percent_takes_four_columns(p, shown):
    """A probability takes four columns, without its leading zero."""
    assert percent(p) == shown


def test_right_counts_columns():
    """Right alignment counts columns, not characters."""
    assert right("党建", 6) == "  党建"


def test_topics_have_chinese_names_and_an_order():
    """The shipped topics are shown in Chinese and in their order; others as they are."""
    topics = ["sports", "style", "governance", "party_building"]
    assert names_of(in_order(topics)) == ["党建", "治理", "作风", "sports"]
