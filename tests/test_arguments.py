"""Whatever is handed over wrongly is a UsageError that says what was expected and what came."""

from __future__ import annotations

import copy
import io
import json
import math
import pickle
from dataclasses import FrozenInstanceError, asdict
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import pdclassify
from pdclassify import Article, Passage, Segment, Span, UsageError
from pdclassify.analysis import analyze_article
from pdclassify.text.normalize import normalize, to_simplified
from pdclassify.topics import bundle
from pdclassify.topics.training import train
from small_model import made

TEXT = "支部每月开会。党员轮流讲课。"
ARTICLE = Article(text=TEXT)
MODEL = made()


class Table:
    """What a data frame looks like from afar: two dimensions, and its columns when looped over."""

    ndim = 2

    def __iter__(self):
        return iter(["text", "title"])


NOT_TEXTS = [None, 123, b"\xe5\x85\x9a", ["text"], math.nan]
NOT_MANY = [None, 5, "text", b"text", ARTICLE, {"text": 1}, {"text"}, Table(), np.zeros((2, 2))]
NOT_COUNTS = [0, -1, True, "180", 1.5, 2.0, math.nan, [1]]
NOT_SHARES = [0, -0.1, 1.1, True, "half", math.nan, math.inf, [0.5]]
NOT_PROBABILITIES = [-0.1, 1.1, True, "0.5", None, math.nan, [0.5]]
NOT_PATHS = [123, b"model", ["model"]]

CASES = {
    "analyze text": (pdclassify.analyze, [*NOT_TEXTS, ARTICLE]),
    "analyze source": (lambda v: pdclassify.analyze(TEXT, source=v), NOT_TEXTS),
    "analyze chars": (lambda v: pdclassify.analyze("", chars=v), NOT_COUNTS),
    "analyze top": (lambda v: pdclassify.analyze("", top=v), NOT_COUNTS),
    "analyze model": (lambda v: pdclassify.analyze("", model=v), ["models/party-press", 1]),
    "analyze one": (analyze_article, [None, TEXT, [ARTICLE]]),
    "split_page text": (pdclassify.split_page, [*NOT_TEXTS, ARTICLE]),
    "split_page source": (lambda v: pdclassify.split_page(TEXT, source=v), NOT_TEXTS),
    "split_sentences": (pdclassify.split_sentences, NOT_TEXTS),
    "normalize": (normalize, NOT_TEXTS),
    "to_simplified": (to_simplified, NOT_TEXTS),
    "summarize text": (pdclassify.summarize, NOT_TEXTS),
    "summarize title": (lambda v: pdclassify.summarize(TEXT, title=v), NOT_TEXTS[1:]),
    "summarize kicker": (lambda v: pdclassify.summarize(TEXT, kicker=v), NOT_TEXTS[1:]),
    "summarize subtitle": (lambda v: pdclassify.summarize(TEXT, subtitle=v), NOT_TEXTS[1:]),
    "summarize focus": (lambda v: pdclassify.summarize(TEXT, focus=v), NOT_TEXTS[1:]),
    "summarize sentences": (lambda v: pdclassify.summarize(TEXT, sentences=v), NOT_COUNTS),
    "summarize chars": (lambda v: pdclassify.summarize(TEXT, chars=v), NOT_COUNTS),
    "summarize ratio": (lambda v: pdclassify.summarize(TEXT, ratio=v), NOT_SHARES),
    "summarize method": (lambda v: pdclassify.summarize(TEXT, method=v), [None, "best", 1]),
    "summarize model": (lambda v: pdclassify.summarize(TEXT, focus="style", model=v), ["x", 1]),
    "digest articles": (pdclassify.digest, [*NOT_MANY, [None], [TEXT, b"text"]]),
    "digest chars": (lambda v: pdclassify.digest([TEXT], chars=v), NOT_COUNTS),
    "digest ratio": (lambda v: pdclassify.digest([TEXT], ratio=v), NOT_SHARES),
    "digest focus": (lambda v: pdclassify.digest([TEXT], focus=v), NOT_TEXTS[1:]),
    "digest model": (lambda v: pdclassify.digest([TEXT], model=v), ["x", 1]),
    "keywords text": (pdclassify.keywords, NOT_TEXTS),
    "keywords top": (lambda v: pdclassify.keywords(TEXT, top=v), [None, *NOT_COUNTS]),
    "keywords title": (lambda v: pdclassify.keywords(TEXT, title=v), NOT_TEXTS[1:]),
    "predict": (MODEL.predict, [*NOT_MANY, [None], [b"text"], [TEXT, [TEXT]]]),
    "predict_proba": (MODEL.predict_proba, [*NOT_MANY, [None]]),
    "decision_function": (MODEL.decision_function, [*NOT_MANY, [None]]),
    "thresholds": (
        lambda v: MODEL.predict([TEXT], thresholds=v),
        [[0.5], 0.5, "style=.5", {"nothing": 0.5}, {1: 0.5}],
    ),
    "a threshold": (lambda v: MODEL.predict([TEXT], thresholds={"style": v}), NOT_PROBABILITIES),
    "explain document": (lambda v: MODEL.explain(v, "style"), NOT_TEXTS),
    "explain topic": (lambda v: MODEL.explain(TEXT, v), ["nothing", None, 1, ["style"]]),
    "read inputs": (pdclassify.read, [*NOT_MANY, [None], [123], [b"page.txt"], [""]]),
    "read fields": (
        lambda v: pdclassify.read(["a.csv"], fields=v),
        ["text", ["text"], {"nothing": "a"}, {"text": 1}, {"text": None}],
    ),
    "read encoding": (lambda v: pdclassify.read(["a.csv"], encoding=v), [1, "klingon", b"utf-8"]),
    "read stdin": (lambda v: pdclassify.read(["-"], stdin=v), [io.StringIO(TEXT)]),
    "load": (pdclassify.load, NOT_PATHS),
    "verify": (bundle.verify, [None, *NOT_PATHS]),
    "save model": (lambda v: bundle.save(v, "/nowhere/at/all"), [None, "model", 1]),
    "save path": (lambda v: bundle.save(MODEL, v), [None, *NOT_PATHS]),
    "train documents": (lambda v: train(v, ["a"]), [*NOT_MANY, [None]]),
    "train labels": (lambda v: train([TEXT], v), [None, 5, "a", {"a": 1}]),
    "predict_batches": (lambda v: list(pdclassify.predict_batches(v)), [None, 5, [1], [None]]),
    "Article text": (lambda v: Article(text=v), NOT_TEXTS),
    "Article id": (lambda v: Article(text=TEXT, id=v), NOT_TEXTS),
    "Article title": (lambda v: Article(text=TEXT, title=v), NOT_TEXTS[1:]),
    "Article extra": (lambda v: Article(text=TEXT, extra=v), [None, "a", [1]]),
    "to_input": (ARTICLE.to_input, [-1, len(TEXT) + 1, None, "1", 1.0]),
    "to_input_span": (
        lambda v: ARTICLE.to_input_span(*v),
        [(-1, 2), (0, len(TEXT) + 1), (3, 2), (None, 2), (0, "2")],
    ),
}


