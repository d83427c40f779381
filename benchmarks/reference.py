"""The topics by the slow way round: n-grams as strings, scikit-learn's vectorizer, scipy's product.

What the fast path must give, written so that each step can be seen to be right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from pdclassify.article import Article
from pdclassify.text.characters import encode, table
from pdclassify.text.traditional import PAIRS
from pdclassify.topics.features import Field, part
from pdclassify.topics.layers import Layer
from pdclassify.topics.model import TopicModel


def ngrams(text: str, field: Field, simple: Mapping[int, int]) -> list[str]:
    """Return all n-grams of the folded text that no break stands in, simplified as ``simple`` says."""
    if field.marks:
        text = f"\n{text}\n"
    low, high = field.lengths
    folded = "".join(map(chr, encode(text, table(field.marks)).codes))
    runs = folded.translate(simple).split("\0")
    return [
        run[i : i + n]
        for run in runs
        for n in range(low, high + 1)
        for i in range(len(run) - n + 1)
    ]


def vectorizer(layer: Layer) -> TfidfVectorizer:
    """Return scikit-learn's own, with the terms and settings of a layer; rows are not normed."""
    field, vocabulary = layer.features.field, layer.features.vocabulary
    terms = [vocabulary.term(number) for number in range(len(vocabulary))]
    own = set("".join(terms))
    pairs = zip(map(ord, PAIRS[::2]), map(ord, PAIRS[1::2]), strict=True)
    simple = {old: new for old, new in pairs if chr(old) not in own}
    made = TfidfVectorizer(
        analyzer=lambda text: ngrams(text, field, simple),
        vocabulary=terms,
        sublinear_tf=field.tf == "log",
        binary=field.tf == "binary",
        norm=None,
    )
    made.idf_ = np.asarray(layer.features.idf, dtype=np.float64)
    return made


def decisions(model: TopicModel, articles: Sequence[Article]) -> NDArray[np.float64]:
    """Return the decision values, shape (n_articles, n_topics)."""
    total = np.tile(model.intercept, (len(articles), 1))
    for layer in model.layers:
        field, subject = layer.features.field, layer.subject
        rows = vectorizer(layer).transform([part(article, field.name) for article in articles])
        total += (normalize(rows) if field.norm == "l2" else rows) @ (layer.weights * layer.scale)
        if subject is not None:
            places = normalize(rows[:, subject.terms] @ (subject.weights * subject.scale))
            total += np.einsum("nr,trs,ns->nt", places, subject.forms, places)
    return total
