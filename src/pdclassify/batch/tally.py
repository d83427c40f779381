"""What is finished of a run, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pdclassify.batch.folder import Folder
from pdclassify.batch.plan import Shard
from pdclassify.batch.sources import Found
from pdclassify.batch.work import Outcome, outcome_name

__all__ = ["Progress", "Tally"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Parameters
    ----------
    records, errors : int
        Done so far, those of earlier runs included.
    earlier : int
        Records that were found done.
    bytes_done, bytes_total : int
        Of the input files, about.
    """

    records: int
    errors: int
    earlier: int
    bytes_done: int
    bytes_total: int


class Tally:
    """Counts finished shards, of this run and of earlier ones."""

    def __init__(
        self, folder: Folder, found: Found, progress: Callable[[Progress], None] | None
    ) -> None:
        self._folder = folder
        self._progress = progress
        self._total = sum(source.size for source in found.sources)
        self._bytes = 0
        self._earlier = 0
        self.records = 0
        self.errors = 0
        self.done: set[int] = set()

    def missing(self, shards: Iterable[Shard]) -> Iterator[Shard]:
        """Yield the shards that are not finished, and count the others."""
        for shard in shards:
            if shard.number in self.done:
                continue
            told = self._folder.read_json(outcome_name(shard), state=True)
            if (
                told is not None
                and told["inputs"] == shard.describe()
                and self._folder.size(told["part"]) == told["bytes"]
            ):
                self._earlier += told["records"]
                self.add(Outcome(shard.number, told["records"], told["errors"], shard.cost))
            else:
                yield shard

    def add(self, outcome: Outcome) -> None:
        """Count a finished shard."""
        self.done.add(outcome.number)
        self.records += outcome.records
        self.errors += outcome.errors
        self._bytes += outcome.cost
        if self._progress is not None:
            self._progress(
                Progress(self.records, self.errors, self._earlier, self._bytes, self._total)
            )
