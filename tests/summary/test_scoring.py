"""From an article to the probability of each sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from pdclassify.summary.prior import Prior
from pdclassify.summary.scoring import kind_of, look, score
from strategies import any_text, han_text

PARAGRAPHS = [
    "清河县把十二类事项交给一个窗口受理，办件量增长三成。",
    "帮办队为老人上门办理社保手续，一个月接待一百六十余人次。",
    "县里将在四十五个村设立便民服务点，预计年底前完成。",
    "窗口受理之后，许可证两天之内就能领到。",
]


@given(any_text(), any_text(30))
def test_scores_are_probabilities(text, title):
    """Every sentence of any text has a finite score between 0 and 1."""
    found = look(text, title=title)
    if found is not None:
        scores = score(found)
        assert scores.shape == (len(found.candidates),)
        assert ((scores > 0) & (scores < 1)).all()


@given(han_text())
def test_the_same_text_has_the_same_scores(text):
    """Nothing depends on what was looked at before."""
    one, other = look(text), look(text)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert np.array_equal(score(one), score(other))


def test_no_sentence():
    """A text without a word has nothing to be looked at."""
    assert look("") is None
    assert look(" \n——。") is None


def test_order_of_paragraphs_counts_only_through_place():
    """With a prior that knows no place, moving a paragraph moves its score along."""
    prior = Prior.from_dict(
        {
            "intercept": -1.0,
            "cues": {"centrality": 1.0, "centre": 0.5, "digits": 1.0},
            "phrases": {},
        }
    )

    def scores(order: list[int]) -> np.ndarray:
        found = look("\n".join(PARAGRAPHS[i] for i in order), title="窗口", tolerance=1e-12)
        assert found is not None
        return score(found, prior)

    assert scores([2, 0, 3, 1]) == pytest.approx(scores([0, 1, 2, 3])[[2, 0, 3, 1]], abs=1e-9)


def test_a_transcript_is_known_by_its_words():
    """Words of talk, many of them, make a transcript."""
    talk = look("那个我们这个社区呢，其实就是说大家都有意见对吧。嗯，然后呢账目公开。")
    news = look("\n".join(PARAGRAPHS))
    assert talk is not None
    assert news is not None
    assert (talk.spoken, news.spoken) == (True, False)


def test_each_kind_of_text_has_its_weights():
    """A headline, none, a lost lead and talk each call for other weights; none, in one sentence, too."""
    lost = (
        "会见时，双方回顾了两县十年来的交往。对方表示，愿意扩大教师互访。\n"
        "主人强调，两县要在防洪和育苗上多走动，把已经谈定的事情办好。\n"
        "陪同人员参观了苗圃。"
    )
    title = "青石县与对岸县商定互访办法"
    kinds = {
        "press": look(
            "本报清河6月3日电 " + "\n".join(PARAGRAPHS), title="清河县窗口受理十二类事项"
        ),
        "untitled": look("\n".join(PARAGRAPHS)),
        "leadless": look(lost, title=title),
        "speech": look("那个我们这个社区呢，其实就是说大家都有意见对吧。嗯，然后呢。", title=title),
    }
    for kind, found in kinds.items():
        assert found is not None
        assert kind_of(found) == kind
        assert kind_of(found, one=True) == ("headline" if kind == "untitled" else kind)


def test_the_texts_own_headline_is_its_title():
    """Where no headline is given, a first line without an end mark is taken for it."""
    own = look("窗口受理事项\n" + "\n".join(PARAGRAPHS))
    told = look("\n".join(PARAGRAPHS), title="窗口受理事项")
    assert own is not None
    assert told is not None
    assert score(own) == pytest.approx(score(told))
    assert own.candidates[0].start == len("窗口受理事项\n")
