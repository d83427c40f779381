from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pdclassify
from pdclassify.article import Article
from pdclassify.errors import UsageError
from pdclassify.topics.calibration import Sigmoid, Softmax
from pdclassify.topics.features import part
from pdclassify.topics.model import Primary, TopicModel
from small_model import TOPICS, articles, made, traditional
from strategies import any_text

SMALL = made()
RICH = made(marks=True, dimensions=4)
DOCUMENTS = st.lists(
    st.one_of(
        any_text(120),
        st.builds(Article, text=any_text(120), title=st.one_of(st.none(), any_text(20))),
        st.sampled_from(articles()),
    ),
    max_size=8,
)


def single_label(model: TopicModel = SMALL) -> TopicModel:
    """Return the same scores as a model of exactly one topic."""
    return TopicModel(
        name="single",
        topics=model.topics,
        multilabel=False,
        layers=model.layers,
        intercept=model.intercept,
        calibration=Softmax(2.0, (0.0,) * len(model.topics)),
    )


def test_articles_get_the_topics_they_were_learned_with() -> None:
    """The small model tells its own articles apart, two topics where there are two."""
    found = SMALL.predict(articles())
    assert found[0].topics == ("party_building",)
    assert found[6].topics == found[6].topics[:1] == ("style",)
    assert set(found[9].topics) == {"party_building", "governance"}
    assert found[12].topics == ()
    assert found[12].reason == "below_threshold"
    assert found[12].primary is None


@pytest.mark.parametrize("model", [SMALL, RICH])
@given(documents=DOCUMENTS)
def test_one_by_one_is_the_same_as_together(
    model: TopicModel, documents: list[str | Article]
) -> None:
    """A document's prediction is the same, to the last bit, alone and among others, in any order."""
    together = model.predict(documents)
    assert together == [model.predict([document])[0] for document in documents]
    assert together[::-1] == model.predict(documents[::-1])


@given(DOCUMENTS)
def test_one_by_one_with_many_topics(documents: list[str | Article]) -> None:
    """The same holds for a model of so many topics that its weights are gathered by rows."""
    together = MANY.decision_function(documents)
    alone = [MANY.decision_function([document])[0] for document in documents]
    assert np.array_equal(together, np.reshape(alone, together.shape))


@given(DOCUMENTS)
def test_predictions_are_sound(documents: list[str | Article]) -> None:
    """Every topic has a probability from 0 to 1, topics stand in its order, and none has a reason."""
    found = SMALL.predict(documents)
    assert len(found) == len(documents)
    for prediction in found:
        assert tuple(prediction.probabilities) == TOPICS
        assert all(0 <= value <= 1 for value in prediction.probabilities.values())
        values = [prediction.probabilities[topic] for topic in prediction.topics]
        assert values == sorted(values, reverse=True)
        assert all(p >= SMALL.thresholds[t] for t, p in zip(prediction.topics, values, strict=True))
        assert (prediction.reason is None) == bool(prediction.topics)
        assert (prediction.primary in prediction.topics) or not prediction.topics


@given(DOCUMENTS)
def test_scores_are_the_plain_sum(documents: list[str | Article]) -> None:
    """The decision value is what multiplying scikit-learn's kind of matrix by the weights gives."""
    for model in (SMALL, MANY):
        expected = np.tile(model.intercept, (len(documents), 1))
        for layer in model.layers:
            texts = [part(document, layer.features.field.name) for document in documents]
            expected += layer.features.matrix(texts) @ (layer.weights * layer.scale)
        np.testing.assert_allclose(model.decision_function(documents), expected, atol=1e-12)


@pytest.mark.parametrize(
    "text", [f"{a}{b}" for a in ("", "\n", "\r\n") for b in ("", "\n", "\r\n", "\n\n")]
)
def test_newlines_change_nothing(text: str) -> None:
    """The style of line ends, and one at the end or none, give the same prediction."""
    lines = ["党支部的书记走访群众。", "网格员登记诉求，调解纠纷。"]
    expected = SMALL.predict(["\n".join(lines)])
    for newline in ("\n", "\r\n", "\r"):
        assert SMALL.predict([newline.join(lines) + text]) == expected


