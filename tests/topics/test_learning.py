from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pdclassify.topics import pairs, training
from pdclassify.topics.card import model_card
from pdclassify.topics.features import Features, Field
from pdclassify.topics.folds import assign_folds
from pdclassify.topics.labels import arranged
from pdclassify.topics.layers import Layer
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
def enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let dozens of articles be enough to learn pairs, in as many dimensions as they have."""
    monkeypatch.setattr(training, "FEWEST", 50)
    monkeypatch.setattr(pairs, "_DIMENSIONS", 10)
    monkeypatch.setattr(pairs, "_KEPT", 6)


def test_pairs_are_learned_from_many_articles(enough: None) -> None:
    """What only pairs of terms tell is learned where articles are enough, and by no linear model."""
    texts, labels = corpus(300, 0)
    others, truth = corpus(100, 2)
    plain, model = train(texts, labels, C=3.0), train(texts, labels)
    assert plain.layers[0].subject is None
    assert model.layers[0].subject is not None
    right = [
        sum(bool(p.topics) == bool(t) for p, t in zip(m.predict(others), truth, strict=True))
        for m in (plain, model)
    ]
    assert right[0] < 80
    assert right[1] >= 95
    assert model.info["out_of_fold"]["macro_f1"] >= 0.9
    assert "say together" in model.info["why"]
    assert "quadratic" in model_card(model, command="train")
    assert "quadratic" not in model_card(plain, command="train")
    found = model.explain(others[0], "told")
    assert found.intercept + sum(t.weight for t in found.terms) == pytest.approx(found.decision)


def test_pairs_give_the_same_bytes(enough: None) -> None:
    """Trained twice, in another order, a model with pairs has the same arrays and figures."""
    texts, labels = corpus(100, 0)
    first, second = train(texts, labels), train(texts[::-1], labels[::-1])
    assert first.info == second.info
    one, other = first.layers[0].subject, second.layers[0].subject
    assert one is not None
    assert other is not None
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.forms, other.forms)


def test_pairs_out_of_fold_are_of_models_that_did_not_see(enough: None) -> None:
    """A fold's decisions are those of what is learned from the others."""
    texts, labels = corpus(100, 0)
    data = arranged(texts, [tuple(label) for label in labels])
    features = Features.learn(texts, Field("body", (1, 2)), min_df=1)
    block = features.matrix([str(document) for document in data.documents])
    learner, folds = pairs.Pairs(features, [block], data), assign_folds(data)
    found = learner.out_of_fold(folds)[0]
    held = folds == 2
    weights, intercept, subject = learner.fit(~held)
    layer = Layer(features, weights, np.ones(1), subject)
    documents = [str(data.documents[place]) for place in np.flatnonzero(held)]
    assert np.allclose(layer.scores(documents)[0] + intercept, found[held], atol=1e-5)


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
