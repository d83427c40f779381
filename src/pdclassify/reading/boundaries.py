"""What every line of a page is: headline, byline, paragraph, caption.

A few layers of convolution over the cues of the lines score every role of every line (the mean of
several such scorers, trained apart, is steadier than each); the best
path through them is found by the Viterbi algorithm, with learned scores for one role following
another (a linear-chain conditional random field, Lafferty, McCallum and Pereira 2001). Trained by
``benchmarks/train_pages.py``.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from pkgutil import get_data

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.cohesion import chains_of
from pdclassify.reading.cues import cues_of, terms_of
from pdclassify.reading.lines import Lines

__all__ = ["DILATIONS", "MODEL", "NEVER", "Reading", "Role", "params", "read_lines", "use"]


class Role(IntEnum):
    """What a line is to its article."""

    COLUMN = 0
    KICKER = 1
    TITLE = 2
    TITLE_MORE = 3  # the rest of a headline broken over two lines
    SUBTITLE = 4
    BYLINE = 5
    LEAD = 6  # the first paragraph of an article that has no headline here
    BODY = 7
    BODY_MORE = 8  # the rest of a paragraph torn or wrapped
    SIGNATURE = 9  # a byline after the body
    CAPTION = 10
    STRAY = 11  # a headline printed away from its article
    STRAY_MORE = 12
    STRAY_BYLINE = 13


@dataclass(slots=True)
class Reading:
    """What was read of a page's lines.

    Parameters
    ----------
    roles : list of Role
    scores : ndarray of float32, (lines, roles)
        How much each line looks like each role, before its neighbours have their say.
    chains : ndarray of float32, (lines, COHESION)
        How each line coheres with the text around it.
    """

    roles: list[Role]
    scores: NDArray[np.float32]
    chains: NDArray[np.float32]

    def leads(self, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return how much rather than paragraphs lines begin articles without headline."""
        scores = self.scores[at]
        text = np.maximum(scores[:, Role.BODY], scores[:, Role.BODY_MORE])
        margins: NDArray[np.float32] = scores[:, Role.LEAD] - text
        return margins

    def bar(
        self,
        barred: Mapping[int, Collection[Role]],
        favoured: Mapping[int, tuple[Collection[Role], float]] | None = None,
    ) -> None:
        """Read again what stands around some lines, none of which can be certain roles.

        Lines that are ``favoured`` are, by so much of a score, rather one of certain roles.
        """
        doubted = [line for line, roles in barred.items() if self.roles[line] in roles]
        for line, roles in barred.items():
            self.scores[line, list(roles)] = NEVER
        for line, (roles, weight) in (favoured or {}).items():
            self.scores[line, list(roles)] += weight
            if self.roles[line] not in roles:
                doubted.append(line)
        touched: set[int] = set()
        for line in doubted:  # what was read and is not barred stays the best
            for reached in (max(line - _MARGIN, 0), min(line + _MARGIN, len(self.roles) - 1)):
                touched.add(reached // _BLOCK * _BLOCK)
        for first, path in _decided(self.scores, sorted(touched)):
            self.roles[first : first + len(path)] = [_ROLES[role] for role in path.tolist()]


_ROLES = list(Role)

MODEL = Path(__file__).with_name("boundaries.npz")

#: How far the layers look, in lines: 1 + 2 + 4 + 8 on either side.
DILATIONS = (1, 2, 4, 8)

#: The score of what cannot be.
NEVER = -1e6

_MARGIN = 32  # lines read on either side of a block; more than the layers see
_BLOCK = 1984  # lines decided at once
_SMALL = 1 << 18  # multiplications up to which OpenBLAS stays on one thread
_LONGEST = 200  # characters of a line in a headline, at most; the press has them up to 155
_SHORT = sorted(set(Role) - {Role.LEAD, Role.BODY, Role.BODY_MORE, Role.CAPTION})
_TOGETHER = 64  # blocks whose best paths are found side by side, and lines of them looked back from


Params = Mapping[str, NDArray[np.float32]]

_used: Params | None = None


@cache
def _shipped() -> Params:
    """Load the trained layers."""
    data = get_data("pdclassify.reading", MODEL.name)  # also where the package is a zip
    assert data is not None  # None only where the loader cannot read data at all
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return ready({name: stored[name] for name in stored.files})


def ready(layers: Params) -> Params:
    """Return trained layers as they are read with.

    As float32, what the scorers know of a term in one row, and no term weighing nothing; of the
    scores for one role following another the scorers' mean.
    """
    found = {name: value.astype(np.float32) for name, value in layers.items()}
    for name in ("chain", "chain_start", "chain_end"):
        found[name] = found[name].mean(0)
    terms = found["terms"]
    terms[:, 0] = 0
    found["terms"] = np.ascontiguousarray(terms.swapaxes(0, 1)).reshape(terms.shape[1], -1)
    return found


def params() -> Params:
    """Return the layers in use."""
    return _shipped() if _used is None else _used


def use(layers: Params | None) -> None:
    """Read pages with other layers than the shipped ones; None returns to these."""
    global _used
    _used = None if layers is None else ready(layers)


def _times(x: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply (scorers, lines, width) by (scorers, width, hidden), a few lines at a time.

    Products so small wake no threads of the BLAS: a page is a millisecond's work, and threads
    that wait for busy cores made it a hundred.
    """
    members, n, width = x.shape
    hidden = weight.shape[2]
    rows = max(1, _SMALL // (width * hidden))
    whole = n - n % rows
    found = np.empty((members, n, hidden), dtype=np.float32)
    if whole:
        shape = members, whole // rows, rows, width
        found[:, :whole] = np.matmul(
            np.ascontiguousarray(x[:, :whole]).reshape(shape), weight[:, None]
        ).reshape(members, whole, hidden)
    if whole < n:
        np.matmul(x[:, whole:], weight, out=found[:, whole:])
    return found


def _scores(
    lines: Lines, chains: NDArray[np.float32], first: int, last: int
) -> NDArray[np.float32]:
    """Return the score of every role for the lines ``first`` to ``last``."""
    layers = params()
    n, members = last - first, len(layers["in_w"])
    cues = np.concatenate([cues_of(lines, first, last), chains[first:last]], axis=1)
    terms = terms_of(lines, first, last).T  # by the way they are added
    embedded = layers["terms"].take(terms, axis=0, mode="clip").sum(0) * np.float32(0.3)
    each = embedded.reshape(n, members, -1).swapaxes(0, 1)
    x = np.concatenate([np.broadcast_to(cues, (members, *cues.shape)), each], axis=2)
    x = np.maximum(_times(x, layers["in_w"]) + layers["in_b"][:, None], 0)
    hidden = x.shape[2]
    for layer, step in enumerate(DILATIONS):
        joined = np.zeros((members, n, 3 * hidden), dtype=np.float32)
        joined[:, step:, :hidden] = x[:, :-step]
        joined[:, :, hidden : 2 * hidden] = x
        joined[:, :-step, 2 * hidden :] = x[:, step:]
        weight, bias = layers[f"conv{layer}_w"], layers[f"conv{layer}_b"]
        x += np.maximum(_times(joined, weight) + bias[:, None], 0)
    found: NDArray[np.float32] = (_times(x, layers["out_w"]) + layers["out_b"][:, None]).mean(0)
    long = np.flatnonzero(lines.ends[first:last] - lines.starts[first:last] > _LONGEST)
    found[long[:, None], _SHORT] = NEVER
    return found


def _best_paths(
    scores: NDArray[np.float32], begins: NDArray[np.bool_], stops: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Return the best roles, (blocks, lines), for scores of (blocks, lines, roles)."""
    layers = params()
    chain = layers["chain"]
    blocks, n, roles = scores.shape
    totals = np.empty((n, blocks, roles), dtype=np.float32)
    totals[0] = scores[:, 0] + layers["chain_start"] * begins[:, None]
    ways = np.empty((blocks, roles, roles), dtype=np.float32)
    for before, here, own in zip(totals, totals[1:], scores.swapaxes(0, 1)[1:], strict=False):
        np.add(before[:, :, None], chain, out=ways)
        np.maximum.reduce(ways, axis=1, out=here)
        here += own
    # Which (block, role) is before each, in one number.
    back = np.empty((n, blocks * roles), dtype=np.int64)
    rows = np.arange(blocks) * roles
    for first in range(1, n, _TOGETHER):
        last = min(first + _TOGETHER, n)
        best = (totals[first - 1 : last - 1, :, None] + chain.T).argmax(3) + rows[:, None]
        back[first:last] = best.reshape(last - first, -1)
    path = np.empty((n, blocks), dtype=np.int64)
    path[-1] = (totals[-1] + layers["chain_end"] * stops[:, None]).argmax(1) + rows
    for i in range(n - 1, 0, -1):
        back[i].take(path[i], out=path[i - 1], mode="clip")
    found: NDArray[np.int8] = (path - rows).T.astype(np.int8)
    return found


def _window(first: int, n: int) -> slice:
    """Return the block of lines that begins at ``first`` with the lines around it."""
    size = min(n, _BLOCK + 2 * _MARGIN)
    low = min(max(first - _MARGIN, 0), n - size)
    return slice(low, low + size)


def _decided(
    scores: NDArray[np.float32], firsts: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.int8]]]:
    """Yield the roles of the blocks that begin at ``firsts``."""
    n = len(scores)
    for group in range(0, len(firsts), _TOGETHER):
        some = firsts[group : group + _TOGETHER]
        windows = [_window(first, n) for first in some]
        paths = _best_paths(
            np.stack([scores[window] for window in windows]),
            np.array([window.start == 0 for window in windows]),
            np.array([window.stop == n for window in windows]),
        )
        for first, window, path in zip(some, windows, paths, strict=True):
            yield first, path[first - window.start : first - window.start + _BLOCK]


def read_lines(lines: Lines) -> Reading:
    """Give every line its role, in time proportional to the length of the page."""
    n = len(lines)
    chains = chains_of(lines, params()["rarity"])
    scores = np.zeros((n, len(Role)), dtype=np.float32)
    firsts = range(0, n, _BLOCK)
    for first in firsts:
        window = _window(first, n)
        found = _scores(lines, chains, window.start, window.stop)[first - window.start :]
        scores[first : first + _BLOCK] = found[:_BLOCK]
    roles = [_ROLES[role] for _, path in _decided(scores, firsts) for role in path.tolist()]
    return Reading(roles, scores, chains)
