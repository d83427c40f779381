"""The learned weights: named, replaceable, and checked."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from pdclassify.errors import ModelFileError
from pdclassify.summary.cues import NAMES
from pdclassify.summary.prior import Prior, shipped_prior
from pdclassify.summary.scoring import look, score

PLAIN = {"intercept": 0.0, "cues": {}, "phrases": {}}


def test_the_shipped_weights_are_named_and_have_a_card():
    """Every shipped weight belongs to a cue or a phrase, and the file says whence it comes."""
    stored = json.loads(files("pdclassify.summary").joinpath("prior.json").read_text("utf-8"))
    assert "readers chose" in stored.pop("card")
    for kind in stored:
        prior = shipped_prior(kind)
        assert set(prior.cues) == set(NAMES)
        assert len(prior.codes) == len(prior.phrases) <= 1000


def test_a_weight_replaced_changes_the_choice():
    """A prior of one's own decides which sentence is best."""
    found = look("街道党工委开会研究。居民领到29张许可证。")
    assert found is not None
    first = Prior.from_dict(PLAIN | {"cues": {"first": 2.0}})
    digits = Prior.from_dict(PLAIN | {"cues": {"digits": 2.0}})
    phrase = Prior.from_dict(PLAIN | {"phrases": {"居民": 9.0}})
    assert [int(score(found, prior).argmax()) for prior in (first, digits, phrase)] == [0, 1, 1]


def test_phrases_are_summed():
    """Weights of the phrases in a stretch are added, digits alike, over the root of its length."""
    text = "增长27%；增长；增"
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    stretches = np.array([0, 6, 9]), np.array([5, 8, 10])
    prior = Prior.from_dict(PLAIN | {"phrases": {"增长": 3.0, "00": 2.0}})
    assert prior.phrase_sums(points, *stretches) == pytest.approx([5 / 5**0.5, 3 / 2**0.5, 0])
    assert not Prior.from_dict(PLAIN).phrase_sums(points, *stretches).any()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"cues": {"luck": 1.0}}, "no such cue: luck"),
        ({"phrases": {"党支部": 1.0}}, "two characters"),
        ({"intercept": float("nan")}, "finite"),
        ({"cues": {"first": float("inf")}}, "finite"),
    ],
)
def test_wrong_weights_are_refused(wrong, told):
    """A cue that does not exist, a phrase of three characters or a weight like NaN is an error."""
    with pytest.raises(ModelFileError, match=told):
        Prior.from_dict(PLAIN | wrong)
