"""Some records as they were read, and what of them a task works on: articles, or texts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pdclassify.article import Article
from pdclassify.reading.fields import FIELDS, RecordError
from pdclassify.reading.parquet import parse_batch
from pdclassify.topics.features import Texts

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Articles", "Chunk", "Documents", "table_chunk"]


class Documents(Protocol):
    """What a task works on."""

    def __len__(self) -> int: ...

    @property
    def articles(self) -> Sequence[Article]:
        """The articles, made when they are asked for."""

    @property
    def texts(self) -> Texts:
        """Headlines and bodies alone."""


@dataclass(frozen=True, slots=True)
class Articles:
    """Documents that came as articles."""

    articles: Sequence[Article]

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def texts(self) -> Texts:
        """Headlines and bodies alone."""
        return Texts.of(self.articles)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Documents that came as columns, under our names; all of them have an id and a text."""

    columns: Mapping[str, Sequence[Any]]
    source: str
    indexes: Sequence[int]

    def __len__(self) -> int:
        return len(self.indexes)

    @property
    def articles(self) -> Sequence[Article]:
        """The articles, made when they are asked for; they have no ``extra``."""
        made = []
        for index, row in zip(self.indexes, zip(*self.columns.values(), strict=True), strict=True):
            found: dict[str, Any] = {
                name: value for name, value in zip(self.columns, row, strict=True) if value
            }
            text = found.setdefault("text", "")
            made.append(Article(**found, source=self.source, index=index, end=len(text)))
        return made

    @property
    def texts(self) -> Texts:
        """Headlines and bodies alone."""
        lines = [
            self.columns[name] for name in ("kicker", "title", "subtitle") if name in self.columns
        ]
        headlines = ["\n".join(filter(None, row)) for row in zip(*lines, strict=True)]
        return Texts(headlines or [""] * len(self), self.columns["text"])


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records in a row.

    Parameters
    ----------
    source : str
        The file that they are from; of records from several files it has no meaning.
    ids : sequence of str
        One a record.
    documents : Documents
        Those records that could be read.
    failed : mapping of int to RecordError
        The others, by their places in the chunk.
    batch : pyarrow.RecordBatch, optional
        The rows of a Parquet file that they are.
    """

    source: str
    ids: Sequence[str]
    documents: Documents
    failed: Mapping[int, RecordError] = field(default_factory=dict)
    batch: pa.RecordBatch | None = None

    @classmethod
    def of(
        cls, items: Sequence[Article | RecordError], batch: pa.RecordBatch | None = None
    ) -> Chunk:
        """Return records that came one by one."""
        return cls(
            items[0].source if items else "",
            [item.id for item in items],
            Articles([item for item in items if isinstance(item, Article)]),
            {n: item for n, item in enumerate(items) if isinstance(item, RecordError)},
            batch,
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def items(self) -> Iterator[Article | RecordError]:
        """All records, one by one."""
        articles = iter(self.documents.articles)
        return (self.failed[n] if n in self.failed else next(articles) for n in range(len(self)))


def table_chunk(
    batch: pa.RecordBatch, *, source: str, index: int, names: Mapping[str, str]
) -> Chunk:
    """Return the rows of a record batch.

    The same records as those of `parse_batch`, without ``extra``; what is not asked for is not made.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
    source, index, names
        As for `parse_batch`.
    """
    there = [name for name in FIELDS if names[name] in batch.schema.names]
    needed = batch.select([names[name] for name in there])
    columns = _as_strings(needed)
    if columns is None or "text" not in there:
        # What there is instead of strings is looked at row by row.
        items = parse_batch(needed, source=source, index=index, names=names)
        return Chunk.of(list(items), batch)
    found = dict(zip(there, columns, strict=True))
    indexes: Sequence[int] = range(index, index + batch.num_rows)
    given = found.get("id") or [None] * batch.num_rows
    found["id"] = ids = [id or f"{source}#{n}" for id, n in zip(given, indexes, strict=True)]
    failed = {}
    for place in [place for place, text in enumerate(found["text"]) if text is None]:
        row = needed.slice(place, 1)
        [item] = parse_batch(row, source=source, index=indexes[place], names=names)
        assert isinstance(item, RecordError)
        failed[place] = item
    if failed:
        left = [place for place in range(batch.num_rows) if place not in failed]
        indexes = [indexes[place] for place in left]
        found = {name: [values[place] for place in left] for name, values in found.items()}
    return Chunk(source, ids, _Columns(found, source, indexes), failed, batch)


def _as_strings(batch: pa.RecordBatch) -> list[list[Any]] | None:
    """Return the columns, or None if they do not all hold strings, and these UTF-8."""
    import pyarrow as pa

    kinds = batch.schema.types
    if not all(pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in kinds):
        return None
    try:
        return [column.to_pylist() for column in batch.columns]
    except UnicodeDecodeError:
        return None
