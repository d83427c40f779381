"""The graph that is never built gives the ranks of the one that is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.errors import ConvergenceWarning
from pdclassify.summary.graph import SentenceGraph


def graph(*sentences: str) -> SentenceGraph:
    """Make a graph whose terms are single characters."""
    rows = [row for row, sentence in enumerate(sentences) for _ in sentence]
    codes = [ord(character) for sentence in sentences for character in sentence]
    return SentenceGraph.from_terms(
        np.array(rows, dtype=np.int64), np.array(codes, dtype=np.uint64), len(sentences)
    )


def dense(one: SentenceGraph) -> np.ndarray:
    """Return the matrix of similarities, self-similarity left out."""
    table = np.zeros((one.size, one.terms))
    table[one.rows, one.columns] = one.values
    full = table @ table.T
    np.fill_diagonal(full, 0)
    return full


sentences = st.lists(st.text(st.sampled_from("党建治理作风支部社区"), max_size=12), max_size=8)


@given(sentences)
def test_products_are_those_of_the_full_matrix(given_sentences):
    """Multiplying, degrees and single similarities are as if the graph had been built."""
    one = graph(*given_sentences)
    full = dense(one)
    vector = np.arange(one.size, dtype=float)
    assert one.multiply(vector) == pytest.approx(full @ vector, abs=1e-9)
    assert one.degrees == pytest.approx(full.sum(axis=1), abs=1e-9)
    n = one.size
    left, right = np.arange(n), np.roll(np.arange(n), 1)
    distinct = left != right
    assert one.similarity(left[distinct], right[distinct]) == pytest.approx(
        full[left, right][distinct], abs=1e-9
    )


@given(sentences, st.floats(0, 0.95))
def test_ranks_are_a_distribution(given_sentences, damping):
    """Ranks are finite, not negative and sum to one, whatever is isolated, empty or double."""
    ranks = graph(*given_sentences).rank(damping=damping, max_iter=1000)
    assert np.isfinite(ranks).all()
    assert (ranks >= 0).all()
    assert ranks.sum() == pytest.approx(1 if given_sentences else 0)


def test_ranks_are_those_of_pagerank():
    """The ranks solve PageRank's equation on the full matrix."""
    one = graph("党建治理", "党建作风", "治理社区", "支部")
    full = dense(one)
    degrees = full.sum(axis=1)
    walk = np.divide(full, degrees, out=np.zeros_like(full), where=degrees > 0)
    teleport = np.array([1.0, 0, 0, 1])
    ranks = one.rank(teleport, tolerance=1e-12, max_iter=1000)
    restart = teleport / 2
    expected = 0.85 * walk @ ranks
    expected += (1 - expected.sum()) * restart
    assert ranks == pytest.approx(expected, abs=1e-9)
    assert ranks[3] > 0


def test_isolated_sentences_share_what_the_restart_gives():
    """Sentences without an edge have equal ranks, below those that are linked."""
    ranks = graph("党建治理", "党建治理社", "作风", "支部").rank()
    assert ranks[2] == pytest.approx(ranks[3])
    assert ranks[0] > ranks[2]


def test_duplicates_rank_alike():
    """Two equal sentences have equal ranks and similarity one, as far as their terms go."""
    one = graph("党建治理", "党建治理", "治理作风")
    ranks = one.rank()
    assert ranks[0] == pytest.approx(ranks[1])
    assert one.similarity(np.array([0]), np.array([1])) == pytest.approx(1)


def test_order_does_not_matter():
    """Sentences in another order have the same ranks."""
    some = ["党建治理", "党建作风", "治理社区支部", "社区"]
    ranks = graph(*some).rank(tolerance=1e-12)
    assert graph(*some[::-1]).rank(tolerance=1e-12)[::-1] == pytest.approx(ranks, abs=1e-9)


def test_too_few_steps_warn():
    """Stopping before the tolerance is reached is said."""
    one = graph("党建治理", "党建作风", "治理社区", "社区支部")
    with pytest.warns(ConvergenceWarning, match="after 2 steps"):
        one.rank(np.array([1.0, 0, 0, 0]), tolerance=1e-12, max_iter=2)


def test_partners_of_none_are_like_nothing():
    """A partner of -1 has no similarity."""
    assert graph("党建", "党建").similarity(np.array([0, 1]), np.array([-1, 0])).tolist() == (
        pytest.approx([0, 1])
    )


def test_held_is_the_share_of_a_line():
    """A sentence that holds all of a line's terms has the share one, one without them none."""
    one = graph("党建治理作风", "党建", "社区支部", "党建治理")
    shares = one.held(one.rows == 3)
    assert shares[0] == pytest.approx(1)
    assert 0 < shares[1] < 1
    assert shares[2] == 0


def test_memory_is_linear():
    """Ten times the sentences hold ten times the entries, not a hundred times."""
    rng = np.random.default_rng(0)

    def entries(n: int) -> int:
        codes = rng.integers(0, 5000, 30 * n).astype(np.uint64)
        return len(SentenceGraph.from_terms(np.repeat(np.arange(n), 30), codes, n).values)

    assert entries(10_000) < 11 * entries(1_000)
