from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pdclassify.errors import UsageError
from pdclassify.topics.calibration import (
    Isotonic,
    Normalized,
    OneOfMany,
    Sigmoid,
    Softmax,
    calibration_from_dict,
)

DECISIONS = arrays(np.float64, (4, 2), elements=st.floats(-1e6, 1e6))
ALL = [
    Sigmoid((2.0, 0.5), (0.1, -3.0)),
    Isotonic(((-1.0, 0.0, 2.0), (0.0,)), ((0.0, 0.25, 1.0), (0.5,))),
    Softmax(1.5, (0.0, 0.3)),
    Normalized(2.0, (0.0, -0.5)),
]


@pytest.mark.parametrize("calibration", ALL)
@given(decisions=DECISIONS)
def test_probabilities_rise_from_0_to_1(calibration, decisions) -> None:
    """Whatever the decision values, probabilities are from 0 to 1; each rises with its own value."""
    found = calibration(decisions)
    assert ((found >= 0) & (found <= 1)).all()
    assert (calibration(decisions + np.array([1.0, 0.0]))[:, 0] >= found[:, 0]).all()
    if isinstance(calibration, OneOfMany):
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("calibration", ALL)
def test_numbers_survive_the_manifest(calibration) -> None:
    """Read from its own numbers, a calibration is the same."""
    assert calibration_from_dict(calibration.to_dict(), 2) == calibration


def test_known_values() -> None:
    """The formulas are those of the literature."""
    assert Sigmoid((2.0,), (1.0,))(np.array([[0.5]]))[0, 0] == pytest.approx(1 / (1 + np.exp(-2)))
    assert ALL[1](np.array([[1.0, 9.0]])).tolist() == [[0.625, 0.5]]
    assert ALL[2](np.array([[0.2, 0.0]]))[0] == pytest.approx([0.5, 0.5])
    low, high = 1 / (1 + np.exp(-1.0)), 1 / (1 + np.exp(-1.5))
    assert ALL[3](np.array([[0.5, 1.0]]))[0] == pytest.approx(
        [low / (low + high), high / (low + high)]
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"method": "magic"},
        {"method": "sigmoid", "slope": [1.0], "offset": [0.0]},
        {"method": "sigmoid", "slope": [1.0, 1.0], "offset": [0.0]},
        {"method": "sigmoid", "slope": "12", "offset": [0.0, 0.0]},
        {"method": "softmax", "slope": float("inf"), "offset": [0.0, 0.0]},
        {"method": "normalized", "slope": 1.0, "offset": [0.0]},
        {"method": "isotonic", "x": [[0.0, 1.0]] * 2, "y": [[0.0]] * 2},
        {"method": "isotonic", "x": [[1.0, 0.0]] * 2, "y": [[0.0, 1.0]] * 2},
        {"method": "isotonic", "x": [[0.0, 1.0]] * 2, "y": [[0.0, 1.5]] * 2},
        {"method": "isotonic", "x": [[0.0]] * 2, "y": [[0.0]]},
    ],
)
def test_impossible_numbers_are_refused(settings) -> None:
    """Numbers that do not fit the topics or are no calibration are an error."""
    with pytest.raises((UsageError, ValueError)):
        calibration_from_dict(settings, 2)