def test_carried_along_is_no_feature() -> None:
    """Section, column, publisher, date and byline change nothing."""
    article = articles()[0]
    told = replace(
        article, section="党建", column="作风", publisher="报", date="2020-01-01", byline="治理"
    )
    assert SMALL.predict([told]) == SMALL.predict([article])


def test_headline_counts() -> None:
    """The headline is read as a field of its own."""
    text = "这件事大家都在谈论，下面慢慢道来。"
    plain, named = SMALL.predict_proba([text, Article(text=text, title="党课开进支部")])
    assert named[0] > plain[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "too_short"),
        (" \n\u3000党建 ", "too_short"),
        ("The quick brown fox", "no_known_terms"),
        ("🙂🙃🙂🙃🙂🙃", "no_known_terms"),
        (" " * 5000, "no_known_terms"),
        ("气象台说冷空气南下，北部山区有小雨。", "below_threshold"),
    ],
)
def test_none_has_a_reason(text: str, reason: str) -> None:
    """Too short is said, not guessed; so are foreign text and text about something else."""
    (prediction,) = SMALL.predict([text])
    assert prediction.topics == ()
    assert prediction.primary is None
    assert prediction.reason == reason


def test_short_text_with_a_headline_is_long_enough() -> None:
    """Headline and text count together towards the least length."""
    (prediction,) = SMALL.predict([Article(text="党课", title="支部建在产业链上")])
    assert prediction.reason != "too_short"


def test_thresholds_can_be_overridden() -> None:
    """A threshold of 0 lets a topic pass everywhere, one of 1 nowhere; others stay."""
    documents = articles()
    assert all("style" in p.topics for p in SMALL.predict(documents, thresholds={"style": 0}))
    strict = SMALL.predict(documents, thresholds={"party_building": 1.0})
    assert not any("party_building" in p.topics for p in strict)
    assert strict[6] == SMALL.predict(documents)[6]


@pytest.mark.parametrize("thresholds", [{"sport": 0.5}, {"style": 1.5}, {"style": float("nan")}])
def test_impossible_thresholds_are_refused(thresholds: dict[str, float]) -> None:
    """A topic that the model does not have, or a number that is no probability, is an error."""
    with pytest.raises(UsageError):
        SMALL.predict(["党建"], thresholds=thresholds)


@pytest.mark.parametrize("documents", ["党建工作", Article(text="党建工作")])
def test_one_document_is_not_several(documents: str | Article) -> None:
    """One text where several are expected is refused at once, not read letter by letter."""
    with pytest.raises(UsageError, match="put it in a list"):
        SMALL.predict(documents)  # type: ignore[arg-type]


def test_topics_by_their_chinese_names() -> None:
    """A topic is known by the name that people call it, in explanations and thresholds."""
    model, text = pdclassify.load(), "社区党支部组织党员入户走访，了解群众的难处。"
    assert model.explain(text, "党建") == model.explain(text, "party_building")
    assert model.predict([text], thresholds={"作风": 0.0})[0].topics == (
        model.predict([text], thresholds={"style": 0.0})[0].topics
    )
    assert pdclassify.summarize(text * 3, focus="治理") == (
        pdclassify.summarize(text * 3, focus="governance")
    )
    with pytest.raises(UsageError, match="has no topic '体育'; it has governance"):
        model.explain(text, "体育")


def test_what_is_no_document_is_named() -> None:
    """A document of another type is an error that says which one."""
    with pytest.raises(UsageError, match=r"documents\[1\].* Got None"):
        SMALL.predict(["党建", None])  # type: ignore[list-item]


def test_no_documents_no_predictions() -> None:
    """Nothing in, nothing out, and arrays of no rows."""
    assert SMALL.predict(iter([])) == []
    assert SMALL.predict_proba([]).shape == (0, 3)
    assert SMALL.decision_function([]).shape == (0, 3)


