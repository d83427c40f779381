"""From decision values to probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from pdclassify.topics.deciding import normalized, threshold


@pytest.mark.parametrize("n_documents", [10, 100, 1000])
def test_few_documents_make_no_certainty(n_documents: int) -> None:
    """However well the topics are told apart, a probability leaves room for one document more."""
    truth = np.arange(n_documents) % 2
    targets = np.eye(2, dtype=bool)[truth]
    decisions = np.where(targets, 1.0, -1.0)
    found = normalized(decisions, targets)(decisions)
    right = found[np.arange(n_documents), truth]
    expected = 1 - 1 / (2 * (n_documents + 1))
    assert right == pytest.approx(np.full(n_documents, expected), abs=1e-4)


def test_topics_that_are_not_told_apart_stay_even() -> None:
    """Where decision values say nothing, neither do the probabilities."""
    targets = np.eye(2, dtype=bool)[np.arange(100) % 2]
    decisions = np.tile([[1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]], (25, 1))
    assert normalized(decisions, targets)(decisions) == pytest.approx(
        np.full((100, 2), 0.5), abs=0.06
    )


def test_threshold_of_plain_cases_is_between() -> None:
    """Where a gap parts true from false, the threshold is in it, not at its edge."""
    targets = np.arange(100) % 2 == 0
    found = threshold(np.where(targets, 0.8, 0.2), targets, None)
    assert found == pytest.approx(0.5, abs=0.1)


def test_threshold_is_near_the_best_and_not_at_a_lucky_peak() -> None:
    """With honest probabilities it is near half of the best F1 (Lipton, 2014), one document or not."""
    rng = np.random.default_rng(0)
    probabilities = rng.beta(0.3, 0.9, 5000)
    targets = rng.random(5000) < probabilities
    grid = np.linspace(0.05, 0.95, 91)
    f1 = [
        2 * targets[probabilities >= p].sum() / ((probabilities >= p).sum() + targets.sum())
        for p in grid
    ]
    found = threshold(probabilities, targets, None)
    assert found == pytest.approx(max(f1) / 2, abs=0.05)
    fewer = np.ones(5000, dtype=bool)
    fewer[np.argsort(np.abs(probabilities - found))[:3]] = False
    assert threshold(probabilities[fewer], targets[fewer], None) == pytest.approx(found, abs=0.02)


def test_threshold_of_a_precision_is_the_lowest_that_has_it() -> None:
    """Half of what reaches .5 is right, all of what reaches .7; nothing is enough where none is."""
    probabilities = np.array([0.1, 0.3, 0.5, 0.5, 0.7, 0.9])
    targets = np.array([False, False, False, True, True, True])
    assert threshold(probabilities, targets, 0.75) == 0.5
    assert threshold(probabilities, targets, 1.0) == 0.7
    assert threshold(probabilities, probabilities == 0.1, 0.5) == 1.0