@pytest.mark.parametrize(
    ("call", "value"),
    [
        pytest.param(call, value, id=f"{name}={value!r:.20}")
        for name, (call, values) in CASES.items()
        for value in values
    ],
)
def test_what_cannot_be_is_a_usage_error(call, value):
    """It says in one line what came and is found as a ValueError and as a TypeError."""
    with pytest.raises(UsageError) as caught:
        call(value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, TypeError)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_the_message_says_what_came_and_what_to_do():
    """Bytes are to be decoded, one text is to be put in a list, a path to be loaded first."""
    for call, said in (
        (lambda: pdclassify.summarize(b"a"), r"'text' .* a str or an Article. Got b'a' .*decode"),
        (lambda: MODEL.predict("one text"), r"'documents' .* Got 'one text' .*put it in a list"),
        (lambda: MODEL.predict(["a", 1]), r"'documents\[1\]' .* Got 1 instead"),
        (lambda: pdclassify.analyze("a", model="m"), r"'model' .* Got 'm' instead; load it"),
        (lambda: pdclassify.keywords("a", top=[3]), r"'top' .* at least 1. Got \[3\] \(list\)"),
    ):
        with pytest.raises(UsageError, match=said):
            call()


@pytest.mark.parametrize("number", [2, np.int64(2), np.uint8(2)])
def test_whole_numbers_of_all_kinds_count(number):
    """A number out of numpy is as good as one of Python's own."""
    assert len(pdclassify.summarize(TEXT, sentences=number).sentences) == 2
    assert len(pdclassify.keywords("党支部书记讲党课，党员认真听。", top=number)) <= 2


