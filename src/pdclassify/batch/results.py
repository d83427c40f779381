"""What a task returns: results of some documents, as rows for JSON Lines and as columns for Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pdclassify.lines import DIGITS, topic_part
from pdclassify.topics.verdicts import REASONS, Verdicts

if TYPE_CHECKING:
    import pyarrow as pa

    from pdclassify.topics.model import TopicModel

__all__ = ["Results", "Row", "Rows", "Topics", "numbers", "strings"]

#: The results for one article, by column.
Row = dict[str, Any]


class Results(Protocol):
    """What came of some documents, in order."""

    def rows(self) -> Sequence[Row]:
        """Return a row a document."""

    def arrays(self, fields: Sequence[pa.Field]) -> list[pa.Array]:
        """Return the columns of these names and types."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Results that came one by one."""

    made: Sequence[Row]

    def rows(self) -> Sequence[Row]:
        """Return a row a document."""
        return self.made

    def arrays(self, fields: Sequence[pa.Field]) -> list[pa.Array]:
        """Return the columns of these names and types."""
        import pyarrow as pa

        return [pa.array([row[field.name] for row in self.made], field.type) for field in fields]


@dataclass(frozen=True, slots=True)
class Topics:
    """A model's verdicts, which never are rows on their way to a Parquet file."""

    verdicts: Verdicts
    model: TopicModel

    def rows(self) -> Sequence[Row]:
        """Return a row a document."""
        return [topic_part(prediction, self.model) for prediction in self.verdicts]

    def arrays(self, fields: Sequence[pa.Field]) -> list[pa.Array]:
        """Return the columns of these names and types."""
        import pyarrow as pa

        verdicts, model = self.verdicts, self.model
        n, names = len(verdicts), verdicts.topics
        primary, reason = (*names, None), (*REASONS, None)  # the last is that of place -1
        ends = _ends(verdicts.given.sum(axis=1))
        flat = {
            "primary": strings([primary[place] for place in verdicts.primary.tolist()]),
            "reason": strings([reason[place] for place in verdicts.reason.tolist()]),
        }
        shares = np.ascontiguousarray(_rounded(verdicts.probabilities).T)
        nested: dict[str, tuple[list[Any], list[pa.Array]]] = {
            "topics": (
                [None, pa.py_buffer(ends)],
                [strings([names[place] for place in verdicts.in_order().tolist()])],
            ),
            "probabilities": (
                [None],
                [
                    pa.Array.from_buffers(pa.float64(), n, [None, pa.py_buffer(share)])
                    for share in shares
                ],
            ),
            "model": ([None], [strings([model.name] * n), strings([model.digest] * n)]),
        }
        return [
            flat[field.name]
            if field.name in flat
            else pa.Array.from_buffers(
                field.type, n, nested[field.name][0], children=nested[field.name][1]
            )
            for field in fields
        ]


def strings(values: Sequence[str | None]) -> pa.Array:
    """Return a column of strings; `pyarrow.array` would import pandas, where it is installed."""
    import pyarrow as pa

    encoded = [b"" if value is None else value.encode() for value in values]
    ends = _ends(np.fromiter(map(len, encoded), np.int64, len(encoded)))
    buffers = [_there(values), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def numbers(values: Sequence[int | None]) -> pa.Array:
    """Return a column of whole numbers, made as `strings` is."""
    import pyarrow as pa

    known = np.array([value or 0 for value in values], dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), len(values), [_there(values), pa.py_buffer(known)])


def _there(values: Sequence[object]) -> pa.Buffer | None:
    """Return Arrow's bits of which values there are; None if all are."""
    import pyarrow as pa

    there = np.array([value is not None for value in values], dtype=bool)
    return None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))


def _ends(sizes: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return where each of some stretches begins, and where the last one ends."""
    ends = np.zeros(len(sizes) + 1, dtype=np.int32)
    np.cumsum(sizes, out=ends[1:])
    return ends


def _rounded(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round numbers from 0 to 1 to as many digits as are stored, as `round` does it."""
    scale = 10.0**DIGITS
    scaled = shares * scale
    result = np.rint(scaled) / scale
    # What the multiplication made a half of, or nearly, `round` may see on either side of it.
    for place in zip(*(np.abs(scaled % 1 - 0.5) < 1e-6).nonzero(), strict=True):
        result[place] = round(float(shares[place]), DIGITS)
    return result
