"""Cutting: whatever the cuts, the records are those that reading from one end to the other gives."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny import Tiny, records, write_lines, write_table

from pdclassify.batch.plan import Shard, plan
from pdclassify.batch.sources import Reading, find
from pdclassify.batch.work import Job, _chunks
from pdclassify.errors import InputError, UsageError
from pdclassify.reading.fields import columns
from pdclassify.reading.records import Article, RecordError, Skipped, read


def cut(
    paths: list[Path], shard_bytes: int, **options: object
) -> tuple[list[Shard], list[Article | RecordError]]:
    """The shards of some files, and all that is read of them."""
    fields = options.get("fields") or {}
    reading = Reading(columns(fields), fields, encoding=options.get("encoding"))  # type: ignore[arg-type]
    found = find([str(path) for path in paths], apart_from="nowhere")
    shards = list(plan(found.sources, reading, shard_bytes=shard_bytes))
    job = Job("nowhere", "jsonl", Tiny(), reading, None, None, "run-x")
    items = []
    for shard in shards:
        for chunk, aside in _chunks(shard, job):
            items.extend([*chunk.items, *aside])
    return shards, items


def same(paths: list[Path], shard_bytes: int, **options: object) -> list[Shard]:
    """Cut, and compare with reading in one go, which also names files without an article."""
    shards, items = cut(paths, shard_bytes, **options)
    found = read([str(path) for path in paths], **options)  # type: ignore[arg-type]
    items, whole = ([i for i in row if not isinstance(i, Skipped)] for row in (items, found))
    assert [item.to_dict() for item in items] == [item.to_dict() for item in whole]
    assert [getattr(i, "index", None) for i in items] == [getattr(i, "index", None) for i in whole]
    assert [getattr(i, "extra", None) for i in items] == [getattr(i, "extra", None) for i in whole]
    return shards


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda text: json.dumps({"text": text, "k": 1}, ensure_ascii=False).encode(),
            st.text(st.characters(codec="utf-8"), max_size=30),
        ),
        st.sampled_from(
            [b"", b"  ", b"{broken", b'{"text": null}', b'{"id": "x"}', b"\r", b"\xff"]
        ),
    ),
    max_size=30,
)


@given(lines=LINES, end=st.sampled_from([b"", b"\n"]), shard_bytes=st.integers(1, 200))
def test_any_cut_of_json_lines_gives_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, shard_bytes: int
) -> None:
    """Whatever stands in the lines and wherever they are cut, ids, order and errors are the same."""
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(b"\n".join(lines) + end)
    same([path], shard_bytes)
    packed = tmp_path_factory.getbasetemp() / "any.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes(), 1))
    same([packed], shard_bytes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings_survive_the_cuts(tmp_path: Path, encoding: str) -> None:
    """GB18030, a byte order mark and UTF-16 are read in shards as they are in one go."""
    path = tmp_path / "a.jsonl"
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records(60))
    path.write_bytes(lines.encode(encoding))
    assert len(same([path], 2000)) > 5


def test_csv_is_cut_into_shards(tmp_path: Path) -> None:
    """A CSV larger than a shard is read once and handed over in several."""
    path = tmp_path / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["id", "title", "text", "page"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(records(60))
    assert len(same([path], 4000)) > 3


def test_small_files_share_a_shard(tmp_path: Path) -> None:
    """A folder of small files of any kind becomes a few shards, in the order of their names."""
    for number in range(20):
        write_lines(tmp_path / f"{number:02d}.jsonl", records(2, number * 2))
    (tmp_path / "99.txt").write_text("会议纪要\n社区今天开会，商量修路的事。\n", encoding="utf-8")
    assert len(same(sorted(tmp_path.iterdir()), 3000)) < 10


@pytest.mark.parametrize("packed", [False, True])
def test_row_groups_are_cut_or_joined(tmp_path: Path, packed: bool) -> None:
    """Small row groups share a shard; one of all rows goes over several, also from a .gz."""
    rows = records(400)
    small = write_table(tmp_path / "small.parquet", rows, group=10)
    large = write_table(tmp_path / "large.parquet", rows, group=400)
    if packed:
        for path in (small, large):
            data = gzip.compress(path.read_bytes(), 1)
            path.with_name(path.name + ".gz").write_bytes(data)
        small, large = (path.with_name(path.name + ".gz") for path in (small, large))
    of_small = same([small], 5000)
    of_large = same([large], 5000)
    assert 3 < len(of_small) < 40
    assert len(of_large) > 3
    assert {piece.form for shard in of_large for piece in shard.pieces} == {"rows"}
    if not packed:
        assert {piece.form for shard in of_small for piece in shard.pieces} == {"groups"}


def test_a_slice_carries_its_own_rows_only(tmp_path: Path) -> None:
    """What travels with a shard is as large as its rows, not as the batch they were cut from."""
    path = write_table(tmp_path / "a.parquet", records(400), group=400)
    shards, _ = cut([path], 5000)
    sizes = [len(shard.pieces[0].payload) for shard in shards]
    assert max(sizes) < sum(sizes) / 3


def test_a_broken_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    """The records before the damage are read; then one error names the file and the record."""
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records(3000))
    data = gzip.compress(lines.encode(), 1)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data[: len(data) // 2])
    for shard_bytes in (20_000, 10_000_000):
        _, items = cut([path], shard_bytes)
        *articles, error = items
        assert len(articles) > 100
        assert all(isinstance(item, Article) for item in articles)
        assert isinstance(error, RecordError)
        assert error.whole_file
        assert f"a.jsonl.gz: cannot be read after {len(articles)} records" in error.error


def test_a_truncated_parquet_is_an_error_of_its_own(tmp_path: Path) -> None:
    """A Parquet file without its end gives one error; the files around it are read."""
    good = write_table(tmp_path / "a.parquet", records(20))
    bad = tmp_path / "b.parquet"
    bad.write_bytes(good.read_bytes()[:-100])
    _, items = cut([good, bad, good], 10_000)
    assert [isinstance(item, Article) for item in items] == [True] * 20 + [False] + [True] * 20
    assert "b.parquet: cannot be read" in items[20].error  # type: ignore[union-attr]


def test_a_misnamed_column_is_told(tmp_path: Path) -> None:
    """A column that no record of a large file has is an error, as it is in a small one."""
    path = write_lines(tmp_path / "a.jsonl", records(60))
    for shard_bytes in (2000, 10_000_000):
        _, items = cut([path], shard_bytes, fields={"title": "headline"})
        errors = [item for item in items if isinstance(item, RecordError)]
        assert len(errors) == 1
        assert "'headline'" in errors[0].error
    path = tmp_path / "b.parquet"
    pq.write_table(pa.table({"body": ["一", "二"]}), path)
    _, [error] = cut([path], 2000)
    assert isinstance(error, RecordError)
    assert "no column 'text'; its columns are body" in error.error


def test_a_missing_or_foreign_input_is_refused_at_once(tmp_path: Path) -> None:
    """A slip in the command is told before a long run, not after it."""
    with pytest.raises(InputError, match=r"gone\.jsonl: cannot be read: No such file"):
        find([str(tmp_path / "gone.jsonl")], apart_from=str(tmp_path / "out"))
    (tmp_path / "a.docx").write_bytes(b"")
    with pytest.raises(InputError, match=r"a\.docx: is of a kind that is not read"):
        find([str(tmp_path / "a.docx")], apart_from=str(tmp_path / "out"))
    with pytest.raises(UsageError, match="standard input"):
        find(["-"], apart_from=str(tmp_path / "out"))


def test_a_folder_is_walked_apart_from_the_output(tmp_path: Path) -> None:
    """Files stand in the order of their names; others are named; the output is not an input."""
    for name in ("b/2.jsonl", "a/1.jsonl", "out/part-00000.jsonl", "a/x.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    found = find([str(tmp_path)], apart_from=str(tmp_path / "out"))
    names = [Path(source.path).relative_to(tmp_path).as_posix() for source in found.sources]
    assert names == ["a/1.jsonl", "b/2.jsonl"]
    assert [Path(name).name for name in found.skipped] == ["x.pdf"]
