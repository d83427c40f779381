"""From decision values to probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from pdclassify.topics.deciding import softmax


@pytest.mark.parametrize("n_documents", [10, 100, 1000])
def test_few_documents_make_no_certainty(n_documents: int) -> None:
    """However well the topics are told apart, a probability leaves room for one document more."""
    truth = np.arange(n_documents) % 2
    targets = np.eye(2, dtype=bool)[truth]
    decisions = np.where(targets, 1.0, -1.0)
    found = softmax(decisions, targets)(decisions)
    right = found[np.arange(n_documents), truth]
    expected = 1 - 1 / (2 * (n_documents + 1))
    assert right == pytest.approx(np.full(n_documents, expected), abs=1e-4)


def test_topics_that_are_not_told_apart_stay_even() -> None:
    """Where decision values say nothing, neither do the probabilities."""
    targets = np.eye(2, dtype=bool)[np.arange(100) % 2]
    decisions = np.tile([[1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]], (25, 1))
    assert softmax(decisions, targets)(decisions) == pytest.approx(np.full((100, 2), 0.5), abs=0.06)
