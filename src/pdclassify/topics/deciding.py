"""Decision values that were found out of fold -> probabilities, thresholds and the primary topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pdclassify.errors import UsageError
from pdclassify.topics.calibration import Normalized, Sigmoid
from pdclassify.topics.evaluation import Outcome
from pdclassify.topics.labels import Labelled
from pdclassify.topics.model import Primary

__all__ = ["cross_fitted", "normalized", "precision_of", "primary_rule", "sigmoid", "threshold"]

# How firmly the offsets of topics are held together: as by so many documents.
_HELD = 4.0


def cross_fitted(
    decisions: NDArray[np.float64],
    data: Labelled,
    folds: NDArray[np.int64],
    precision: float | None = None,
) -> Outcome:
    """Return what out-of-fold decisions predict, calibrated and cut by what the other folds say."""
    probabilities = np.zeros_like(decisions)
    passed = np.zeros(decisions.shape, dtype=bool)
    for fold in np.unique(folds):
        held = folds == fold
        learn: Callable[..., Sigmoid | Normalized] = sigmoid if data.multilabel else normalized
        calibration = learn(decisions[~held], data.targets[~held])
        probabilities[held] = calibration(decisions[held])
        if not data.multilabel:
            passed[np.flatnonzero(held), probabilities[held].argmax(axis=1)] = True
            continue
        others = calibration(decisions[~held])
        for column in range(len(data.topics)):
            least = threshold(others[:, column], data.targets[~held, column], precision)
            passed[held, column] = probabilities[held, column] >= least
    return Outcome(data.topics, data.targets, passed, probabilities, data.multilabel)


def precision_of(operating_point: str, multilabel: bool) -> float | None:
    """Return the precision that an operating point asks for, None for ``f1``."""
    if operating_point == "f1":
        return None
    kind, _, value = operating_point.partition(":")
    try:
        precision = float(value)
    except ValueError:
        precision = -1.0
    if kind != "precision" or not 0.0 < precision <= 1.0:
        raise UsageError(
            "The operating point must be f1 or precision:P with P from 0 to 1. Got"
            f" {operating_point!r} instead."
        )
    if not multilabel:
        raise UsageError(
            "An operating point sets thresholds; a model of one topic an article has none."
        )
    return precision


def sigmoid(decisions: NDArray[np.float64], targets: NDArray[np.bool_]) -> Sigmoid:
    """Learn Platt's two numbers a topic from out-of-fold decisions."""
    from sklearn.linear_model import LogisticRegression

    slope, offset = [], []
    for column in range(targets.shape[1]):
        machine = LogisticRegression(C=1e4).fit(decisions[:, [column]], targets[:, column])
        slope.append(float(machine.coef_[0, 0]))
        offset.append(float(machine.intercept_[0]))
    return Sigmoid(tuple(slope), tuple(offset))


def normalized(decisions: NDArray[np.float64], targets: NDArray[np.bool_]) -> Normalized:
    """Learn one slope, and an offset a topic, from out-of-fold decisions by maximum likelihood.

    One document more, spread over the topics, counts beside each of them, or thirty documents that
    are all told right would make every probability 1 (Platt 1999, section 2.2, for two classes).
    """
    from scipy.optimize import minimize

    n_documents, n_topics = targets.shape
    truth = (targets + 1.0 / (n_documents * n_topics)) / (1.0 + 1.0 / n_documents)

    def loss(numbers: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope, apart = np.exp(numbers[0]), numbers[2:]
        calibration = Normalized(float(slope), tuple(numbers[1] + apart))
        found = calibration(decisions)
        odds = 1.0 / (1.0 + np.exp(np.minimum(calibration.logits(decisions), 700.0)))
        rise = (found - truth) * odds  # by each logit
        by_topic = rise.sum(axis=0)
        total = -(truth * np.log(np.maximum(found, 1e-300))).sum() + _HELD * (apart @ apart)
        by_number = [
            [slope * (rise * decisions).sum(), by_topic.sum()],
            by_topic + 2.0 * _HELD * apart,
        ]
        return float(total) / n_documents, np.concatenate(by_number) / n_documents

    best = minimize(
        loss,
        np.zeros(2 + n_topics),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-3.0, 5.0), (-20.0, 20.0), *[(-10.0, 10.0)] * n_topics],
    ).x
    return Normalized(float(np.exp(best[0])), tuple((best[1] + best[2:]).tolist()))


def threshold(
    probabilities: NDArray[np.float64], targets: NDArray[np.bool_], precision: float | None
) -> float:
    """Return the probability to ask for: best F1, or the lowest that reaches a precision.

    The best F1 is that of a curve smoothed over neighbouring thresholds (a Gaussian of .08): which
    peak of the raw one is the highest is chance, and costs .001 to .002 on other articles.
    """
    from sklearn.metrics import precision_recall_curve

    if precision is not None:
        found, _, values = precision_recall_curve(targets, probabilities)
        enough = np.flatnonzero(found[:-1] >= precision)
        return float(values[enough[0]]) if len(enough) else 1.0
    least = np.linspace(0.02, 0.98, 193)
    given = len(targets) - np.searchsorted(np.sort(probabilities), least)
    right = targets.sum() - np.searchsorted(np.sort(probabilities[targets]), least)
    near = np.exp(-0.5 * ((least[:, None] - least) / 0.08) ** 2)
    f1 = 2.0 * right / (given + targets.sum())
    return float(least[(near @ f1 / near.sum(axis=1)).argmax()])


def primary_rule(
    probabilities: NDArray[np.float64],
    by_field: NDArray[np.float64],
    names: Sequence[str],
    data: Labelled,
) -> Primary | None:
    """Learn which of two topics is the primary one, from articles that tell it.

    A logistic model of the difference between two topics of an article: in log-odds, in what the
    headline says, and which they are.
    """
    from sklearn.linear_model import LogisticRegression

    safe = np.clip(probabilities, 1e-9, 1 - 1e-9)
    columns = [np.log(safe / (1 - safe))]
    heads = [by_field[place] for place, name in enumerate(names) if name == "headline"]
    seen = np.stack([*columns, *heads], axis=2)
    identity = np.eye(len(data.topics))
    differences = []
    for row in np.flatnonzero((data.primary >= 0) & (data.targets.sum(axis=1) > 1)):
        first = data.primary[row]
        for other in np.flatnonzero(data.targets[row]):
            if other != first:
                differences.append(
                    np.concatenate(
                        [seen[row, first] - seen[row, other], identity[first] - identity[other]]
                    )
                )
    if len(differences) < 50:
        return None
    rows = np.array(differences)
    machine = LogisticRegression(fit_intercept=False)
    machine.fit(np.concatenate([rows, -rows]), np.repeat([1, 0], len(rows)))
    learned = machine.coef_[0].tolist()
    n_seen = seen.shape[2]
    return Primary(
        learned[0],
        {"headline": learned[1]} if heads else {},
        tuple(learned[n_seen:]),
    )
