"""Cues of wording: the same phrases as their patterns find, each in its place."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.summary.wording import PHRASES, find_wording
from strategies import any_text

PIECES = sorted({piece for phrases in PHRASES.values() for piece in re.split(r"[|\[\]]", phrases)})


def found(text: str) -> list[tuple[int, int]]:
    """Return what is found, by place and entry."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    places, kinds = find_wording(text, points)
    return sorted(zip(places.tolist(), kinds.tolist(), strict=True))


def searched(text: str) -> list[tuple[int, int]]:
    """Return the same by searching the text for each entry."""
    return sorted(
        (match.start(), number)
        for number, phrases in enumerate(PHRASES.values())
        for match in re.finditer(phrases, text)
    )


@given(any_text() | st.lists(st.sampled_from(PIECES) | st.characters(), max_size=40).map("".join))
def test_every_phrase_is_found_as_its_pattern_finds_it(text):
    """Looking only where a phrase could begin misses none, and finds no two of an entry in one."""
    assert found(text) == searched(text)


def test_phrases_of_one_entry_do_not_overlap():
    """召开展 is one decision, 今年以来 sums up once."""
    names = list(PHRASES)
    assert found("会议召开展览") == [(2, names.index("decision"))]
    assert found("今年以来，") == [(0, names.index("summing_up"))]
    assert found("以小村为例") == [(0, names.index("example")), (2, names.index("body"))]
