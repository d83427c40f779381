from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from pdclassify.summary.grammar import INSIDE, look_up
from pdclassify.summary.joints import APART, find_cohesion, find_joints
from pdclassify.summary.runs import Runs, find_runs
from pdclassify.text.tokens import tokenizer
from strategies import han_text


def joined(text: str) -> tuple[list[str], np.ndarray, Runs, list[np.ndarray]]:
    """Return the words of `text`, their joints, and its runs."""
    words = tokenizer().cut(text)
    number = {word: i for i, word in enumerate(dict.fromkeys(words))}
    line = np.array([number[word] for word in words])
    row, kind = look_up(number)
    runs, at = find_runs(line, kind[line] & INSIDE == 0, np.zeros(len(line), int), 4)
    return words, find_joints(line, np.zeros(0, np.int64), row, runs, at), runs, at


@given(han_text(min_size=1))
def test_bounds(text: str) -> None:
    """For any text a joint is a share's log, and what is in no run is apart."""
    words, joints, runs, at = joined(text)
    assert len(joints) == len(words) - 1
    assert ((joints >= APART) & (joints <= 0)).all()
    if len(at) > 1:
        assert (joints[at[1][:-1] < 0] == APART).all()
    inner, outer = find_cohesion(joints, runs, at)
    assert ((inner >= APART) & (inner <= 0)).all()
    assert ((outer >= APART - 1e-9) & (outer <= 0)).all()


def test_the_press_tells() -> None:
    """Words that the press joins hold together in a text that has them once; chance ones do not."""
    _, known, *_ = joined("知识产权保护")
    _, chance, *_ = joined("茶叶船舶")
    assert known.min() > -3 > chance.min()


def test_the_text_tells() -> None:
    """Words that the text joins again and again hold together, though the press has never."""
    once = joined("茶叶船舶。")[1][0]
    often = joined("茶叶船舶。" * 4)[1][0]
    assert once == APART
    assert often == pytest.approx(np.log(3 / 6))


def test_weakest_and_strongest() -> None:
    """A run is as strong as its weakest joint, and as torn as its strongest one with the outside."""
    words, joints, runs, at = joined("知识产权保护制度")
    inner, outer = find_cohesion(joints, runs, at)
    first_two = at[1][0]
    assert inner[first_two] == joints[0]
    assert outer[first_two] == joints[1]
    whole = at[len(words) - 1][0]
    assert inner[whole] == joints.min()
    assert outer[whole] == APART
