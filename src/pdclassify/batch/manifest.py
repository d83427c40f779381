"""What a run is known by, so that another can go on with it, and what it leaves behind."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pdclassify.batch.folder import ERRORS, MANIFEST, Folder
from pdclassify.batch.plan import Shard
from pdclassify.batch.sources import Found, Reading
from pdclassify.batch.tasks import Task
from pdclassify.batch.work import outcome_name
from pdclassify.errors import UsageError
from pdclassify.reading.records import kind

__all__ = ["compare", "describe", "finish", "recall", "write_errors"]

_FORMAT = 1
_EXAMPLES = 5


def describe(
    task: Task, form: str, reading: Reading, shard_bytes: int, found: Found
) -> dict[str, Any]:
    """Return everything that the output depends on."""
    import pyarrow as pa

    from pdclassify import __version__

    tables = form == "parquet" or any(kind(source.path) == "parquet" for source in found.sources)
    return {
        "manifest_version": _FORMAT,
        "version": __version__,
        **({"pyarrow": pa.__version__} if tables else {}),
        **task.identity(),
        "format": form,
        "fields": dict(reading.fields),
        "whole": reading.whole,
        "encoding": reading.encoding,
        "shard_bytes": shard_bytes,
        "inputs": [source.identity() for source in found.sources],
    }


_BUDGETS = ("sentences", "chars", "ratio")


def recall(asked: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a resumed run is not told by what its beginning was told.

    Parameters
    ----------
    asked, earlier : dict
        The arguments of `run` that were given, by name. Whether those given now are still the
        same is for `compare` to say.
    """
    kept = dict(earlier)
    options = {"task", "model", "thresholds", "top", *_BUDGETS}
    if asked.get("task", earlier.get("task")) != earlier.get("task"):
        kept = {name: value for name, value in kept.items() if name not in options}
    if any(name in asked for name in _BUDGETS):  # of which there can be one only
        kept = {name: value for name, value in kept.items() if name not in _BUDGETS}
    return {**kept, **asked}


def compare(old: dict[str, Any], new: dict[str, Any], folder: Folder, *, resume: bool) -> None:
    """See that a folder's run is the one that is asked for.

    Raises
    ------
    UsageError
        With what changed.
    """
    if not resume:
        raise UsageError(f"{folder.path}: another run has just been here; go on by --resume.")
    changed: list[str] = []
    for key, value in new.items():
        before = old.get(key)
        if key == "inputs" and before != value:
            changed.extend(_changed_inputs(before or [], value))
        elif key == "model" and before != value and before and value:
            changed.append(
                f"the model ({before['name']} {before['digest']}, now {value['name']} "
                f"{value['digest']})"
            )
        elif before != value:
            changed.append(f"{key} ({_short(before)}, now {_short(value)})")
    if changed:
        listed = "; ".join(changed[:_EXAMPLES])
        more = f"; and {len(changed) - _EXAMPLES} more" if len(changed) > _EXAMPLES else ""
        raise UsageError(
            f"{folder.path}: cannot be resumed, since its run began with something else: {listed}"
            f"{more}. Put it back as it was, or begin anew in another folder."
        )


def _changed_inputs(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[str]:
    before = {source["path"]: source for source in old}
    now = {source["path"]: source for source in new}
    for path, source in now.items():
        if path not in before:
            yield f"the input {path} (new)"
        elif before[path]["size"] != source["size"]:
            yield f"the input {path} ({before[path]['size']} bytes, now {source['size']})"
        elif before[path] != source:
            yield f"the input {path} (written again since, though as long as before)"
    for path in before:
        if path not in now:
            yield f"the input {path} (gone)"
    if list(before) != list(now) and before.keys() == now.keys():
        yield "the order of the inputs"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"


def finish(
    folder: Folder,
    found: Found,
    description: dict[str, Any],
    numbers: Sequence[int],
) -> dict[str, Any]:
    """Write ``errors.jsonl`` and, last of all, the manifest."""
    write_errors(folder, numbers)
    shards, hashes = [], []
    empty: list[str] = []
    for told in _outcomes(folder, numbers):
        del told["failed"]
        empty += told.pop("empty")
        hashes.append(np.frombuffer(base64.b64decode(told.pop("ids")), dtype="<u8"))
        shards.append(told)
    count, examples = _duplicates(folder, shards, hashes)
    manifest = {
        **description,
        "records": sum(told["records"] for told in shards),
        "errors": sum(told["errors"] for told in shards),
        "leftover": sum(told["leftover"] for told in shards),
        "duplicate_ids": {"records": count, "examples": examples},
        "skipped": {"files": len(found.skipped), "examples": list(found.skipped[:20])},
        "empty": {"files": len(empty), "examples": empty[:20]},
        "shards": shards,
    }
    folder.settle()
    folder.write_json(MANIFEST, manifest)
    folder.settle()
    folder.close()
    return manifest


def _outcomes(folder: Folder, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
    for number in numbers:
        yield folder.read_json(outcome_name(Shard(number, ())), state=True)


def write_errors(folder: Folder, numbers: Sequence[int]) -> None:
    """Write the errors of the finished shards, in the order of the inputs."""
    if not any(told["errors"] for told in _outcomes(folder, numbers)):
        folder.remove(ERRORS)
        return
    with folder.writing(ERRORS) as stream:
        for told in _outcomes(folder, numbers):
            for error in told["failed"]:
                stream.write(json.dumps(error, ensure_ascii=False).encode("utf-8") + b"\n")


def _duplicates(
    folder: Folder, shards: Sequence[dict[str, Any]], parts: Sequence[NDArray[np.uint64]]
) -> tuple[int, list[str]]:
    """Return how many identifiers stood in an earlier record, and some of them.

    Eight bytes of each are compared: among ten million, two different ones are taken for the same
    with a probability of 3 in a million.
    """
    hashes = np.concatenate(parts) if parts else np.empty(0, dtype="<u8")
    order = np.argsort(hashes, kind="stable")
    ranked = hashes[order]
    again = np.sort(order[1:][ranked[1:] == ranked[:-1]])
    ends = np.cumsum([len(part) for part in parts])
    examples: list[str] = []
    for place in again[: 4 * _EXAMPLES].tolist():
        shard = int(np.searchsorted(ends, place, side="right"))
        row = place - (int(ends[shard - 1]) if shard else 0)
        name = _identifier(folder, shards[shard]["part"], row)
        if name not in examples and len(examples) < _EXAMPLES:
            examples.append(name)
    return len(again), examples


def _identifier(folder: Folder, part: str, row: int) -> str:
    """Return the identifier of one row of a finished part."""
    with folder.open(part) as stream:
        if part.endswith(".jsonl"):
            for number, line in enumerate(stream):
                if number == row:
                    return str(json.loads(line)["id"])
        import pyarrow.parquet as pq

        with pq.ParquetFile(stream) as table:
            return str(table.read(["id"]).column("id")[row].as_py())
