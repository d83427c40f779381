"""How good a model is: scores, calibration and where it errs, with intervals.

The metrics are scikit-learn's; the intervals are percentile bootstraps over documents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.article import Article
from pdclassify.errors import TrainingError, UsageError
from pdclassify.topics.features import part
from pdclassify.topics.model import TopicModel

__all__ = ["Evaluation", "Outcome", "calibration_error", "evaluate", "reliability", "score"]

_BINS = 10
_BEST = "the most probable"
_DRAWS = 500
_FEWEST = 30  # a group of fewer documents says little
_LENGTHS = ((0, 300), (300, 1000), (1000, 2000), (2000, None))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was predicted and what is true, a row a document and a column a topic.

    Parameters
    ----------
    topics : tuple of str
    targets, passed : ndarray of bool, shape (n_documents, n_topics)
    probabilities : ndarray of float, shape (n_documents, n_topics)
    multilabel : bool
    """

    topics: tuple[str, ...]
    targets: NDArray[np.bool_]
    passed: NDArray[np.bool_]
    probabilities: NDArray[np.float64]
    multilabel: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a model on labelled documents.

    Parameters
    ----------
    accuracy : float
        Share of documents whose topics are exactly right.
    macro_f1, micro_f1 : float
        Over topics; a topic that is neither true nor predicted counts 0.
    per_topic : dict
        Topic -> precision, recall, f1, average_precision, support.
    n : int
        Documents.
    ece : float
        Expected calibration error: the mean over topics; of the most probable topic where a document
        has exactly one.
    intervals : dict
        Figure -> 95 % bootstrap interval.
    reliability : dict
        Topic -> rows of mean probability, share that is true, documents. Where a document has
        exactly one topic, all of them together, under ``the most probable``.
    confusion : dict
        True topic (or ``none``) -> predicted topic (or ``none``) -> documents.
    by_length, by_publisher : dict
        Group -> macro_f1 (over the topics that are true or predicted there) and n.
    """

    accuracy: float
    macro_f1: float
    micro_f1: float
    per_topic: dict[str, dict[str, float]]
    n: int
    ece: float
    intervals: dict[str, tuple[float, float]]
    reliability: dict[str, list[dict[str, float]]]
    confusion: dict[str, dict[str, int]]
    by_length: dict[str, dict[str, float]] = field(default_factory=dict)
    by_publisher: dict[str, dict[str, float]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain objects."""
        found = {name: getattr(self, name) for name in self.__slots__}
        found["intervals"] = {name: list(pair) for name, pair in self.intervals.items()}
        return found


def evaluate(
    model: TopicModel,
    documents: Iterable[str | Article],
    labels: Iterable[str | Sequence[str]],
    *,
    draws: int = _DRAWS,
) -> Evaluation:
    """Compare a model's predictions with labels.

    Parameters
    ----------
    model : TopicModel
    documents : iterable of str or Article
    labels : iterable
        One a document: a name or a list of names.
    draws : int
        Bootstrap samples of the intervals.

    Raises
    ------
    TrainingError
        If there is no document.
    UsageError
        If documents and labels are not equally many.
    """
    given = list(documents)
    sets = [{label} if isinstance(label, str) else set(label) for label in labels]
    if len(given) != len(sets):
        raise UsageError(f"{len(given)} documents and {len(sets)} labels: each needs one.")
    if not given:
        raise TrainingError("There is not one document to evaluate on.")
    # A label that the model does not know is a column in which nothing is ever predicted.
    unknown = sorted(set().union(*sets) - set(model.topics))
    topics = (*model.topics, *unknown)
    predictions = model.predict(given)
    probabilities = np.array([[p.probabilities.get(t, 0.0) for t in topics] for p in predictions])
    outcome = Outcome(
        topics,
        np.array([[topic in label for topic in topics] for label in sets]),
        np.array([[topic in p.topics for topic in topics] for p in predictions]),
        probabilities,
        model.multilabel,
    )
    return score(outcome, given, draws=draws)


def score(
    outcome: Outcome, documents: Sequence[str | Article] = (), *, draws: int = _DRAWS
) -> Evaluation:
    """Turn an outcome into figures; with documents, also by length and publisher."""
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support

    targets, passed = outcome.targets, outcome.passed
    precision, recall, f1, support = precision_recall_fscore_support(
        targets, passed, zero_division=0.0
    )
    per_topic = {
        topic: {
            "precision": float(precision[column]),
            "recall": float(recall[column]),
            "f1": float(f1[column]),
            "average_precision": float(
                average_precision_score(targets[:, column], outcome.probabilities[:, column])
            )
            if support[column]
            else 0.0,
            "support": int(support[column]),
        }
        for column, topic in enumerate(outcome.topics)
    }
    if outcome.multilabel:
        told = dict(zip(outcome.topics, outcome.probabilities.T, strict=True))
        true = dict(zip(outcome.topics, targets.T, strict=True))
    else:
        told = {_BEST: outcome.probabilities.max(axis=1)}
        true = {_BEST: (targets & passed).any(axis=1)}
    bins = {name: reliability(told[name], true[name]) for name in told}
    return Evaluation(
        accuracy=float((targets == passed).all(axis=1).mean()),
        macro_f1=_macro(targets, passed),
        micro_f1=_micro(targets, passed),
        per_topic=per_topic,
        n=len(targets),
        ece=float(np.mean([calibration_error(rows) for rows in bins.values()])),
        intervals=_intervals(targets, passed, draws),
        reliability=bins,
        confusion=_confusion(outcome),
        by_length=_by_group(targets, passed, [_length(d) for d in documents]),
        by_publisher=_by_group(targets, passed, [_publisher(d) for d in documents]),
    )


