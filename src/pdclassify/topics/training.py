"""Labelled articles -> TopicModel.

`train` takes documents and labels; `train_articles` finds the labels in the articles' other fields
(``topics``, a list: several or none; ``label``: one of many) and is what ``pdclassify train`` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from pdclassify.arguments import (
    a_positive_number,
    a_text,
    a_whole_number,
    in_a_row,
    some_documents,
)
from pdclassify.article import Article
from pdclassify.errors import TrainingError, UsageError
from pdclassify.topics.calibration import Normalized, Sigmoid
from pdclassify.topics.deciding import (
    cross_fitted,
    normalized,
    precision_of,
    primary_rule,
    sigmoid,
    threshold,
)
from pdclassify.topics.evaluation import score
from pdclassify.topics.features import Features, Field, part
from pdclassify.topics.folds import assign_folds
from pdclassify.topics.labels import (
    Labelled,
    arranged,
    check,
    counted,
    digest_of,
    labelled,
    without_empty,
)
from pdclassify.topics.layers import Layer, quantize
from pdclassify.topics.learning import fit_linear, joined, out_of_fold
from pdclassify.topics.model import TopicModel
from pdclassify.topics.pairs import FEWEST, MOST, Pairs
from pdclassify.topics.subject import Subject

__all__ = ["Recipe", "choose_recipe", "fit", "train", "train_articles"]

_TOO_SHORT = 10


@dataclass(frozen=True, slots=True)
class Recipe:
    """How text becomes features and a linear model.

    Parameters
    ----------
    name : str
    why : str
        What in the data it was chosen for.
    fields : tuple of (Field, float)
        With the share of each field in the length of an article's row.
    min_df : int
        Documents that must hold a term.
    max_terms : int or None
        Of each field.
    C : float
        Inverse strength of the regularisation (squared hinge loss, `sklearn.svm.LinearSVC`).
    idf : float
        What idf is raised to; see `Features.learn`.
    ratios : float
        Share of log-count ratios in the terms' values; see `learning.emphasis`.
    pairs : bool
        Whether what terms say together is learned too, where C has no part; see
        `pdclassify.topics.pairs`.
    """

    name: str
    why: str
    fields: tuple[tuple[Field, float], ...]
    min_df: int
    max_terms: int | None
    C: float
    idf: float = 1.0
    ratios: float = 0.0
    pairs: bool = False


def choose_recipe(data: Labelled) -> Recipe:
    """Choose among well-tested recipes by the length of the texts and whether there are headlines."""
    texts = [part(document, "body") for document in data.documents]
    median = float(np.median([len(text) for text in texts]))
    if median < 100:
        return Recipe(
            "titles",
            f"half of the texts have fewer than {median:.0f} characters: n-grams of 1 to 3 with marks"
            " and the ends of lines, weighed by how much they tell",
            ((Field("text", (1, 3), tf="binary", marks=True), 1.0),),
            min_df=2,
            max_terms=None,
            C=0.4,
            idf=0.5,
            ratios=0.7,
        )
    fields = [(Field("body", (1, 3)), 1.0)]
    why = f"articles of {median:.0f} characters (median) without headlines: n-grams of 1 to 3"
    if any(part(document, "headline") for document in data.documents):
        fields.append((Field("headline", (1, 3)), 0.3))
        why = f"{why.replace('without', 'with')}, headline and body apart"
    pairs = FEWEST <= len(texts) <= MOST
    if pairs:
        why += ", and what they say together, for which there are enough articles"
    elif len(texts) > MOST:
        why += f"; not what they say together, as there are more than {MOST:,} articles"
    return Recipe(
        "articles with headlines" if len(fields) > 1 else "articles",
        why,
        tuple(fields),
        min_df=min(10, max(1, len(texts) // 200)),
        max_terms=190_000,
        C=3.0,
        pairs=pairs,
    )


def train_articles(
    articles: Iterable[Article],
    *,
    field: str | None = None,
    name: str = "model",
    operating_point: str = "f1",
) -> TopicModel:
    """Learn a model from articles that carry their labels; see `labelled` and `train`."""
    return fit(labelled(articles, field=field), name=name, operating_point=operating_point)


def train(
    documents: Iterable[str | Article],
    labels: Iterable[str | Sequence[str]],
    *,
    name: str = "model",
    operating_point: str = "f1",
    C: float | None = None,
    min_df: int | None = None,
    max_terms: int | None = None,
) -> TopicModel:
    """Learn a model.

    Parameters
    ----------
    documents : iterable of str or Article
    labels : iterable
        One a document: a name (each document has exactly one topic), or a list of names (each may
        have several or none).
    name : str
        What the model is called in its manifest and in predictions.
    operating_point : str
        ``f1``: thresholds that are best for F1 out of fold; ``precision:P``: the lowest ones that
        reach the precision P there. Multi-label models only.
    C, min_df, max_terms : float, int, int, optional
        In place of what the recipe says; see `Recipe`. With C, a linear model is learned.

    Returns
    -------
    TopicModel

    Raises
    ------
    TrainingError
        If nothing can be learned: no documents, one topic in all, a topic of fewer than `FLOOR`,
        the same text everywhere, or no term that ``min_df`` documents hold.
    UsageError
        If documents and labels are not equally many, or a parameter cannot be what it is.
    """
    a_text("name", name)
    a_text("operating_point", operating_point)
    wished = {"C": C, "min_df": min_df, "max_terms": max_terms}
    changes = {key: value for key, value in wished.items() if value is not None}
    for key, value in changes.items():
        (a_positive_number if key == "C" else a_whole_number)(key, value)
    given = some_documents("documents", documents)
    told = in_a_row("labels", labels, "a sequence, one label or list of labels a document")
    if len(given) != len(told):
        raise UsageError(f"{len(given)} documents and {len(told)} labels: each needs one.")
    if not given:
        raise TrainingError("There is not one document to learn from.")
    plain: list[str | tuple[str, ...]] = [
        label if isinstance(label, str) else tuple(map(str, label)) for label in told
    ]
    if len({isinstance(label, str) for label in plain}) == 2:
        raise UsageError("Labels are either all names or all lists of names. Got both.")
    data = arranged(given, plain)
    return fit(data, name=name, operating_point=operating_point, changes=changes)


def fit(
    data: Labelled,
    *,
    name: str,
    operating_point: str = "f1",
    changes: Mapping[str, Any] | None = None,
) -> TopicModel:
    """Learn a model from labelled documents; the parameters are those of `train`."""
    precision = precision_of(operating_point, data.multilabel)
    digest = digest_of(data)
    data, notes = without_empty(data)
    check(data)
    recipe = replace(choose_recipe(data), **(changes or {}))
    if "C" in (changes or {}):
        recipe = replace(recipe, pairs=False)  # where C has no part
    features = [
        Features.learn(
            [part(document, field.name) for document in data.documents],
            field,
            min_df=recipe.min_df if field.name != "headline" else min(3, recipe.min_df),
            max_terms=recipe.max_terms,
            power=recipe.idf,
        )
        for field, _ in recipe.fields
    ]
    if not any(map(len, features)):
        raise TrainingError(
            f"Not one term stands in {recipe.min_df} documents (min_df). Lower min_df, or give texts"
            " that have words in common."
        )
    total = sum(share for _, share in recipe.fields)
    shares = [float(np.sqrt(share / total)) for _, share in recipe.fields]
    blocks = [
        made.matrix([part(document, made.field.name) for document in data.documents]) * share
        for made, share in zip(features, shares, strict=True)
    ]
    folds = assign_folds(data)
    subject: Subject | None = None
    if recipe.pairs:
        with threadpool_limits(1):  # more would add in another order, and give other bytes
            pairs = Pairs(features[0], blocks, data)
            by_field = pairs.out_of_fold(folds)
            coefficients, intercept, subject = pairs.fit(np.ones(len(folds), dtype=bool))
    else:
        by_field = out_of_fold(blocks, data, folds, recipe.C, ratios=recipe.ratios)
        coefficients, intercept = fit_linear(joined(blocks), data, recipe.C, ratios=recipe.ratios)
    decisions = by_field.sum(axis=0)
    layers, start = [], 0
    for made, share in zip(features, shares, strict=True):
        weights, scale = quantize(coefficients[start : start + len(made)] * share)
        layers.append(Layer(made.for_both_scripts(), weights, scale, None if start else subject))
        start += len(made)
    calibration: Sigmoid | Normalized
    outcome = cross_fitted(decisions, data, folds, precision)
    found = score(outcome, data.documents)
    notes += [
        f"{topic}: not one of its {row['support']} documents is found out of fold; expect it never to"
        " be told. Label more of it."
        for topic, row in found.per_topic.items()
        if not row["recall"] and precision is None
    ]
    if data.multilabel:
        calibration = sigmoid(decisions, data.targets)
        probabilities = calibration(decisions)
        thresholds = {
            topic: threshold(probabilities[:, column], data.targets[:, column], precision)
            for column, topic in enumerate(data.topics)
        }
        notes += [
            f"{topic}: no threshold reaches the precision {precision} out of fold, so it is never told."
            for topic, least in thresholds.items()
            if least >= 1.0 and precision is not None
        ]
        primary = primary_rule(probabilities, by_field, [f.name for f, _ in recipe.fields], data)
    else:
        calibration = normalized(decisions, data.targets)
        thresholds, primary = None, None
    return TopicModel(
        name=name,
        topics=data.topics,
        multilabel=data.multilabel,
        layers=layers,
        intercept=intercept,
        calibration=calibration,
        thresholds=thresholds,
        primary=primary,
        min_chars=_TOO_SHORT if data.multilabel else 0,
        info={
            "recipe": recipe.name,
            "why": recipe.why,
            "C": recipe.C,
            "pairs": recipe.pairs,
            "notes": notes,
            "operating_point": operating_point,
            "documents": len(data.documents),
            "documents_by_topic": {
                topic: int(count)
                for topic, count in zip(data.topics, data.targets.sum(axis=0), strict=True)
            },
            "documents_by_publisher": counted(data, "publisher"),
            "documents_by_year": counted(data, "date"),
            "data_sha256": digest,
            "out_of_fold": _rounded(found.to_dict()),
        },
    )


def _rounded(value: Any) -> Any:
    """Return figures with four places: more would be noise, and depend on the machine."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
