"""Why a topic was given or refused: every term with its weight and its places in the input."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from pdclassify.article import Article, Explanation, Span, TermWeight
from pdclassify.topics.features import part

if TYPE_CHECKING:
    from pdclassify.topics.layers import Layer
    from pdclassify.topics.model import TopicModel

__all__ = ["explain"]


def explain(model: TopicModel, document: str | Article, topic: str) -> Explanation:
    """Return what `TopicModel.explain` promises."""
    column = model.column(topic)
    weights: dict[str, float] = defaultdict(float)
    spans: dict[str, set[Span]] = defaultdict(set)
    for layer in model.layers:
        for term, weight, places in _terms(layer, document, column):
            weights[term] += weight
            spans[term].update(places)
    terms = (TermWeight(term, weights[term], tuple(sorted(spans[term]))) for term in weights)
    return Explanation(
        probability=float(model.predict_proba([document])[0, column]),
        decision=float(model.decision_function([document])[0, column]),
        intercept=float(model.intercept[column]),
        terms=tuple(sorted(terms, key=lambda found: (-abs(found.weight), found.term))),
    )


def _terms(
    layer: Layer, document: str | Article, column: int
) -> list[tuple[str, float, list[Span]]]:
    """Return the terms of one field that say anything for the topic, and where they stand."""
    field, vocabulary = layer.features.field, layer.features.vocabulary
    text = part(document, field.name)
    found, values, norms = layer.features.weighted([text])
    said = values * layer.weights[found.terms, column] * layer.scale[column] / norms
    if layer.subject is not None:
        said += layer.subject.shares(found.terms, values)[:, column]
    weight = dict(zip(found.terms.tolist(), said.tolist(), strict=True))
    places: dict[int, list[Span]] = defaultdict(list)
    codes, positions = vocabulary.encode(text)
    at = np.arange(len(codes)) if positions is None else positions
    for length, starts, terms in vocabulary.occurrences(codes, field.lengths[1]):
        ends = at[starts + (length - 1)] + 1
        for term, start, end in zip(
            terms.tolist(), at[starts].tolist(), ends.tolist(), strict=True
        ):
            # Where marks are kept, a line end stands before the text and one after it.
            begin, stop = max(start, 0), min(end, len(text))
            if weight.get(term) and begin < stop:
                span = _in_input(document, field.name, begin, stop)
                if span is not None:
                    places[term].append(span)
    return [(vocabulary.term(term), value, places[term]) for term, value in weight.items() if value]


def _in_input(document: str | Article, name: str, start: int, end: int) -> Span | None:
    """Return where ``start:end`` of a field stands in the input; None where that is not known."""
    if isinstance(document, str):
        return Span(start, end)
    headline = document.headline
    if name == "body" or not headline:
        return document.to_input_span(start, end)
    if name == "text" and start > len(headline):
        return document.to_input_span(start - len(headline) - 1, end - len(headline) - 1)
    title = document.title or ""
    first = len(document.kicker) + 1 if document.kicker else 0
    if document.title_start is None or document.title_end is None:
        return None
    if document.title_end - document.title_start != len(title):
        return None  # printed in a way that the title alone does not tell, over two lines, say
    if not first <= start < end <= first + len(title):
        return None
    return Span(document.title_start + start - first, document.title_start + end - first)
