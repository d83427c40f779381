"""Results as columns are the same as results as rows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import records

import pdclassify
from pdclassify.batch.results import Rows, Topics, _rounded, numbers, strings
from pdclassify.batch.tasks import make_task
from pdclassify.lines import DIGITS
from pdclassify.topics.features import Texts


@pytest.mark.parametrize("least", [0.0, 0.3, 1.0])
def test_topics_as_columns(least: float) -> None:
    """Several topics, one and none: columns made of arrays are those that rows would give."""
    model = pdclassify.load()
    bodies = [row["text"] for row in records(40)] + ["", "短", "abc, " * 50]
    thresholds = dict.fromkeys(model.topics, least)
    found = Topics(model.judge(Texts([""] * len(bodies), bodies), thresholds=thresholds), model)
    fields = make_task("predict").fields()
    made, expected = found.arrays(fields), Rows(found.rows()).arrays(fields)
    assert [column.type for column in made] == [field.type for field in fields]
    for column, other in zip(made, expected, strict=True):
        column.validate(full=True)
        assert column.equals(other)
    assert len(found.arrays(fields[:1])) == 1


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
def test_numbers(values: list[int | None]) -> None:
    """Any whole numbers, and none, are what they were."""
    made = numbers(values)
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.int64()))


@given(st.lists(st.none() | st.text(st.characters(codec="utf-8"))))
def test_strings(values: list[str | None]) -> None:
    """Any strings, and none, are what they were."""
    made = strings(values)
    made.validate(full=True)
    assert made.type == pa.string()
    assert made.to_pylist() == values


@given(st.integers(0, 10**DIGITS - 1), st.integers(-2, 2))
def test_halves_are_rounded_as_python_does_it(whole: int, steps: int) -> None:
    """What is a half, or next to one, goes to the same side."""
    value = float(Fraction(2 * whole + 1, 2 * 10**DIGITS))
    for _ in range(abs(steps)):
        value = float(np.nextafter(value, steps))
    assert _rounded(np.array([[value]]))[0, 0] == round(value, DIGITS)


@given(st.floats(0, 1))
def test_probabilities_are_rounded_as_python_does_it(value: float) -> None:
    """All digits of the result are the same."""
    assert _rounded(np.array([[value]]))[0, 0] == round(value, DIGITS)
