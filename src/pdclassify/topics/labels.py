"""Labelled documents: where the labels are found, in which order they stand, whether they suffice.

The order in which documents come changes nothing: they are sorted by what they say.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Article
from pdclassify.errors import TrainingError
from pdclassify.topics.features import part

__all__ = [
    "FLOOR",
    "Labelled",
    "arranged",
    "check",
    "counted",
    "digest_of",
    "labelled",
    "labels_of",
    "unlabelled",
    "without_empty",
]

#: Fewer examples of a topic than this cannot be split into folds.
FLOOR = 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """Documents with their labels, sorted by content.

    Parameters
    ----------
    documents : list of str or Article
    topics : tuple of str
        Sorted; the columns of ``targets``.
    targets : ndarray of bool, shape (n_documents, n_topics)
    multilabel : bool
    doubtful : ndarray of bool, shape (n_documents,)
        Where a second careful reader could differ.
    primary : ndarray of int64, shape (n_documents,)
        Column of the primary topic, -1 where none is told.
    """

    documents: list[str | Article]
    topics: tuple[str, ...]
    targets: NDArray[np.bool_]
    multilabel: bool
    doubtful: NDArray[np.bool_]
    primary: NDArray[np.int64]

    def of(self, rows: NDArray[np.bool_]) -> Labelled:
        """Return some of the documents, by a mask."""
        return replace(
            self,
            documents=[self.documents[place] for place in np.flatnonzero(rows)],
            targets=self.targets[rows],
            doubtful=self.doubtful[rows],
            primary=self.primary[rows],
        )


def labelled(articles: Iterable[Article], *, field: str | None = None) -> Labelled:
    """Find the labels of articles in their other fields.

    Parameters
    ----------
    articles : iterable of Article
        With ``topics`` (a list of names, may be empty) or ``label`` (one name) in ``extra``; and
        where present ``primary`` (a name) and ``unsure`` (true or false).
    field : str, optional
        Another field that holds the labels.

    Raises
    ------
    TrainingError
        If there is no article, or one without a label, or labels of both kinds.
    """
    found = list(articles)
    return arranged(
        found,
        labels_of(found, field=field),
        [bool(article.extra.get("unsure")) for article in found],
        [article.extra.get("primary") for article in found],
    )


def labels_of(
    articles: Sequence[Article], *, field: str | None = None
) -> list[str] | list[tuple[str, ...]]:
    """Return the label of each article, in order; see `labelled`."""
    if not articles:
        raise TrainingError("There is not one article with labels.")
    field = _field(articles, field)
    labels = [_label(article, field) for article in articles]
    several = isinstance(labels[0], tuple)
    for article, label in zip(articles, labels, strict=True):
        if isinstance(label, tuple) is not several:
            raise TrainingError(
                f"{_place(article)}: {field!r} is {label!r}; either all labels are lists or none is."
            )
    return labels  # type: ignore[return-value]  # all of one kind, as was checked


def unlabelled(
    articles: Sequence[Article], *, field: str | None = None
) -> list[tuple[Article, str]]:
    """Return the articles whose label is missing or no label, and what is wrong with each.

    Raises
    ------
    TrainingError
        If that are all of them.
    """
    field = _field(articles, field)
    found = []
    for article in articles:
        try:
            _label(article, field)
        except TrainingError as error:
            found.append((article, str(error)))
    if len(found) == len(articles):
        raise TrainingError(f"Not one of {len(found):,} records has a label; {found[0][1]}")
    return found


def _field(articles: Sequence[Article], field: str | None) -> str:
    """Return the field of the labels, or raise ``TrainingError`` if no article has it."""
    there = {name: None for article in articles for name in article.extra}  # in their order
    wanted = ("topics", "label") if field is None else (field,)
    for name in wanted:
        if name in there or any(_own(article, name) is not None for article in articles):
            return name
    raise TrainingError(
        f"{articles[0].source or articles[0].id}: no field {' or '.join(map(repr, wanted))} with"
        f" labels; beside text and headline there is {', '.join(there) or 'nothing'}: name the field"
        " by field=… (--label-field)."
    )


def _own(article: Article, field: str) -> str | None:
    """Return what is in a field of ours that may serve as a label, a newspaper's column say."""
    return getattr(article, field, None) if field in ("section", "column", "publisher") else None


def _place(article: Article) -> str:
    """Return where a record is: file, place from 1, and its identifier if it has one."""
    if not article.source:
        return article.id
    own = "" if article.id == f"{article.source}#{article.index}" else f" ({article.id})"
    return f"{article.source}: record {article.index + 1}{own}"


