"""Cues: one column each, finite for any text, and what they are named for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from pdclassify.summary.cues import NAMES, terms, without_column
from pdclassify.summary.scoring import look
from strategies import any_text


def column(text: str, name: str, **headline: str) -> list[float]:
    """Return one cue of every sentence."""
    found = look(text, **headline)
    assert found is not None
    return found.cues[:, NAMES.index(name)].tolist()


def points(text: str) -> np.ndarray:
    """Return the characters as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@given(any_text(), any_text(30))
def test_cues_are_finite(text, title):
    """Every cue is a finite number for any text and headline."""
    found = look(text, title=title, kicker=title)
    if found is not None:
        assert found.cues.shape == (len(found.candidates), len(NAMES))
        assert np.isfinite(found.cues).all()


def test_names_are_distinct():
    """No two cues have one name."""
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("first", [1, 0, 0]),
        ("second", [0, 1, 0]),
        ("last", [0, 0, 1]),
        ("paragraph_first", [1, 0, 1]),
        ("paragraph_last", [0, 1, 1]),
        ("any_digit", [0, 1, 0]),
        ("decision", [0, 1, 0]),
        ("moment", [0, 0, 1]),
        ("question", [0, 0, 1]),
        ("commas", [1, 0, 2]),
    ],
)
def test_what_cues_are_named_for(name, expected):
    """Place, numbers, marks and wording are counted where they stand."""
    text = "街道党工委很忙，人手也少。会上制定了12条措施。\n日前，大家问，够不够？"
    assert column(text, name) == expected


def test_half_width_commas_count():
    """A page with half-width marks has the same cues."""
    assert column("街道很忙,人手也少。", "commas") == [1]


def test_the_headline_is_compared():
    """A sentence that holds the headline's words is nearer to it."""
    text = "街道党工委研究网格划分。居民在楼下晒太阳。"
    for name in ("title", "headline", "headline_share", "title_share", "headline_most"):
        near, far = column(text, name, title="网格划分定了")
        assert near > far == 0


def test_terms_stay_within_their_stretch():
    """A bigram across a mark or across two stretches is none."""
    rows, codes = terms(points("党建，治理"), np.array([0, 3]), np.array([2, 5]))
    assert rows.tolist() == [0, 1]
    assert codes.tolist() == [ord("党") << 21 | ord("建"), ord("治") << 21 | ord("理")]
    rows, _ = terms(points("党建治理"), np.array([0, 2]), np.array([2, 4]))
    assert rows.tolist() == [0, 1]


def test_a_column_name_is_not_of_the_headline():
    """A column's name in brackets at the end of a headline is left out."""
    assert without_column("一个号码管到底（县域新事）") == "一个号码管到底"
    assert without_column(None) == ""
