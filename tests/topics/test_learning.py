from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pdclassify.errors import TrainingError, UsageError
from pdclassify.topics import pairs
from pdclassify.topics.labels import arranged
from pdclassify.topics.learning import emphasis
from pdclassify.topics.training import train

VILLAGE, SHIP = ("收割", "粮仓", "村民", "果园"), ("军舰", "航海", "水兵", "港口")
FILLER = ["昨天", "记者", "表示", "同时", "一些", "继续", "方面", "工作", "今年", "以来"]


def corpus(n: int, seed: int) -> tuple[list[str], list[list[str]]]:
    """Return texts of villages and ships; praise is of the one and blame of the other, or not.

    The topic is told by neither word alone: a village praised and a ship blamed have it.
    """
    rng = random.Random(seed)
    texts, labels = [], []
    for _ in range(n):
        village, praise = rng.random() < 0.5, rng.random() < 0.5
        words = [
            *rng.choices(VILLAGE if village else SHIP, k=14),
            *rng.choices(("表扬", "光荣") if praise else ("批评", "丢脸"), k=14),
            *rng.choices(FILLER, k=24),
        ]
        rng.shuffle(words)
        texts.append("，".join(words))
        labels.append(["told"] if village is praise else [])
    return texts, labels


@pytest.fixture
def few_dimensions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings for a corpus of dozens of words."""
    monkeypatch.setattr(pairs, "_DIMENSIONS", 10)
    monkeypatch.setattr(pairs, "_KEPT", 6)


def test_pairs_are_learned_with_a_corpus(few_dimensions: None) -> None:
    """What only pairs of terms tell is learned with a corpus, and by no linear model without."""
    texts, labels = corpus(200, 0)
    more, _ = corpus(400, 1)
    others, truth = corpus(100, 2)
    plain, model = train(texts, labels), train(texts, labels, corpus=more)
    assert model.layers[0].subject is not None
    right = [
        sum(bool(p.topics) == bool(t) for p, t in zip(m.predict(others), truth, strict=True))
        for m in (plain, model)
    ]
    assert right[0] < 80
    assert right[1] >= 95
    assert model.info["corpus"]["documents"] == 400
    assert model.info["recipe"] == "articles, with a corpus"
    found = model.explain(others[0], "told")
    assert found.intercept + sum(t.weight for t in found.terms) == pytest.approx(found.decision)


def test_same_corpus_gives_the_same_model(few_dimensions: None) -> None:
    """Trained twice with a corpus, a model has the same arrays and the same figures."""
    texts, labels = corpus(100, 0)
    more, _ = corpus(200, 1)
    first, second = (train(texts, labels, corpus=more) for _ in range(2))
    assert first.info == second.info
    one, other = first.layers[0].subject, second.layers[0].subject
    assert one is not None
    assert other is not None
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.forms, other.forms)


def test_useless_corpus_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A corpus too small, one beside titles, and one beside too many documents are errors."""
    texts, labels = corpus(60, 0)
    with pytest.raises(TrainingError, match="The corpus has 60 texts"):
        train(texts, labels, corpus=texts)
    with pytest.raises(TrainingError, match="helps with articles only"):
        train([text[:20] for text in texts], labels, corpus=texts)
    with pytest.raises(UsageError, match="C has no effect"):
        train(texts, labels, corpus=texts, C=1.0)
    monkeypatch.setattr(pairs, "_DIMENSIONS", 10)
    monkeypatch.setattr(pairs, "_MOST", 50)
    with pytest.raises(TrainingError, match="60 labelled documents"):
        train(texts, labels, corpus=texts)


def test_emphasis_weighs_telling_terms() -> None:
    """A term of one topic alone gets more than one of both, and rows keep their mean length."""
    rows = csr_matrix(np.array([[1.0, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1]]))
    target = np.array([True, True, False, False])
    scale = emphasis(rows, target, 0.7)
    assert scale[1] == pytest.approx(scale[2])
    assert scale[1] / scale[0] == pytest.approx((0.3 + 0.7 * np.log(3)) / 0.3)
    assert (rows.multiply(scale).power(2)).sum() == pytest.approx(rows.power(2).sum())
    assert np.allclose(emphasis(rows, target, 0.0), 1.0)


def test_documents_are_sorted_by_what_they_say() -> None:
    """The order in which documents come changes nothing."""
    texts, labels = corpus(20, 0)
    tuples = [tuple(label) for label in labels]
    one, other = arranged(texts, tuples), arranged(texts[::-1], tuples[::-1])
    assert one.documents == other.documents
    assert np.array_equal(one.targets, other.targets)
