"""Whom a summary speaks of."""

from __future__ import annotations

import re

import pytest

from pdclassify.summary.introduced import find_stranger
from pdclassify.summary.textrank import summarize

TEXT = (
    "河口镇党委书记余梅住进了村里。余梅看过水渠。渠边的果树老了，他要换新的。"
    "村民乔大山说好，他愿意出力。果树换过了。"
)


def stranger(*numbers: int, headline: str = "") -> int | None:
    """Return which of some sentences of the text speaks of a stranger."""
    places = [match.span() for match in re.finditer("[^。]+。", TEXT)]
    return find_stranger(TEXT, [places[number] for number in numbers], headline)


@pytest.mark.parametrize(
    ("numbers", "headline", "expected"),
    [
        ((0, 1), "", None),
        ((1, 4), "", 0),
        ((4, 1), "", 1),
        ((1,), "余梅和水渠", None),
        ((1, 2), "余梅", None),
        ((0, 2), "", 1),
        ((3,), "", None),
        ((), "", None),
    ],
)
def test_strangers(numbers, headline, expected):
    """A name needs its office before it or in the headline, a pronoun a name or what stood before."""
    assert stranger(*numbers, headline=headline) == expected


def test_a_word_like_a_name_is_no_stranger():
    """What no office precedes is no name, and who is named first here is introduced here."""
    text = "我们种柳树。柳树长高了。余梅来看柳树。"
    assert find_stranger(text, [(6, 12), (12, 19)], "") is None


def test_a_summary_names_nobody_without_saying_who_it_is():
    """Another sentence is taken for one that speaks of a stranger; without another it stays."""
    assert "余梅看过" not in summarize(TEXT, sentences=1).text
    alone = "余梅看过水渠。"
    assert summarize(alone).text == alone
