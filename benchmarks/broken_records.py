"""Files of records as they never should be: torn, cut, mistyped, wrongly encoded; with their answer.

`fuzz` writes small files of every kind, damages some of their records or their bytes, reads them,
and checks what issue every reader of archives fears: N records in, N items out, in their order,
the sound ones as they were, and no exception.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pdclassify import Article, DecodeError, read
from pdclassify.reading.decode import decode
from pdclassify.reading.records import RecordError, Skipped
from pdclassify.text.sentences import split_sentences

__all__ = ["fuzz"]

_HAN = "党建治理作风支部社区群众干部基层网格服务监督学习工作问题会议制度的了在是和有不人们联通陆"
_MARKS = "。，！？；：“”‘’（）《》、…—\u3000\xa0\u200b\n\t\"',;.!?() 𠮷é①Ａ"
_RECORDS = 20  # a file


@dataclass
class File:
    """A damaged file and what must be read from it.

    Parameters
    ----------
    name : str
    data : bytes
    sound : list of dict or None
        The records in their order, None for a damaged one.
    exact : bool
        Whether there is exactly one item a record; else some may be swallowed, after a note that
        the file is broken or by a quotation mark that was put in.
    encoding : str or None
        To be named by the user.
    """

    name: str
    data: bytes
    sound: list[dict[str, Any] | None]
    exact: bool = True
    encoding: str | None = None


def fuzz(records: int, folder: Path, *, seed: int = 0) -> Counter[str]:
    """Read at least ``records`` records of damaged files, and random bytes as a text.

    Raises
    ------
    AssertionError
        With the seed of the file, if anything is not as it must be.
    """
    seen: Counter[str] = Counter()
    makers = (_lines, _lines, _lines, _csv, _wild_csv, _parquet, _wild_bytes)
    number = 0
    while seen["records"] < records:
        rng = random.Random(f"{seed} {number}")
        make = makers[number % len(makers)]
        file = make(rng)
        place = f"{make.__name__[1:]}, seed {seed} {number}"
        seen["files"] += 1
        seen["records"] += len(file.sound)
        seen.update(_check(file, folder, place, by_pipe=rng.random() < 0.2))
        _check_bytes(rng, place)
        number += 1
    return seen


def _check(file: File, folder: Path, place: str, *, by_pipe: bool) -> Counter[str]:
    """Read a file and compare."""
    seen: Counter[str] = Counter()
    # What comes by pipe is taken for records if it begins like one.
    if by_pipe and "json" in file.name and (file.sound[0] or file.data.startswith(b"{")):
        stream = io.BytesIO(file.data)
        items = list(read(["-"], encoding=file.encoding, stdin=stream))
        seen["files by pipe"] += 1
    else:
        path = folder / file.name
        path.write_bytes(file.data)
        items = list(read([str(path)], encoding=file.encoding))
        path.unlink()
    items = [item for item in items if not isinstance(item, Skipped)]
    broken = [item for item in items if isinstance(item, RecordError) and item.whole_file]
    assert all(isinstance(item, Article | RecordError) for item in items), place
    assert len(broken) <= 1, place
    assert not broken or items[-1] is broken[0], place
    rows = items[: len(items) - len(broken)]
    assert [row.index for row in rows] == list(range(len(rows))), place
    seen["files broken off"] += len(broken)
    for item in items:
        if isinstance(item, RecordError):
            seen["error records"] += not item.whole_file
            assert item.error, place
            assert "\n" not in item.error, (place, item)
        else:
            seen["articles"] += 1
    if file.exact:
        assert not broken, (place, broken)
        assert len(rows) == len(file.sound), (place, len(rows), len(file.sound))
    for row, sound in zip(rows, file.sound, strict=False):
        if sound is None:
            if not file.exact:
                break  # from here on a record may have swallowed others
            continue
        assert isinstance(row, Article), (place, row)
        for name, value in sound.items():
            assert getattr(row, name) == value, (place, row, sound)
    return seen


def _text(rng: random.Random, longest: int = 60) -> str:
    """Return a text of our own, short ones often."""
    size = rng.choice((0, 1, 1, 2, 5, rng.randrange(longest)))
    return "".join(rng.choice(_HAN if rng.random() < 0.8 else _MARKS) for _ in range(size))


def _record(rng: random.Random, number: int) -> dict[str, Any]:
    """Return a sound record."""
    record: dict[str, Any] = {"id": f"r{number}", "text": _text(rng)}
    if rng.random() < 0.5:
        record["title"] = _text(rng, 20).strip() or None
    return record


def _damage(rng: random.Random, data: bytes, keep: bytes = b"\n\r") -> bytes:
    """Tear, cut or stain some bytes, but put in and take out none of ``keep``."""
    if not data:
        return b"\xff"
    at = rng.randrange(len(data))
    stain = bytes(b for b in rng.randbytes(rng.randrange(1, 6)) if b not in keep) or b"\xff"
    kind = rng.randrange(4)
    if kind == 0:
        return data[:at] or b"{"
    if kind == 1:
        return data[:at] + data[at + rng.randrange(1, 9) :] or b"}"
    if kind == 2:
        return data[:at] + stain + data[at:]
    return data[:at] + stain[:1] + data[at + 1 :]


_ODD: tuple[Callable[[dict[str, Any]], str], ...] = (
    lambda r: json.dumps(r | {"text": 3}),
    lambda r: json.dumps(r | {"text": None}),
    lambda r: json.dumps(r | {"text": ["党"]}),
    lambda r: json.dumps({k: v for k, v in r.items() if k != "text"}),
    lambda r: json.dumps(r | {"title": {"a": 1}}),
    lambda r: json.dumps(r | {"text": "\ud800"}),
    lambda r: '{"text": NaN}',
    lambda r: f'{{"text": {"9" * 5000}}}',
    lambda r: "[" * 3000,
    lambda r: '{"text":' * 3000,
    lambda r: "null",
    lambda r: "[]",
    lambda r: "党建",
    lambda r: '"text"',
    lambda r: '{"text": "党" "建"}',
    lambda r: "\x00",
)


def _lines(rng: random.Random) -> File:
    """Make JSON Lines in which some lines are damaged."""
    encoding, mark = rng.choice(
        [("utf-8", b""), ("utf-8", b""), ("gb18030", b""), ("gb18030", b""), ("utf-8", b"\xef\xbb\xbf"),
         ("utf-16-le", b"\xff\xfe"), ("gb18030", b"\x84\x31\x95\x33")]
    )  # fmt: skip
    plain = rng.random() < 0.7
    share = rng.choice((0.0, 0.1, 0.3))
    sound: list[dict[str, Any] | None] = []
    lines = []
    for number in range(_RECORDS):
        record = _record(rng, number)
        line = json.dumps(record, ensure_ascii=not plain).encode(encoding, "surrogatepass")
        kept: dict[str, Any] | None = record
        if rng.random() < share:
            kept = None
            if encoding == "utf-16-le" or rng.random() < 0.4:
                # In UTF-16 nothing but the wrong content: a torn byte there tears the whole file.
                odd = rng.choice(_ODD)(record) if lines else "null"  # NUL after the mark: UTF-32's
                line = odd.encode(encoding, "replace")
            else:
                line = _damage(rng, line)
                if not line.strip():
                    line = b"{"
        sound.append(kept)
        lines.append(line)
        if rng.random() < 0.05:
            lines.append(rng.choice(("", " ", "\t")).encode(encoding))
    end = rng.choice(("\n", "\r\n")).encode(encoding)
    data = mark + end.join(lines) + (end if rng.random() < 0.5 else b"")
    if rng.random() < 0.3:
        return File(
            "a.ndjson.gz" if rng.random() < 0.5 else "a.jsonl.gz", gzip.compress(data), sound
        )
    forced = encoding if rng.random() < 0.2 and not mark else None
    return File("a.jsonl", data, sound, encoding=forced)


def _table(rng: random.Random, records: list[dict[str, Any]], mark: str) -> list[str]:
    """Write records as CSV, a string a row, the header first."""
    rows = []
    for cells in (
        ("id", "text", "title"),
        *((r["id"], r["text"], r.get("title")) for r in records),
    ):
        stream = io.StringIO()
        how = csv.QUOTE_ALL if rng.random() < 0.3 else csv.QUOTE_MINIMAL
        csv.writer(stream, delimiter=mark, quoting=how).writerow(cells)
        rows.append(stream.getvalue())
    return rows


def _csv(rng: random.Random) -> File:
    """Make CSV in which some rows hold stains, but no quotation mark or line end too many."""
    encoding = rng.choice(("utf-8", "utf-8-sig", "gb18030"))
    records = [_record(rng, number) for number in range(_RECORDS)]
    sound: list[dict[str, Any] | None] = list(records)
    rows = [row.encode(encoding if not i else encoding.removesuffix("-sig"))
            for i, row in enumerate(_table(rng, records, rng.choice(",\t;")))]  # fmt: skip
    for number in range(_RECORDS):
        row = rows[number + 1]
        if rng.random() < 0.15 and b'"' not in row:
            at = rng.randrange(len(row) - 1)
            rows[number + 1] = (
                row[:at] + rng.choice((b"\xff", b",", b"\t", b";", b"\x80")) + row[at:]
            )
            sound[number] = None
    data = b"".join(rows)
    packed = rng.random() < 0.3
    return File("a.csv.gz" if packed else "a.csv", gzip.compress(data) if packed else data, sound)


def _wild_csv(rng: random.Random) -> File:
    """Make CSV in which bytes of any kind are damaged, quotation marks among them."""
    records = [_record(rng, number) for number in range(_RECORDS)]
    rows = [row.encode("utf-8") for row in _table(rng, records, ",")]
    sound: list[dict[str, Any] | None] = list(records)
    for number in sorted(rng.sample(range(_RECORDS), 2)):
        row = rows[number + 1]
        at = rng.randrange(len(row))
        stain = rng.choice((b'"', b'""', b'"\n', b"\n", b"\r", b"\x00", rng.randbytes(3)))
        rows[number + 1] = row[:at] + stain + row[at + rng.randrange(3) :]
        sound[number] = None
    return File("a.csv", b"".join(rows), sound, exact=False)


def _parquet(rng: random.Random) -> File:
    """Make a Parquet file with nulls, and now and then with columns of the wrong type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    records = [_record(rng, number) for number in range(_RECORDS)]
    sound: list[dict[str, Any] | None] = list(records)
    text: list[Any] = [record["text"] for record in records]
    kind = rng.choice((pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())))
    for number in range(_RECORDS):
        if rng.random() < 0.1:
            text[number] = sound[number] = None
    column = pa.array(text, pa.string()).cast(kind)
    if rng.random() < 0.2:
        sound = [None] * _RECORDS
        column = rng.choice((pa.array(range(_RECORDS)), pa.array([["党"]] * _RECORDS),
                             pa.array([b"\xff"] * _RECORDS), pa.nulls(_RECORDS)))  # fmt: skip
    table = pa.table(
        {
            "id": [r["id"] for r in records],
            "text": column,
            "title": [r.get("title") for r in records],
        }
    )
    stream = io.BytesIO()
    pq.write_table(table, stream, row_group_size=rng.choice((3, 7, 100)))
    data = stream.getvalue()
    packed = rng.random() < 0.3
    return File(
        "a.parquet.gz" if packed else "a.parquet", gzip.compress(data) if packed else data, sound
    )