def _f1(true: NDArray[np.int64], found: NDArray[np.int64], both: NDArray[np.int64]) -> Any:
    """Return 2 both / (true + found), 0 where neither is."""
    total = true + found
    return np.divide(2.0 * both, total, out=np.zeros(np.shape(total)), where=total > 0)


def _macro(targets: NDArray[np.bool_], passed: NDArray[np.bool_]) -> float:
    """Return the mean F1 over topics."""
    return float(_f1(targets.sum(0), passed.sum(0), (targets & passed).sum(0)).mean())


def _micro(targets: NDArray[np.bool_], passed: NDArray[np.bool_]) -> float:
    """Return the F1 over all pairs of document and topic."""
    total = targets.sum() + passed.sum()
    return float(2 * (targets & passed).sum() / total) if total else 0.0


def calibration_error(rows: Sequence[Mapping[str, float]]) -> float:
    """Return sum_bins n_bin/n |mean probability - share true|, ten bins.

    Source: M. Naeini and others, Obtaining well calibrated probabilities, AAAI 2015.
    """
    off = sum(row["n"] * abs(row["probability"] - row["share"]) for row in rows)
    return float(off / sum(row["n"] for row in rows))


def reliability(
    probabilities: NDArray[np.float64], targets: NDArray[np.bool_]
) -> list[dict[str, float]]:
    """Return a row a bin of equal width that is not empty."""
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    return [
        {
            "probability": float(probabilities[bins == place].mean()),
            "share": float(targets[bins == place].mean()),
            "n": int((bins == place).sum()),
        }
        for place in np.unique(bins)
    ]


def _intervals(
    targets: NDArray[np.bool_], passed: NDArray[np.bool_], draws: int
) -> dict[str, tuple[float, float]]:
    """Return 95 % percentile bootstrap intervals over documents."""
    rng = np.random.default_rng(0)
    found = defaultdict(list)
    for _ in range(draws):
        rows = rng.integers(0, len(targets), len(targets))
        true, said = targets[rows], passed[rows]
        found["accuracy"].append((true == said).all(axis=1).mean())
        found["macro_f1"].append(_macro(true, said))
        found["micro_f1"].append(_micro(true, said))
    return {
        name: (float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5)))
        for name, values in found.items()
    }


def _confusion(outcome: Outcome) -> dict[str, dict[str, int]]:
    """Count pairs of what is true and what was said; those right in a document are paired first."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for true, said in zip(outcome.targets, outcome.passed, strict=True):
        for column in np.flatnonzero(true & said):
            counts[outcome.topics[column]][outcome.topics[column]] += 1
        missed = [outcome.topics[column] for column in np.flatnonzero(true & ~said)]
        false = [outcome.topics[column] for column in np.flatnonzero(said & ~true)]
        if not true.any() and not said.any():
            counts["none"]["none"] += 1
        for topic in missed or (["none"] if not true.any() else []):
            for other in false or (["none"] if missed else []):
                counts[topic][other] += 1
    names = [*outcome.topics, "none"]
    return {
        true: {said: counts[true][said] for said in names if said in counts[true]}
        for true in names
        if true in counts
    }


def _length(document: str | Article) -> str:
    """Name the range that the length of a document is in, in characters."""
    size = len(part(document, "body"))
    return next(_range(low, high) for low, high in _LENGTHS if high is None or size < high)


def _range(low: int, high: int | None) -> str:
    """Name a range of lengths."""
    return f"{low} or more" if high is None else f"{low} to {high - 1}"


def _publisher(document: str | Article) -> str | None:
    """Return a document's publisher, if it tells one."""
    return document.publisher if isinstance(document, Article) else None


def _by_group(
    targets: NDArray[np.bool_], passed: NDArray[np.bool_], groups: Sequence[str | None]
) -> dict[str, dict[str, float]]:
    """Return macro-F1 and number of documents of each group that is large enough."""
    result = {}
    names = np.array([group or "" for group in groups])
    shortest = {_range(low, high): place for place, (low, high) in enumerate(_LENGTHS)}
    for name in sorted(set(names.tolist()) - {""}, key=lambda name: (shortest.get(name, 0), name)):
        true, said = targets[names == name], passed[names == name]
        if len(true) >= _FEWEST and (seen := (true | said).any(axis=0)).any():
            result[name] = {"macro_f1": _macro(true[:, seen], said[:, seen]), "n": len(true)}
    return result