def test_primary_is_a_rule_of_its_own() -> None:
    """The primary topic follows the headline where the rule says so, whatever is most probable."""
    article = Article(text=articles()[0].text + articles()[1].text, title="网格员的一天")
    everything = dict.fromkeys(TOPICS, 0.0)
    by_headline = _with(primary=Primary(probability=0.0, fields={"headline": 1.0}))
    by_probability = _with(primary=Primary())
    (first,) = by_headline.predict([article], thresholds=everything)
    (second,) = by_probability.predict([article], thresholds=everything)
    assert first.primary == "governance"
    assert second.primary == second.topics[0] != "governance"
    assert first.topics == second.topics


def test_single_label_gives_exactly_one() -> None:
    """A model of one topic an article gives the most probable, and probabilities sum to one."""
    model = single_label()
    texts = ["气象台说冷空气南下", "党支部", *(a.text for a in articles())]
    for prediction in model.predict(texts):
        assert prediction.topics == (prediction.primary,)
        assert prediction.probabilities[prediction.topics[0]] == max(
            prediction.probabilities.values()
        )
        assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-12)
    (unknown,) = model.predict(["hello"])
    assert unknown.topics == ()
    assert unknown.reason == "no_known_terms"


def test_single_label_has_no_thresholds() -> None:
    """A threshold would have no effect on a model of one topic an article, so it is an error."""
    with pytest.raises(UsageError, match="no effect"):
        single_label().predict(["党建"], thresholds={"style": 0.2})


def test_model_survives_pickling() -> None:
    """Pickled and unpickled, a model predicts the same."""
    copy = pickle.loads(pickle.dumps(SMALL))
    assert copy.predict(articles()) == SMALL.predict(articles())
    assert copy.thresholds == SMALL.thresholds
    assert copy.info == SMALL.info


@pytest.mark.parametrize(
    "changes",
    [
        {"topics": ("a", "b")},
        {"topics": ("a", "a", "b")},
        {"intercept": [0.0]},
        {"layers": []},
        {"layers": [SMALL.layers[0], SMALL.layers[0]]},
        {"calibration": Softmax(1.0, (0.0,) * 3)},
        {"multilabel": False},
        {"thresholds": {"nothing": 0.5}},
        {"primary": Primary(fields={"text": 1.0})},
        {"primary": Primary(offset=(1.0,))},
    ],
)
def test_parts_must_fit(changes: dict) -> None:
    """A model whose parts do not fit each other is not made."""
    with pytest.raises(UsageError):
        _with(**changes)


def _with(**changes: object) -> TopicModel:
    """Return the small model with other parts."""
    parts = {
        "name": "changed",
        "topics": SMALL.topics,
        "multilabel": True,
        "layers": SMALL.layers,
        "intercept": SMALL.intercept,
        "calibration": SMALL.calibration,
        "min_chars": SMALL.min_chars,
    }
    return TopicModel(**{**parts, **changes})  # type: ignore[arg-type]


def _many() -> TopicModel:
    """Return a model of thirty topics with the small one's terms and weights by chance."""
    rng = np.random.default_rng(3)
    layers = [
        replace(
            layer,
            weights=rng.integers(-99, 99, (len(layer.features), 30)).astype(np.int8),
            scale=np.full(30, 0.01),
        )
        for layer in SMALL.layers
    ]
    return TopicModel(
        name="many",
        topics=[f"t{i}" for i in range(30)],
        multilabel=True,
        layers=layers,
        intercept=rng.random(30),
        calibration=Sigmoid((1.0,) * 30, (0.0,) * 30),
    )


MANY = _many()


@pytest.mark.parametrize("several", [made(), made(marks=True, dimensions=4)])
def test_traditional_characters_say_the_same(several: TopicModel) -> None:
    """A text in the characters of Hong Kong and Taiwan has the topics of its simplified copy."""
    plain = articles()
    copies = [
        replace(one, text=traditional(one.text), title=traditional(one.title)) for one in plain
    ]
    assert sum(one.text != copy.text for one, copy in zip(plain, copies, strict=True)) > 10
    assert several.predict(copies) == several.predict(plain)
    again = pickle.loads(pickle.dumps(several))
    assert again.predict(copies) == several.predict(plain)