def _wild_bytes(rng: random.Random) -> File:
    """Make a good file and cut it short or stain it anywhere, its compression included."""
    file = rng.choice((_lines, _csv, _parquet))(rng)
    data = bytearray(file.data)
    for _ in range(rng.randrange(1, 4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    if rng.random() < 0.5:
        del data[rng.randrange(len(data)) :]
    nothing: list[dict[str, Any] | None] = [None] * len(file.sound)
    return File(file.name, bytes(data), nothing, exact=False, encoding=file.encoding)


def _check_bytes(rng: random.Random, place: str) -> None:
    """Decode damaged text: it comes whole or as the documented error; its sentences hold all of it."""
    text = _text(rng, 200)
    encoding = rng.choice(("utf-8", "gb18030", "utf-16", "utf-8-sig", "utf-32"))
    data = text.encode(encoding)
    if rng.random() < 0.7:
        data = _damage(rng, data, keep=b"")
    try:
        text = decode(data, source="a.txt")
    except DecodeError:
        return
    assert "\ufffd" not in text or b"\xef\xbf\xbd" in data or b"\x84\x31\xa4\x37" in data, place
    end = 0
    for span in split_sentences(text):
        assert span.end > span.start >= end, place
        assert not text[end : span.start].strip(), place
        end = span.end
    assert not text[end:].strip(), place
