"""What every line of a page is: headline, byline, paragraph, caption.

A few layers of convolution over the cues of the lines score every role of every line (the mean of
several such scorers, trained apart, is steadier than each); the best
path through them is found by the Viterbi algorithm, with learned scores for one role following
another (a linear-chain conditional random field, Lafferty, McCallum and Pereira 2001). Trained by
``benchmarks/train_pages.py``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
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

__all__ = ["DILATIONS", "MODEL", "Reading", "Role", "params", "read_lines", "use"]


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
    leads : ndarray of float32, (lines,)
        How much rather than a paragraph the line is the first of an article without headline.
    chains : ndarray of float32, (lines, COHESION)
        How each line coheres with the text around it.
    """

    roles: list[Role]
    leads: NDArray[np.float32]
    chains: NDArray[np.float32]


MODEL = Path(__file__).with_name("boundaries.npz")

#: How far the layers look, in lines: 1 + 2 + 4 + 8 on either side.
DILATIONS = (1, 2, 4, 8)

_MARGIN = 32  # lines read on either side of a block; more than the layers see
_BLOCK = 1984  # lines decided at once
_SMALL = 1 << 18  # multiplications up to which OpenBLAS stays on one thread
_TOGETHER = 64  # blocks whose best paths are found side by side


Params = Mapping[str, NDArray[np.float32]]

_used: Params | None = None


@cache
def _shipped() -> Params:
    """Load the trained layers."""
    data = get_data("pdclassify.reading", MODEL.name)  # also where the package is a zip
    assert data is not None  # None only where the loader cannot read data at all
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def params() -> Params:
    """Return the layers in use."""
    return _shipped() if _used is None else _used


def use(layers: Params | None) -> None:
    """Read pages with other layers than the shipped ones; None returns to these."""
    global _used
    _used = layers


def _times(x: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Multiply a few rows at a time: products so small that no BLAS wakes its threads for them.

    A page is a millisecond's work; threads that wait for busy cores made it a hundred.
    """
    n, width = x.shape
    rows = max(1, _SMALL // weight.size)
    padded = np.zeros((-(-n // rows), rows, width), dtype=np.float32)
    padded.reshape(-1, width)[:n] = x
    found: NDArray[np.float32] = np.matmul(padded, weight).reshape(-1, weight.shape[1])[:n]
    return found


def _scores(
    lines: Lines, chains: NDArray[np.float32], first: int, last: int
) -> NDArray[np.float32]:
    """Return the score of every role for the lines ``first`` to ``last``."""
    layers = params()
    terms = terms_of(lines, first, last)
    cues = np.concatenate([cues_of(lines, first, last), chains[first:last]], axis=1)
    members = len(layers["in_w"])
    found = np.zeros((last - first, len(Role)), dtype=np.float32)
    for member in range(members):
        embedded = layers["terms"][member][terms]
        embedded[terms == 0] = 0
        x = np.concatenate([cues, embedded.sum(1) * 0.3], axis=1)
        x = np.maximum(_times(x, layers["in_w"][member]) + layers["in_b"][member], 0)
        n, hidden = x.shape
        for layer, step in enumerate(DILATIONS):
            joined = np.zeros((n, 3 * hidden), dtype=np.float32)
            if n > step:
                joined[step:, :hidden] = x[:-step]
                joined[:-step, 2 * hidden :] = x[step:]
            joined[:, hidden : 2 * hidden] = x
            weight, bias = layers[f"conv{layer}_w"][member], layers[f"conv{layer}_b"][member]
            x = x + np.maximum(_times(joined, weight) + bias, 0)
        found += _times(x, layers["out_w"][member]) + layers["out_b"][member]
    found /= members
    return found


def _best_paths(
    scores: NDArray[np.float32], begins: NDArray[np.bool_], stops: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Return the best roles, (blocks, lines), for scores of (blocks, lines, roles)."""
    layers = params()
    chain = layers["chain"].mean(0).T[None]
    blocks, n, roles = scores.shape
    back = np.zeros((n, blocks, roles), dtype=np.int8)
    total = scores[:, 0] + layers["chain_start"].mean(0) * begins[:, None]
    for i in range(1, n):
        ways = total[:, None, :] + chain
        best = ways.argmax(2)
        back[i] = best
        total = np.take_along_axis(ways, best[..., None], axis=2)[..., 0] + scores[:, i]
    path = np.zeros((blocks, n), dtype=np.int8)
    rows = np.arange(blocks)
    path[:, -1] = (total + layers["chain_end"].mean(0) * stops[:, None]).argmax(1)
    for i in range(n - 1, 0, -1):
        path[:, i - 1] = back[i, rows, path[:, i]]
    return path


def read_lines(lines: Lines) -> Reading:
    """Give every line its role, in time proportional to the length of the page."""
    n = len(lines)
    chains = chains_of(lines, params()["rarity"])
    if n == 0:
        return Reading([], np.zeros(0, dtype=np.float32), chains)
    size = min(n, _BLOCK + 2 * _MARGIN)
    firsts = range(0, n, _BLOCK) if n > size else range(1)
    decided: list[NDArray[np.int8]] = []
    leads: list[NDArray[np.float32]] = []
    for group in range(0, len(firsts), _TOGETHER):
        some = firsts[group : group + _TOGETHER]
        lows = [min(max(first - _MARGIN, 0), n - size) for first in some]
        scores = np.stack([_scores(lines, chains, low, low + size) for low in lows])
        paths = _best_paths(
            scores,
            np.array([low == 0 for low in lows]),
            np.array([low == n - size for low in lows]),
        )
        lead = scores[..., Role.LEAD] - scores[..., (Role.BODY, Role.BODY_MORE)].max(-1)
        for row, (first, low) in enumerate(zip(some, lows, strict=True)):
            last = n if len(firsts) == 1 else min(first + _BLOCK, n)
            decided.append(paths[row, first - low : last - low])
            leads.append(lead[row, first - low : last - low])
    names = list(Role)
    roles = [names[r] for r in np.concatenate(decided).tolist()]
    return Reading(roles, np.concatenate(leads), chains)
