from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from pdclassify.article import Article
from pdclassify.errors import TrainingError, UsageError
from pdclassify.topics.evaluation import evaluate
from pdclassify.topics.labels import labelled, labels_of, unlabelled
from pdclassify.topics.training import train, train_articles

WORDS = {
    "football": ["球队", "进球", "门将", "比分", "联赛", "教练"],
    "weather": ["降雨", "气温", "寒潮", "大风", "预报", "多云"],
    "harvest": ["小麦", "收割", "粮仓", "农田", "丰收", "播种"],
}


def made(n: int = 20, size: int = 60, seed: int = 0) -> tuple[list[str], list[str]]:
    """Return texts of one topic each, made of its words and of common ones."""
    rng = random.Random(seed)
    texts, labels = [], []
    for topic, words in WORDS.items():
        for _ in range(n):
            texts.append("，".join(rng.choices([*words, "昨天", "记者", "表示"], k=size)))
            labels.append(topic)
    return texts, labels


def test_single_label_learns() -> None:
    """Names as labels give a model of exactly one topic a document, with shares that sum to one."""
    texts, labels = made()
    model = train(texts, labels)
    assert not model.multilabel
    assert model.topics == ("football", "harvest", "weather")
    other, truth = made(seed=1)
    found = model.predict(other)
    assert [p.primary for p in found] == truth
    assert all(abs(sum(p.probabilities.values()) - 1) < 1e-9 for p in found)


def test_multi_label_learns_none() -> None:
    """Lists as labels give a model that may find several topics or none."""
    texts, labels = made(30)
    lists = [[] if label == "weather" else [label] for label in labels]
    both = [texts[i] + "。" + texts[30 + i] for i in range(30)]
    model = train(texts + both, lists + [["football", "harvest"]] * 30)
    assert model.multilabel
    assert model.topics == ("football", "harvest")
    other, truth = made(10, seed=1)
    found = model.predict([*other, other[0] + "。" + other[10]])
    assert [list(p.topics) for p in found[:-1]] == [[t] if t != "weather" else [] for t in truth]
    assert set(found[-1].topics) == {"football", "harvest"}


def test_a_topic_that_is_never_found_is_told() -> None:
    """A topic whose few documents read like the others' is named among the notes."""
    texts, labels = made(60)
    hidden = [*labels[:6], *("harvest" if label == "football" else label for label in labels[6:])]
    (note,) = train(texts, hidden).info["notes"]
    assert note.startswith("football: not one of its 6 documents is found")
    assert train(texts, labels).info["notes"] == []


def test_order_changes_nothing() -> None:
    """Documents in another order give the same arrays and numbers."""
    texts, labels = made()
    order = list(range(len(texts)))
    random.Random(3).shuffle(order)
    first = train(texts, labels)
    second = train([texts[i] for i in order], [labels[i] for i in order])
    assert first.info == second.info
    assert np.array_equal(first.intercept, second.intercept)
    for one, other in zip(first.layers, second.layers, strict=True):
        assert np.array_equal(one.weights, other.weights)


def test_titles_and_articles_get_recipes_of_their_own() -> None:
    """The length of the texts chooses the recipe, and the model says which and why."""
    assert train(*made(size=8)).info["recipe"] == "titles"
    model = train(*made())
    assert model.info["recipe"] == "articles"
    assert "characters" in model.info["why"]


def test_precision_raises_thresholds() -> None:
    """A precision asked for never gives a lower threshold than the best F1."""
    texts, labels = made(40, size=3)
    lists = [[label] for label in labels]
    plain = train(texts, lists)
    strict = train(texts, lists, operating_point="precision:1.0")
    assert all(strict.thresholds[t] >= plain.thresholds[t] for t in plain.topics)


@pytest.mark.parametrize(
    ("documents", "labels", "words"),
    [
        ([], [], "not one document"),
        (["雨"] * 9, ["weather"] * 9, "same label"),
        (["雨", "球"] * 3, ["weather", "football"] * 3, "football (3), weather (3)"),
        ([""] * 20, ["weather", "football"] * 10, "empty"),
    ],
)
def test_bad_data_is_said(documents: list[str], labels: list[str], words: str) -> None:
    """Data from which nothing can be learned gives an error that names what is missing."""
    with pytest.raises(TrainingError) as caught:
        train(documents, labels)
    assert words in str(caught.value)


