"""The topics by the slow way round: n-grams as strings, scikit-learn's vectorizer, scipy's product.

What the fast path must give, written so that each step can be seen to be right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from pdclassify.article import Article
from pdclassify.text.characters import encode
from pdclassify.topics.features import part
from pdclassify.topics.layers import Layer
from pdclassify.topics.model import TopicModel


def ngrams(text: str, low: int, high: int) -> list[str]:
    """Return all n-grams of the folded text that no break stands in."""
    runs = "".join(map(chr, encode(text).codes)).split("\0")
    return [
        run[i : i + n]
        for run in runs
        for n in range(low, high + 1)
        for i in range(len(run) - n + 1)
    ]


def vectorizer(layer: Layer) -> TfidfVectorizer:
    """Return scikit-learn's own, with the terms and settings of a layer."""
    field, vocabulary = layer.features.field, layer.features.vocabulary
    made = TfidfVectorizer(
        analyzer=lambda text: ngrams(text, *field.lengths),
        vocabulary=[vocabulary.term(number) for number in range(len(vocabulary))],
        sublinear_tf=field.tf == "log",
        binary=field.tf == "binary",
        norm=None if field.norm == "none" else field.norm,
    )
    made.idf_ = np.asarray(layer.features.idf, dtype=np.float64)
    return made


def decisions(model: TopicModel, articles: Sequence[Article]) -> NDArray[np.float64]:
    """Return the decision values, shape (n_articles, n_topics)."""
    total = np.tile(model.intercept, (len(articles), 1))
    for layer in model.layers:
        texts = [part(article, layer.features.field.name) for article in articles]
        rows = vectorizer(layer).transform(texts)
        total += rows @ (layer.weights * layer.scale)
    return total