@pytest.mark.parametrize("number", [0.5, np.float32(0.5), Fraction(1, 2), 1])
def test_shares_of_all_kinds_count(number):
    """So is every real number."""
    assert pdclassify.summarize(TEXT, ratio=number).sentences
    assert MODEL.predict([TEXT], thresholds={"style": number})
    with pytest.raises(UsageError):
        pdclassify.summarize(TEXT, ratio=Decimal("0.5"))


@pytest.mark.parametrize("many", [[TEXT], (TEXT,), np.array([TEXT]), iter([TEXT])])
def test_documents_come_in_any_row(many):
    """Lists, tuples, arrays and generators are the same."""
    assert MODEL.predict(many) == MODEL.predict([TEXT])


def test_results_do_not_change():
    """Neither a field, nor what stands under a name in one, nor a model can be set."""
    found = MODEL.predict([TEXT])[0]
    article = Article(text=TEXT, extra={"label": "a"})
    for change in (
        lambda: setattr(found, "topics", ()),
        lambda: setattr(article, "text", ""),
        lambda: setattr(MODEL, "name", "other"),
        lambda: setattr(MODEL, "new", 1),
        lambda: delattr(MODEL, "name"),
    ):
        with pytest.raises(FrozenInstanceError):
            change()
    for held in (found.probabilities, article.extra, MODEL.thresholds, MODEL.info):
        before = dict(held)
        for change in (
            lambda held=held: held.update(style=1.0),
            lambda held=held: held.__setitem__("style", 1.0),
            lambda held=held: held.__delitem__(next(iter(held))),
            lambda held=held: held.__ior__({"style": 1.0}),
            lambda held=held: held.setdefault("new", 1.0),
            lambda held=held: held.pop(next(iter(held))),
            lambda held=held: held.popitem(),
            lambda held=held: held.clear(),
        ):
            with pytest.raises(TypeError, match="do not change"):
                change()
        assert dict(held) == before
    with pytest.raises(ValueError, match="read-only"):
        MODEL.intercept[0] = 1.0


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
)
def test_passages_copy_and_pickle(again):
    """A passage is the span that it is, keeps its text, and does not change."""
    passage = Passage(3, 5, "余下")
    found = again(passage)
    assert (found, found.text, repr(found)) == (Span(3, 5), "余下", repr(passage))
    with pytest.raises(AttributeError, match="do not change"):
        found.text = "别的"


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
)
def test_results_copy_and_pickle(again):
    """A copy is equal, and as firm as what it was made of; a model's says the same."""
    found = MODEL.predict([TEXT])[0]
    article = Article(text=TEXT, extra={"label": "a", "more": {"deep": [1]}})
    for one in (found, article, MODEL.explain(TEXT, "style"), pdclassify.analyze(TEXT)[0]):
        assert again(one) == one
    with pytest.raises(TypeError, match="do not change"):
        again(found).probabilities["style"] = 1.0
    assert again(MODEL).predict([TEXT]) == [found]
    with pytest.raises(FrozenInstanceError):
        again(MODEL).name = "other"


def test_results_can_be_members_of_a_set():
    """Equal results are one in a set, whatever a record brought along."""
    article = Article(text=TEXT, extra={"more": {"deep": [1]}})
    assert len({article, copy.copy(article), Article(text=TEXT, extra={"more": 2})}) == 2
    assert len({*MODEL.predict([TEXT, TEXT]), *MODEL.predict([""])}) == 2
    assert len({pdclassify.analyze(TEXT)[0], pdclassify.split_page(TEXT)}) == 2


def test_results_become_json_and_plain_dictionaries():
    """What a result holds is JSON's as it is, and ``dict()`` of it may be changed."""
    found = MODEL.predict([TEXT])[0]
    assert json.loads(json.dumps(found.probabilities)) == found.probabilities
    assert json.loads(json.dumps(found.to_dict()))["probabilities"] == found.probabilities
    assert asdict(found)["probabilities"] == found.probabilities
    assert dict(found.probabilities) | {"style": 2.0} != found.probabilities


def test_offsets_of_a_mended_text():
    """Every place of the text has one in the input, its end included, whatever kind of number."""
    article = Article(text="支部开会。", segments=(Segment(0, 10, 2), Segment(2, 14, 3)))
    assert [article.to_input(place) for place in range(6)] == [10, 11, 14, 15, 16, 17]
    assert article.to_input(np.int64(2)) == 14
    assert article.to_input_span(0, 5) == (10, 17)
    assert article.to_input_span(5, 5) == (17, 17)
    assert Article(text="").to_input_span(0, 0) == (0, 0)
