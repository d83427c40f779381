"""Scored sentences -> the ones that fit a budget together.

Under a budget of characters the choice is the set with the best expected F1 against an editor's own
choice. With ``p`` the probability that the editor takes a sentence, ``c`` what it counts and ``K``
what all that he would take counts, a set S is worth ``2 Σ p c / (Σ c + K)``; Dinkelbach's method
("On Nonlinear Fractional Programming", 1967) turns the fraction into knapsacks over
``(p - price) c``. A sentence counts by the root of its length: counted as one each, short ones would
be printed for their number, and by the character, long ones for their words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pdclassify.summary.graph import SentenceGraph

__all__ = ["FILL", "POWER", "SAME", "Needs", "Repetitions", "best_number", "best_within", "chain"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: A sentence with what it needs: their length, how much they count, and that times probability.
Option = tuple[list[int], int, float, float]
#: Of a sentence: how many before it and after it must be printed with it.
Needs = tuple[int, int]

#: Two sentences whose cosine is above this say the same.
SAME = 0.6
#: Characters of a sentence that counts as one, and as many of the budget for each that an editor
#: takes: 3.6 of 180; readers took 3.1 on average of 590 readings.
_USUAL = 50
#: A sentence this close to the price is taken if there is room: printed 9 characters more of 180 and
#: kept the F1 (.462 of .463 on 476 articles, five-fold).
FILL = 0.7
#: Of its length, by which a sentence counts. Against 0, the same F1 and .3 more of ROUGE on the rest of
#: a wire report; 1 takes .008 of F1.
POWER = 0.5
_STOPS = (
    "。！？；…!?;.．｡”’」』）)】》"  # at the end of a sentence, which may be part of a longer one
)
_CLAUSE = 8  # characters from which a sentence that stands in a longer one is said twice
_LONGEST = 8  # sentences that are printed together or not at all
_POOL = 24  # sentences that are looked at closely; on 476 articles 40 changed nothing
_CELLS = 4_000  # budgets up to which the knapsack is solved to the character


class Repetitions:
    """Tells whether a sentence says what one that was taken already says.

    Parameters
    ----------
    graph : SentenceGraph
        Whose first rows are the sentences.
    pieces : sequence of str
        The sentences.
    """

    def __init__(self, graph: SentenceGraph, pieces: Sequence[str]) -> None:
        self._graph = graph
        self._pieces = pieces
        self._bounds = np.searchsorted(graph.rows, np.arange(len(pieces) + 1)).tolist()
        self._texts: list[str] = []
        self._said = np.zeros(graph.terms, dtype=bool)  # terms of what was taken
        self._unheld: list[int] = []  # what was taken, but is not yet among the holders
        self._holders: dict[int, list[tuple[int, float]]] = {}  # of each term: who, how much

    def is_new(self, index: int) -> bool:
        """Return False if the sentence repeats one that was taken; else take it."""
        text = self._pieces[index].rstrip(_STOPS)
        if any(_within(text, other) or _within(other, text) for other in self._texts):
            return False
        columns, values = self._entries(index)
        said = values[self._said[columns]]
        # No sentence is longer than one, so none is nearer than all that were taken are together.
        if said @ said > SAME * SAME and self._repeats(columns, values):
            return False
        self._texts.append(text)
        self._said[columns] = True
        self._unheld.append(index)
        return True

    def _repeats(self, columns: Ints, values: Floats) -> bool:
        """Tell whether the cosine of a sentence with one that was taken is too high."""
        for taken in self._unheld:
            for column, weight in zip(*map(np.ndarray.tolist, self._entries(taken)), strict=True):
                self._holders.setdefault(column, []).append((taken, weight))
        self._unheld.clear()
        cosines: dict[int, float] = {}
        for column, value in zip(columns.tolist(), values.tolist(), strict=True):
            for other, weight in self._holders.get(column, ()):
                cosines[other] = cosines.get(other, 0.0) + value * weight
        return any(cosine > SAME for cosine in cosines.values())

    def _entries(self, index: int) -> tuple[Ints, Floats]:
        """Return the terms of a sentence and their weights."""
        entries = slice(self._bounds[index], self._bounds[index + 1])
        return self._graph.columns[entries], self._graph.values[entries]


def _within(short: str, long: str) -> bool:
    """Tell whether a text is another, or a clause of it."""
    return len(short) <= len(long) and short in long and (len(short) >= _CLAUSE or short == long)


def chain(needs: Sequence[Needs], index: int, usable: Sequence[bool]) -> list[int] | None:
    """Return ``index`` with the sentences it needs beside it, or None if they cannot be had."""
    first = last = index
    at = [index]
    while at:
        one = at.pop()
        before, after = needs[one]
        low, high = min(first, one - before), max(last, one + after)
        at += [*range(low, first), *range(last + 1, high + 1)]
        first, last = low, high
        if first < 0 or last >= len(needs) or last - first >= _LONGEST:
            return None
    members = list(range(first, last + 1))
    return members if all(usable[member] for member in members if member != index) else None


def _pool(
    scores: Floats,
    usable: Sequence[bool],
    needs: Sequence[Needs],
    is_new: Callable[[int], bool],
    size: int,
    *,
    floor: float = 0.0,
) -> list[list[int]]:
    """Return the best sentences above ``floor``, each with what it needs, not repeating."""
    found: list[list[int]] = []
    for index in np.argsort(-scores, kind="stable").tolist():
        if scores[index] <= floor:
            break
        if not usable[index]:
            continue
        members = chain(needs, index, usable)
        if members is None or not is_new(index):
            continue
        found.append(members)
        if len(found) == size:
            break
    return found


def best_number(
    scores: Floats,
    usable: Sequence[bool],
    needs: Sequence[Needs],
    is_new: Callable[[int], bool],
    number: int,
) -> list[int]:
    """Return the ``number`` best sentences in order, none without those it needs."""
    chosen: set[int] = set()
    for members in _pool(scores, usable, needs, is_new, 2 * number + 2):
        if len(chosen | set(members)) <= number:
            chosen.update(members)
        if len(chosen) == number:
            break
    return sorted(chosen)


def best_within(
    scores: Floats,
    lengths: NDArray[np.int64],
    usable: Sequence[bool],
    needs: Sequence[Needs],
    is_new: Callable[[int], bool],
    budget: int,
    *,
    fill: float = FILL,
    power: float = POWER,
) -> list[int]:
    """Return the sentences, in order, that serve best within ``budget`` characters.

    Parameters
    ----------
    scores : ndarray of float, shape (n,)
        Probability that an editor takes the sentence.
    lengths : ndarray of int, shape (n,)
        In characters.
    usable : sequence of bool
        Whether a sentence may be printed.
    needs : sequence of (int, int)
        How many sentences before it and after it must be printed with it.
    is_new : callable
        Tells of one sentence after the other, the best first, whether it says what those before
        it do not, see `Repetitions`.
    budget : int
        In characters.
    fill : float
        Room that is left is filled with sentences whose score is above this share of the price.
    power : float
        Of its length, by which a sentence counts.
    """
    sizes, worths = lengths.tolist(), scores.tolist()
    counts = ((lengths / _USUAL) ** power).tolist()
    fitting = [may and size <= budget for may, size in zip(usable, sizes, strict=True)]
    # The best sentence alone is worth this price already, so what is below it is not looked at.
    usual = budget / _USUAL
    price = max(
        (w * c / (c + usual) for w, c, fits in zip(worths, counts, fitting, strict=True) if fits),
        default=0.0,
    )
    size = max(_POOL, budget // 10)
    for floor in (min(fill, 1.0) * price, 0.0):  # none may be had where the best needs too much
        offered = _pool(scores, fitting, needs, is_new, size, floor=floor)
        pool = [members for members in offered if sum(sizes[i] for i in members) <= budget]
        if pool:
            break
    if budget > _CELLS:
        # Whole sentences, the best for the root of their length first.
        def gain(members: list[int]) -> float:
            length = sum(sizes[index] for index in members)
            return float(sum(worths[index] for index in members) / length**0.5)

        ranked = sorted(pool, key=gain, reverse=True)
        return _filled([], ranked, sizes, worths, budget, floor=0.0)
    groups: dict[int, list[Option]] = {}
    for members in pool:
        length = sum(sizes[index] for index in members)
        count = sum(counts[index] for index in members)
        worth = sum(worths[index] * counts[index] for index in members)
        groups.setdefault(members[0], []).append((members, length, count, worth))
    options = list(groups.values())
    price, chosen = 0.0, _knapsack(options, budget, 0.0)
    for _ in range(5):
        better = sum(worths[index] * counts[index] for index in chosen) / (
            sum(counts[index] for index in chosen) + usual
        )
        if better - price < 1e-4:
            break
        price = better
        chosen = _knapsack(options, budget, price) or chosen
    return _filled(chosen, pool, sizes, worths, budget, floor=fill * price)


def _filled(
    chosen: Sequence[int],
    ranked: Sequence[list[int]],
    sizes: Sequence[int],
    worths: Sequence[float],
    budget: int,
    *,
    floor: float,
) -> list[int]:
    """Take one after the other what still fits and is worth more than ``floor``."""
    taken = set(chosen)
    left = budget - sum(sizes[index] for index in taken)
    for members in ranked:
        new = [index for index in members if index not in taken]
        cost = sum(sizes[index] for index in new)
        if new and cost <= left and min(worths[index] for index in new) > floor:
            taken.update(new)
            left -= cost
    return sorted(taken)


def _knapsack(options: list[list[Option]], budget: int, price: float) -> list[int]:
    """Return the set worth most when what counts one costs ``price``; one option a group."""
    worth = np.zeros(budget + 1)
    taken = np.zeros((len(options), budget + 1), dtype=np.int8)
    for row, group in enumerate(options):
        base = worth
        for number, (_, length, count, value) in enumerate(group, 1):
            gain = value - price * count
            if gain <= 0:
                continue
            offered = base[: budget + 1 - length] + gain
            better = offered > worth[length:]
            if better.any():
                if worth is base:
                    worth = base.copy()
                worth[length:][better] = offered[better]
                taken[row, length:][better] = number
    left = budget
    chosen: list[int] = []
    for row in range(len(options) - 1, -1, -1):
        if taken[row, left]:
            members, length, _, _ = options[row][taken[row, left] - 1]
            chosen += members
            left -= length
    return chosen
