"""Choosing under a budget: best sets, antecedents, repetitions."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.summary.choice import (
    POWER,
    Repetitions,
    best_number,
    best_within,
    chain,
)
from pdclassify.summary.graph import SentenceGraph


def always(_: int) -> bool:
    """Tell that no sentence repeats another."""
    return True


def test_a_sentence_within_a_longer_one_is_not_said_twice():
    """What stands word for word in a sentence that was taken, or holds one, repeats it."""
    pieces = [
        "目前水渠全部修好。",
        "老乔说：“目前水渠全部修好。大家很高兴。”",
        "修好。",
        "老乔笑了。",
    ]
    nothing = np.zeros(0, dtype=np.int64)
    graph = SentenceGraph.from_terms(nothing, nothing.astype(np.uint64), len(pieces))
    for order, new in (((0, 1, 3), [True, False, True]), ((1, 0, 2), [True, False, True])):
        repetitions = Repetitions(graph, pieces)
        assert [repetitions.is_new(index) for index in order] == new


def within(scores, lengths, budget, **options):
    """Choose with nothing in the way."""
    n = len(scores)
    given_options = {"usable": [True] * n, "needs": [(0, 0)] * n, "is_new": always} | options
    return best_within(np.array(scores), np.array(lengths), budget=budget, **given_options)


needs = st.sampled_from([(0, 0), (0, 0), (0, 0), (1, 0), (0, 1), (2, 1)])
sentence = st.tuples(st.floats(0.01, 0.99), st.integers(5, 90), st.booleans(), needs)


@given(st.lists(sentence, min_size=1, max_size=12), st.integers(5, 300))
def test_what_is_chosen_fits_and_stands(rows, budget):
    """The choice is in order, within budget, printable, and nothing needs what is missing."""
    scores, lengths, usable, beside = map(list, zip(*rows, strict=True))
    found = within(scores, lengths, budget, usable=usable, needs=beside)
    assert found == sorted(set(found))
    assert sum(lengths[i] for i in found) <= budget
    for i in found:
        assert usable[i]
        before, after = beside[i]
        assert set(range(i - before, i + after + 1)) <= set(found)


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.integers(5, 90)), min_size=1, max_size=8))
def test_no_set_is_worth_more(rows):
    """Without filling up, no set has a higher expected F1."""
    scores, lengths = map(list, zip(*rows, strict=True))
    budget = 180
    counts = [(length / 50) ** POWER for length in lengths]

    def worth(chosen) -> float:
        count = sum(counts[i] for i in chosen)
        return sum(scores[i] * counts[i] for i in chosen) / (count + budget / 50)

    found = within(scores, lengths, budget, fill=10.0)
    best = max(
        worth(some)
        for size in range(1, len(rows) + 1)
        for some in combinations(range(len(rows)), size)
        if sum(lengths[i] for i in some) <= budget
    )
    assert worth(found) == pytest.approx(best, abs=2e-3)


def test_room_is_filled_with_what_is_worth_it():
    """A sentence below the price is taken into empty room, one far below is not."""
    scores = [0.9, 0.12, 0.01]
    assert within(scores, [60, 60, 60], 180, fill=0.0) == [0, 1, 2]
    assert within(scores, [60, 60, 60], 180, fill=0.5) == [0, 1]


def repetitions(*pieces: str) -> Repetitions:
    """Make sentences whose terms are single characters."""
    rows = [row for row, piece in enumerate(pieces) for _ in piece]
    codes = np.array([ord(character) for piece in pieces for character in piece], dtype=np.uint64)
    return Repetitions(SentenceGraph.from_terms(np.array(rows), codes, len(pieces)), pieces)


def test_what_was_said_is_taken_once():
    """Of two sentences that say the same the better one is taken."""
    pieces = ("党建治理作风", "支部社区", "党建治理作风吗")
    found = within([0.5, 0.4, 0.6], [20, 20, 20], 180, is_new=repetitions(*pieces).is_new)
    assert found == [1, 2]
    is_new = repetitions(*pieces).is_new
    assert best_number(np.array([0.5, 0.4, 0.6]), [True] * 3, [(0, 0)] * 3, is_new, 3) == [1, 2]


def test_equal_texts_repeat_each_other_without_terms():
    """A text that stands twice is known even if it has no term of its own."""
    said = Repetitions(
        SentenceGraph.from_terms(np.zeros(0, int), np.zeros(0, np.uint64), 2), "好好"
    )
    assert [said.is_new(0), said.is_new(1)] == [True, False]


def test_a_chain_is_taken_whole_or_not():
    """What leans comes with what it leans on, and so on, at most eight together."""
    leaning = [(0, 0), *[(1, 0)] * 8]
    usable = [True] * 9
    assert chain(leaning, 2, usable) == [0, 1, 2]
    assert chain(leaning, 7, usable) == [*range(8)]
    assert chain(leaning, 8, usable) is None
    assert chain([(1, 0)], 0, [True]) is None
    assert chain(leaning, 1, [False, *usable[1:]]) is None
    scores = np.array([0.1, 0.2, 0.9, 0.3])
    assert best_number(scores, usable[:4], leaning[:4], always, 3) == [0, 1, 2]
    assert best_number(scores, usable[:4], leaning[:4], always, 1) == [0]


def test_a_chain_goes_both_ways():
    """A question needs its answer, which may need more; whoever needs one of them needs all."""
    needs = [(0, 0), (1, 1), (1, 1), (0, 0), (0, 1)]
    for one in (1, 2):
        assert chain(needs[:4], one, [True] * 4) == [0, 1, 2, 3]
    assert chain(needs[:4], 3, [True] * 4) == [3]
    assert chain(needs, 4, [True] * 5) is None


def test_two_on_one_antecedent_count_it_once():
    """An antecedent shared by two chains is paid for once."""
    found = within([0.5, 0.6, 0.6], [30, 30, 30], 90, needs=[(0, 0), (1, 0), (1, 0)])
    assert found == [0, 1, 2]


@pytest.mark.parametrize("budget", [3_900, 4_100, 20_000])
def test_great_budgets_are_filled(budget):
    """Beyond the exact method's reach the choice is greedy, within the budget and well filled."""
    rng = np.random.default_rng(0)
    scores, lengths = rng.uniform(0.2, 0.9, 900), rng.integers(20, 80, 900)
    found = within(scores, lengths, budget)
    assert 0.6 * budget < lengths[found].sum() <= budget
    assert scores[found].mean() > scores.mean()


def test_nothing_fits():
    """If not one sentence fits or may be printed, none is chosen."""
    assert within([0.5], [200], 100) == []
    assert within([0.5], [20], 100, usable=[False]) == []
    assert best_number(np.array([0.5]), [False], [False], always, 2) == []