def test_contradictory_duplicates_are_learned_from_and_said() -> None:
    """The same text with two labels is learned from, as the doubt it is, and counted in a note."""
    texts, labels = made()
    assert train([*texts, texts[1]], [*labels, labels[1]]).info["notes"] == []
    model = train([*texts, texts[0], texts[0]], [*labels, "weather", "harvest"])
    assert len(model.predict(texts)) == len(texts)
    (note,) = model.info["notes"]
    assert "with different labels: 1;" in note
    assert texts[0][:20] in note


def test_empty_documents_are_left_out_and_said() -> None:
    """Empty documents teach nothing: the model is the same without them, and they are counted."""
    texts, labels = made()
    plain = train(texts, labels)
    model = train([*texts, "", " \n"], [*labels, "weather", "harvest"])
    assert np.array_equal(model.intercept, plain.intercept)
    assert model.info["documents"] == len(texts)
    assert model.info["notes"] == ["Empty documents, left out: 2."]


def test_precision_out_of_reach_is_said() -> None:
    """Where no threshold reaches the precision asked for, the topic is never told, which is said."""
    texts, _ = made(40)
    torn = [["a"] for _ in texts] + [[] for _ in texts]
    model = train(texts * 2, torn, operating_point="precision:0.9")
    assert model.thresholds["a"] == 1.0
    assert any("a: no threshold reaches" in note for note in model.info["notes"])


def test_wrong_arguments_are_refused() -> None:
    """Unequal numbers, mixed labels and unknown operating points are usage errors."""
    texts, labels = made()
    with pytest.raises(UsageError, match="each needs one"):
        train(texts, labels[:-1])
    with pytest.raises(UsageError, match="Got both"):
        train(texts, [*labels[:-1], ["weather"]])
    with pytest.raises(UsageError, match="operating point"):
        train(texts, [[label] for label in labels], operating_point="recall:0.9")
    with pytest.raises(UsageError, match="thresholds"):
        train(texts, labels, operating_point="precision:0.9")


def test_labels_are_found_in_articles() -> None:
    """Articles bring their labels along, and one without is named."""
    texts, labels = made()
    articles = [
        Article(text=text, id=f"a{i}", extra={"label": label})
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]
    assert train_articles(articles).topics == ("football", "harvest", "weather")
    with pytest.raises(
        TrainingError, match=r"a0: no field 'topics' or 'label'.*there is nothing: name"
    ):
        labelled([Article(text="雨", id="a0")])
    with pytest.raises(
        TrainingError, match=r"no field 'kind' with labels; .* there is label: name"
    ):
        labelled(articles, field="kind")
    unsaid = Article(text="雨", id="b1", source="b.csv", index=1, extra={"label": None})
    with pytest.raises(TrainingError, match=r"b\.csv: record 2 \(b1\): no label"):
        labelled([articles[0], unsaid])
    assert [article.id for article, _ in unlabelled([articles[0], unsaid])] == ["b1"]
    with pytest.raises(TrainingError, match=r"Not one of 1 records has a label; b\.csv: record 2"):
        unlabelled([unsaid])
    columns = [replace(article, extra={}, column=article.extra["label"]) for article in articles]
    assert labels_of(columns, field="column") == labels


def test_evaluation_counts_what_is_wrong() -> None:
    """A perfect model scores one; a label it does not know lowers accuracy and macro-F1."""
    model = train(*made())
    texts, labels = made(seed=2)
    found = evaluate(model, texts, labels, draws=20)
    assert found.accuracy == found.macro_f1 == found.micro_f1 == 1.0
    assert found.n == len(texts)
    found = evaluate(model, [*texts, "雨"], [*labels, "chess"], draws=20)
    assert found.accuracy < 1
    assert found.per_topic["chess"]["f1"] == 0
    assert found.ece < 0.2
    assert list(found.reliability) == ["the most probable"]


def test_groups_count_the_topics_they_have() -> None:
    """A group without any example of a topic is not charged with it; lengths stand in their order."""
    texts, labels = made(40)
    model = train(texts, labels)
    long = [text * 8 for text in texts]
    only = [
        Article(text=t, publisher="报")
        for t, la in zip(texts, labels, strict=True)
        if la == "weather"
    ]
    found = evaluate(model, [*long, *only], [*labels, *["weather"] * len(only)], draws=20)
    assert found.by_publisher["报"] == {"macro_f1": 1.0, "n": 40}
    assert list(found.by_length) == ["0 to 299", "1000 to 1999"]
