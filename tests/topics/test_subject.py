from __future__ import annotations

import pickle

import numpy as np
import pytest

from pdclassify.errors import UsageError
from pdclassify.topics.features import Features, Field
from pdclassify.topics.layers import Layer
from pdclassify.topics.subject import Subject
from small_model import drawn

TEXTS = ["党支部和网格员一起登记诉求", "", "球队客场取胜", "会议少了脚步勤了，支部的老毛病少了"]


def layers(n_topics: int = 2) -> tuple[Layer, Layer]:
    """Return a layer with a subject, and the same without."""
    features = Features.learn(TEXTS, Field("body", (1, 3)), min_df=1)
    weights = np.linspace(-1, 1, len(features) * n_topics).reshape(-1, n_topics)
    parts = features, weights, np.ones(n_topics)
    return Layer(*parts, drawn(len(features), n_topics, 5)), Layer(*parts)


def test_adds_the_form_of_the_direction() -> None:
    """What a subject adds is h' F h, with h the text's weighed sum of unit length."""
    layer, plain = layers()
    subject = layer.subject
    assert subject is not None
    rows = layer.features.matrix(TEXTS).toarray()[:, subject.terms]
    places = rows @ (subject.weights * subject.scale)
    length = np.linalg.norm(places, axis=1, keepdims=True)
    h = places / np.where(length == 0, 1, length)
    expected = np.einsum("nr,trs,ns->nt", h, subject.forms, h)
    added = layer.scores(TEXTS)[0] - plain.scores(TEXTS)[0]
    assert np.allclose(added, expected, atol=1e-12)
    assert (expected[1] == 0).all()
    assert (expected[[0, 2, 3]] != 0).all()


def test_longer_text_of_the_same_words_adds_the_same() -> None:
    """Only the direction counts: a text said twice over is about the same."""
    layer, _ = layers()
    subject = layer.subject
    assert subject is not None
    found, values, _ = layer.features.weighted(TEXTS[:1])
    assert np.allclose(subject.scores(found, values), subject.scores(found, 7 * values))


def test_texts_do_not_disturb_each_other() -> None:
    """What a subject adds is the same, to the last bit, alone and among others."""
    layer, _ = layers()
    rng = np.random.default_rng(2)
    n, size, topics = len(layer.features), 48, 3
    forms = rng.normal(size=(topics, size, size))
    weights = rng.integers(-127, 128, (n, size)).astype(np.int8)
    subject = Subject(n, np.arange(n), weights, rng.random(size), forms + forms.transpose(0, 2, 1))
    texts = [TEXTS[i % 4] + TEXTS[i // 4 % 4] for i in range(13)]
    parts = layer.features, np.zeros((n, topics)), np.ones(topics), subject
    together = Layer(*parts).scores(texts)[0]
    alone = [Layer(*parts).scores([text])[0][0] for text in texts]
    assert np.array_equal(together, alone)


def test_shares_add_up() -> None:
    """Each term's share sums to what the subject adds."""
    layer, _ = layers()
    subject = layer.subject
    assert subject is not None
    found, values, _ = layer.features.weighted(TEXTS[3:])
    total = subject.shares(found.terms, values).sum(axis=0)
    assert np.allclose(total, subject.scores(found, values)[0], atol=1e-12)


def test_pickled_is_the_same() -> None:
    """A layer with a subject can be sent to another process."""
    layer, _ = layers()
    read = pickle.loads(pickle.dumps(layer))
    assert np.array_equal(read.scores(TEXTS)[0], layer.scores(TEXTS)[0])


@pytest.mark.parametrize(
    ("terms", "weights", "forms"),
    [
        ([0, 2], (3, 2), (1, 2, 2)),
        ([0, 2], (2, 3), (1, 2, 2)),
        ([0, 2], (2, 2), (1, 3, 2)),
        ([2, 0], (2, 2), (1, 2, 2)),
        ([0, 9], (2, 2), (1, 2, 2)),
        ([-1, 2], (2, 2), (1, 2, 2)),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    terms: list[int], weights: tuple[int, ...], forms: tuple[int, ...]
) -> None:
    """Shapes that differ, and terms that are not the field's in order, are usage errors."""
    with pytest.raises(UsageError):
        Subject(5, np.array(terms), np.ones(weights), np.ones(2), np.ones(forms))