def _label(article: Article, field: str) -> str | tuple[str, ...]:
    """Return one article's label, or raise ``TrainingError``."""
    value = article.extra.get(field, _own(article, field))
    if isinstance(value, list) and all(isinstance(topic, str) and topic for topic in value):
        return tuple(value)
    if isinstance(value, str) and value.startswith("["):  # a list in a cell of a table
        try:
            return tuple(map(str, json.loads(value)))
        except (ValueError, TypeError):
            pass
    if isinstance(value, str) and field == "topics":  # the same as it is written by ``predict``
        return tuple(name.strip() for name in value.split(";") if name.strip())
    if isinstance(value, str | int) and str(value).strip() and not isinstance(value, bool):
        return str(value).strip()
    if value is None or value == "":
        raise TrainingError(
            f"{_place(article)}: no label, as {field!r} is empty or missing; label the record or"
            " leave it out."
        )
    raise TrainingError(
        f"{_place(article)}: {field!r} must be a name or a list of names. Got {value!r:.60} instead."
    )


def arranged(
    documents: Sequence[str | Article],
    labels: Sequence[str | tuple[str, ...]],
    doubtful: Sequence[bool] | None = None,
    primary: Sequence[Any] | None = None,
) -> Labelled:
    """Put everything in the order of what the documents say, and labels into columns.

    Parameters
    ----------
    documents : sequence of str or Article
    labels : sequence
        All names, or all tuples of names.
    doubtful : sequence of bool, optional
    primary : sequence, optional
        The name of each document's primary topic; anything else for none.
    """
    doubtful = [False] * len(labels) if doubtful is None else doubtful
    primary = [None] * len(labels) if primary is None else primary
    several = isinstance(labels[0], tuple)
    sets = [(label,) if isinstance(label, str) else label for label in labels]
    topics = tuple(sorted({topic for label in sets for topic in label}))
    column = {topic: place for place, topic in enumerate(topics)}
    keys = [
        hashlib.sha256(
            json.dumps([part(document, "text"), sorted(label)], ensure_ascii=True).encode()
        ).digest()
        for document, label in zip(documents, sets, strict=True)
    ]
    order = sorted(range(len(keys)), key=lambda place: keys[place])
    targets = np.zeros((len(order), len(topics)), dtype=bool)
    for row, place in enumerate(order):
        targets[row, [column[topic] for topic in sets[place]]] = True
    return Labelled(
        [documents[place] for place in order],
        topics,
        targets,
        several,
        np.array([doubtful[place] for place in order], dtype=bool),
        np.array([column.get(primary[place], -1) for place in order], dtype=np.int64),
    )


def check(data: Labelled) -> None:
    """Raise ``TrainingError`` if nothing can be learned."""
    counts = data.targets.sum(axis=0)
    few = [f"{t} ({c})" for t, c in zip(data.topics, counts, strict=True) if c < FLOOR]
    if few:
        raise TrainingError(
            f"Too few examples of {', '.join(few)}: {FLOOR} at least. Label more, merge them or"
            " leave them out."
        )
    if not data.topics or (not data.multilabel and len(data.topics) == 1):
        raise TrainingError(
            f"All {len(data.documents)} documents have the same label; two are needed."
        )
    if len({part(document, "text") for document in data.documents}) < 2:
        raise TrainingError(
            f"All {len(data.documents)} documents say the same, so nothing in them tells topics apart."
        )
    for topic, count in zip(data.topics, counts, strict=True):
        if len(data.documents) - count < FLOOR:
            raise TrainingError(
                f"Too few documents without {topic} ({len(data.documents) - count}): {FLOOR} at"
                " least, or there is nothing to tell it from."
            )


def without_empty(data: Labelled) -> tuple[Labelled, list[str]]:
    """Leave out documents without a character; say that, and where labels contradict each other.

    Returns
    -------
    data : Labelled
    notes : list of str
        What whoever labelled the documents should know.

    Raises
    ------
    TrainingError
        If all documents are empty.
    """
    texts = [part(document, "text") for document in data.documents]
    full = np.array([bool(text.strip()) for text in texts], dtype=bool)
    if not full.any():
        raise TrainingError("All documents are empty.")
    notes = []
    if not full.all():
        notes.append(f"Empty documents, left out: {int((~full).sum())}.")
        data = data.of(full)
        texts = [text for text, has in zip(texts, full.tolist(), strict=True) if has]
    first: dict[str, int] = {}
    torn = {}
    for place, text in enumerate(texts):
        other = first.setdefault(text, place)
        if (data.targets[place] != data.targets[other]).any():
            torn[text] = data.documents[other]
    if torn:
        named = next(iter(torn.values()))
        name = named[:20] if isinstance(named, str) else named.id
        notes.append(
            f"Texts that stand there more than once with different labels: {len(torn)}; {name!r},"
            " for one."
        )
    return data, notes


def digest_of(data: Labelled) -> str:
    """Return the SHA-256 of texts and labels, whatever order they came in."""
    digest = hashlib.sha256()
    for document, row in zip(data.documents, data.targets, strict=True):
        names = [topic for topic, has in zip(data.topics, row, strict=True) if has]
        digest.update(json.dumps([part(document, "text"), names]).encode())
    return digest.hexdigest()


def counted(data: Labelled, name: str) -> dict[str, int]:
    """Count the documents by publisher, or by the year of their date, where they tell it."""
    values = [getattr(document, name, None) for document in data.documents]
    return dict(
        sorted(Counter(value[:4] if name == "date" else value for value in values if value).items())
    )
