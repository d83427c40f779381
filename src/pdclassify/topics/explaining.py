"""Why a topic was given or refused: every term with its weight and its places in the input."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Article, Span
from pdclassify.results import Explanation, TermWeight
from pdclassify.topics.features import Texts, part
from pdclassify.topics.vocabulary import left_aligned, terms_of

if TYPE_CHECKING:
    from pdclassify.topics.layers import Layer
    from pdclassify.topics.model import TopicModel

__all__ = ["explain"]

_UNKNOWN = -1  # in place of an offset that is not known


class _Said(NamedTuple):
    """What one field says: its terms, ascending, and each place where one stands in the input."""

    codes: NDArray[np.uint64]  # left-aligned
    shown: NDArray[np.uint64]  # the same in the text's own characters, traditional ones say
    weights: NDArray[np.float64]
    terms: NDArray[np.int64]  # which of the codes stands there
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def explain(model: TopicModel, document: str | Article, topic: str) -> Explanation:
    """Return what `TopicModel.explain` promises."""
    column = model.column(topic)
    fields = [_said(layer, document, column) for layer in model.layers]
    codes, where, group = np.unique(
        np.concatenate([f.codes for f in fields]), return_index=True, return_inverse=True
    )
    shown = terms_of(np.concatenate([f.shown for f in fields]).take(where))
    weights = np.bincount(group, np.concatenate([f.weights for f in fields]), len(codes))
    first = np.cumsum([0] + [len(f.codes) for f in fields])
    places = [group.take(f.terms + start) for f, start in zip(fields, first.tolist(), strict=False)]
    # A term begins once at a place, though two fields may have read it there.
    keys = np.concatenate(places) << 32 | np.concatenate([f.starts for f in fields])
    keys, chosen = np.unique(keys, return_index=True)
    ends = np.concatenate([f.ends for f in fields]).take(chosen).tolist()
    # What Span(start, end) does, without the detour through Python, which is most of the time.
    pairs = zip((keys & 0xFFFF_FFFF).tolist(), ends, strict=True)
    spans: list[Span] = list(map(partial(tuple.__new__, Span), pairs))
    bounds = np.searchsorted(keys >> 32, np.arange(len(codes) + 1)).tolist()
    spans_of = [tuple(spans[start:end]) for start, end in pairwise(bounds)]
    made = list(map(TermWeight, shown, weights.tolist(), spans_of))
    order = np.lexsort((codes, -np.abs(weights)))
    by_field, _ = model._by_field(Texts.of([document]))
    return Explanation(
        probability=float(model._probabilities(by_field)[0, column]),
        decision=float(model._decisions(by_field)[0, column]),
        intercept=float(model.intercept[column]),
        terms=tuple(made[number] for number in order.tolist()),
    )


def _said(layer: Layer, document: str | Article, column: int) -> _Said:
    """Return the terms of one field that say anything for the topic, and where they stand."""
    field, vocabulary = layer.features.field, layer.features.vocabulary
    text = part(document, field.name)
    found, values, norms = layer.features.weighted([text])
    weights = values * layer.weights[found.terms, column] * layer.scale[column]
    weights /= norms[0] if len(norms) else 1.0
    if layer.subject is not None:
        weights += layer.subject.shares(found.terms, values)[:, column]
    telling = weights != 0
    number = np.cumsum(telling) - 1
    codes, positions = vocabulary.encode(text)
    at = np.arange(len(codes)) if positions is None else positions
    offsets = np.append(_offsets(document, field.name), _UNKNOWN)  # what stands after the text
    pieces = [np.empty((3, 0), dtype=np.int64)]
    shown = left_aligned(vocabulary.codes.take(found.terms))
    written = vocabulary.written(text, codes)
    for length, starts, terms in vocabulary.occurrences(codes, field.lengths[1]):
        held = np.searchsorted(found.terms, terms.astype(np.int64))
        if written is not None:
            first_last = np.argsort(-starts)  # so that the first place is what stays
            shown[held[first_last]] = _packed(written, starts[first_last], length)
        # Where marks are kept, a line end stands before the text and one after it.
        begins = np.maximum(at.take(starts), 0)
        lasts = np.minimum(at.take(starts + (length - 1)), len(text) - 1)
        start, last = offsets.take(begins), offsets.take(lasts)
        known = telling.take(held) & (begins <= lasts) & (start != _UNKNOWN) & (last != _UNKNOWN)
        pieces.append(np.stack([number.take(held), start, last + 1])[:, known])
    places = np.concatenate(pieces, axis=1)
    codes_of = left_aligned(vocabulary.codes.take(found.terms[telling]))
    return _Said(codes_of, shown[telling], weights[telling], *places)


def _packed(
    characters: NDArray[np.uint16], starts: NDArray[np.int64], length: int
) -> NDArray[np.uint64]:
    """Return the n-grams that begin at ``starts`` as left-aligned codes."""
    grams = np.zeros(len(starts), dtype=np.uint64)
    for place in range(length):
        grams |= characters.take(starts + place).astype(np.uint64) << np.uint64(48 - 16 * place)
    return grams


def _offsets(document: str | Article, name: str) -> NDArray[np.int64]:
    """Return where each character of a field stands in the input, -1 where that is not known."""
    if isinstance(document, str):
        return np.arange(len(document) if name != "headline" else 0)
    headline = _headline_offsets(document) if name != "body" else np.empty(0, np.int64)
    if name == "headline":
        return headline
    body = np.arange(len(document.text))
    if document.segments:
        starts, inputs, _ = np.array(document.segments).T
        body += (inputs - starts).take(np.searchsorted(starts, body, side="right") - 1, mode="clip")
    return np.concatenate([headline, [_UNKNOWN], body]) if len(headline) else body


def _headline_offsets(document: Article) -> NDArray[np.int64]:
    """Return where a headline's characters stand, -1 for those that are not known."""
    offsets = np.full(len(document.headline), _UNKNOWN, dtype=np.int64)
    for place, at, length in document.headline_segments:
        offsets[place : place + length] = np.arange(at, at + length)
    title, start, end = document.title or "", document.title_start, document.title_end
    if start is not None and end is not None and end - start == len(title):
        first = len(document.kicker) + 1 if document.kicker else 0
        offsets[first : first + len(title)] = np.arange(start, end)
    return offsets
