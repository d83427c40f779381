from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.article import Article
from pdclassify.errors import UsageError
from pdclassify.reading.parquet import parse_batch
from pdclassify.reading.records import (
    Item,
    RecordError,
    Skipped,
    columns,
    kind,
    line_encoding,
    parse_line,
    read,
)

RECORDS: list[dict[str, Any]] = [
    {"id": "甲", "text": "支部听民声。\n第二段", "title": "听", "note": [1, {"深": 2}]},
    {"id": 17, "text": "再办。\u2028一", "date": None, "publisher": "某报", "byline": "某某"},
]


def lines(records: list[dict[str, Any]]) -> str:
    """Return records as JSON Lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def write(folder: Path, name: str, data: bytes | str) -> str:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def one(path: str, **options: Any) -> list[Item]:
    """Read one input."""
    return list(read([path], **options))


def errors(items: list[Item]) -> list[RecordError]:
    """Return the errors among the items."""
    return [item for item in items if isinstance(item, RecordError)]


def texts(items: list[Item]) -> list[str | None]:
    """Return each article's text, None for what is no article."""
    return [item.text if isinstance(item, Article) else None for item in items]


def test_a_record_is_an_article(tmp_path: Path) -> None:
    """Our fields are taken, numbers as printed, the rest untouched in extra."""
    path = write(tmp_path, "a.jsonl", lines(RECORDS))
    first, second = one(path)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.id, first.source, first.index, first.title) == ("甲", path, 0, "听")
    assert first.extra == {"note": [1, {"深": 2}]}
    assert (first.start, first.end, first.segments) == (0, len(first.text), ())
    assert (second.id, second.index, second.date) == ("17", 1, None)
    assert (second.publisher, second.byline) == ("某报", "某某")
    assert second.text == RECORDS[1]["text"]


@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode(),
        lambda t: codecs.BOM_UTF8 + t.encode(),
        lambda t: t.encode("utf-16"),
        lambda t: codecs.BOM_UTF16_BE + t.encode("utf-16-be"),
        lambda t: t.encode("gb18030"),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson.gz", "b.csv", "b.csv.gz"])
def test_same_records_from_every_encoding(tmp_path: Path, encode: Any, name: str) -> None:
    """The same records in UTF-8, with a mark, UTF-16 or GB18030 are the same articles."""
    if ".csv" in name:
        out = io.StringIO(newline="")
        table = csv.writer(out)
        table.writerow(["id", "text"])
        table.writerows([record["id"], record["text"]] for record in RECORDS)
        data = encode(out.getvalue())
    else:
        data = encode(lines(RECORDS))
    path = write(tmp_path, name, gzip.compress(data) if name.endswith(".gz") else data)
    items = one(path)
    assert texts(items) == [record["text"] for record in RECORDS]
    assert [item.id for item in items if isinstance(item, Article)] == ["甲", "17"]


@pytest.mark.parametrize("name", ["gbk", "gb18030", "utf-8", "utf-16"])
def test_pages_in_every_encoding(tmp_path: Path, name: str) -> None:
    """A page's text is the same from every encoding."""
    page = "听民声\n\n社区里设了信箱，居民有话投进来，每周开一次。\n"
    (article,) = [
        item
        for item in one(write(tmp_path, "p.txt", page.encode(name)), whole=True)
        if isinstance(item, Article)
    ]
    assert "社区里设了信箱，居民有话投进来，每周开一次。" in article.text
    assert article.id == f"{tmp_path / 'p.txt'}#0"


BAD = [
    ("{torn", "not JSON"),
    ("[1]", "must be an object. Got list"),
    ('{"id":"x"}', "'text' is missing"),
    ('{"text":null}', "'text' is null"),
    ('{"text":NaN}', "'text' is null"),
    ('{"text":["a"]}', "'text' must be a string. Got list"),
    ('{"text":"a","title":3}', "'title' must be a string. Got int"),
    ('{"text":"a","id":[1]}', "'id' must be a string or a number. Got list"),
    ('{"text":"ab\\ud800"}', "lone surrogate at character 2"),
    ('{"text":"a","x":["\\uD800"]}', "lone surrogate in another field"),
    ("[" * 100_000, "JSON that cannot be read"),
    ('{"text":"a"} {"text":"b"}', "not JSON: Extra data"),
]


@pytest.mark.parametrize(("line", "said"), BAD)
def test_a_bad_line_is_one_error(tmp_path: Path, line: str, said: str) -> None:
    """Each way a line can be wrong is one error that says where and what; the rest goes on."""
    path = write(tmp_path, "a.jsonl", '{"text":"先"}\n\n' + line + '\n{"text":"后"}')
    items = one(path)
    assert texts(items) == ["先", None, "后"]
    (error,) = errors(items)
    assert said in error.error
    assert error.error.startswith(f"{path}: line 3 (byte 16): ")
    assert error.index == 1
    assert not error.whole_file
    assert error.to_dict().keys() == {"id", "source", "error"}


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ('{"id":"甲","text":1}', "甲"),
        ('{"id": 5, "text": tor', "5"),
        ('{"id": 1.50, "text": "a", "title": []}', "1.50"),
        ('{"text":"a" "id":"b\\"c"}', 'b"c'),
    ],
)
def test_an_error_keeps_the_records_id(tmp_path: Path, line: str, own: str) -> None:
    """The id of a record that failed is its own where it can be read."""
    (error,) = errors(one(write(tmp_path, "a.jsonl", line)))
    assert error.id == own


def test_a_torn_line_is_one_error_with_its_byte(tmp_path: Path) -> None:
    """A byte that is not UTF-8 costs its line alone and is named."""
    data = '{"text":"先"}\n'.encode() + b'{"id":"t","text":"\xb5"}\n' + '{"text":"后"}\n'.encode()
    items = one(write(tmp_path, "a.jsonl", data))
    assert texts(items) == ["先", None, "后"]
    assert errors(items)[0].id == "t"
    assert "line 2 (byte 15): byte 33 is not utf-8" in errors(items)[0].error


def test_ascii_lines_do_not_settle_the_encoding(tmp_path: Path) -> None:
    """GB18030 after many ASCII lines is found, and forcing another encoding makes errors."""
    data = b'{"text":"a"}\n' * 500 + '{"text":"支部听民声"}\n'.encode("gb18030")
    path = write(tmp_path, "a.jsonl", data)
    assert texts(one(path))[-1] == "支部听民声"
    assert len(errors(one(path, encoding="utf-8"))) == 1


@pytest.mark.parametrize("text", ["", "\x00", "a\r\nb\rc", "\u2028\u2029\x85", "😀𠮷", "\ufeff"])
def test_awkward_text_comes_through(tmp_path: Path, text: str) -> None:
    """NUL, lone returns, Unicode line ends and empty text are text like any other."""
    path = write(tmp_path, "a.jsonl", lines([{"text": text}, {"text": "后"}]))
    assert texts(one(path)) == [text, "后"]


def test_windows_lines_and_blank_lines(tmp_path: Path) -> None:
    r"""Lines may end in \r\n; blank ones are not records."""
    path = write(tmp_path, "a.jsonl", '\r\n{"text":"先"}\r\n \r\n{"text":"后"}\r\n')
    items = one(path)
    assert texts(items) == ["先", "后"]
    assert [item.index for item in items if isinstance(item, Article)] == [0, 1]


def test_empty_strings_are_absent(tmp_path: Path) -> None:
    """An empty title or id is the same as none."""
    (article,) = one(write(tmp_path, "a.jsonl", '{"text":"a","title":"","id":""}'))
    assert isinstance(article, Article)
    assert article.title is None
    assert article.id == f"{tmp_path / 'a.jsonl'}#0"


def test_fields_rename(tmp_path: Path) -> None:
    """Columns are found under the user's names; one that is nowhere in the file is an error."""
    path = write(tmp_path, "a.jsonl", '{"body":"a","no":9,"text":"not this"}\n{"body":"b"}\n')
    items = one(path, fields={"text": "body", "id": "no"})
    assert texts(items) == ["a", "b"]
    assert isinstance(items[0], Article)
    assert items[0].id == "9"
    items = one(path, fields={"text": "body", "title": "head"})
    assert texts(items) == ["a", "b", None]
    assert errors(items)[0].whole_file
    assert "'head'" in errors(items)[0].error


CSV = "id,text,title,extra\r\n"


@pytest.mark.parametrize(
    ("body", "expected", "said"),
    [
        ('1,"a\r\nb ""c"", d",t,x\r\n', ['a\r\nb "c", d'], None),
        ("1,a,t,x\r\n2,b\r\n3,c,t,x\r\n", ["a", None, "c"], "line 3: 2 cells"),
        ("1,a,t,x,y\r\n2,b,t,x\r\n", [None, "b"], "line 2: 5 cells"),
        ('1,"a,t,x\r\n2,b,t,x\r\n3,c,t,x\r\n', [None, "b", "c"], "line 2: not CSV"),
        ('1,"a"b,t,x\r\n2,b,t,x\r\n', [None, "b"], "line 2: not CSV"),
        ("1,,,\r\n\r\n2,b,,\r\n", ["", "b"], None),
        ("1,a\x00b,,\r\n", ["a\x00b"], None),
    ],
)
def test_csv_rows(tmp_path: Path, body: str, expected: list[str | None], said: str | None) -> None:
    """Quoted newlines are text; a row that is damaged costs itself alone."""
    items = one(write(tmp_path, "a.csv", CSV + body))
    assert texts(items) == expected
    assert [item.index for item in items if isinstance(item, Article | RecordError)] == list(
        range(len(expected))
    )
    for error in errors(items):
        assert said
        assert said in error.error


def test_csv_torn_byte(tmp_path: Path) -> None:
    """A byte that cannot be decoded costs its row alone."""
    data = "id,text\n1,先\n2,".encode() + b"\xff\n" + "3,后\n".encode()
    items = one(write(tmp_path, "a.csv", data))
    assert texts(items) == ["先", None, "后"]
    assert errors(items)[0].id == "2"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_delimiters(tmp_path: Path, mark: str) -> None:
    """Comma, semicolon and tab are told by the header; other columns go to extra."""
    (article,) = one(write(tmp_path, "a.csv", f"id{mark}text{mark}k\n1{mark}支部{mark}v\n"))
    assert isinstance(article, Article)
    assert (article.id, article.text, article.extra) == ("1", "支部", {"k": "v"})


def test_csv_long_fields_and_missing_columns(tmp_path: Path) -> None:
    """A megabyte in one cell is read; a header without the text names its columns."""
    assert texts(one(write(tmp_path, "a.csv", "text\n" + "党" * 1_000_000 + "\n"))) == [
        "党" * 1_000_000
    ]
    (error,) = errors(one(write(tmp_path, "b.csv", "id,body\n1,a\n")))
    assert error.whole_file
    assert "'text'" in error.error
    assert "id, body" in error.error


def test_columns_that_are_called_the_same(tmp_path: Path) -> None:
    """Two columns of the text are refused, two of anything else are both kept, as pandas does it."""
    (error,) = errors(one(write(tmp_path, "a.csv", "text,id,text\n甲,1,乙\n")))
    assert error.whole_file
    assert "more than one column is called 'text'; rename" in error.error
    (article,) = one(write(tmp_path, "b.csv", "note,text,note,note.1\n1,甲,2,3\n"))
    assert isinstance(article, Article)
    assert article.extra == {"note": "1", "note.1": "2", "note.1.1": "3"}


def test_tab_separated(tmp_path: Path) -> None:
    """A .tsv file is a table, and the columns of one without a text are told."""
    assert texts(one(write(tmp_path, "a.tsv", "id\ttext\n1\t甲，乙\n"))) == ["甲，乙"]
    (error,) = errors(one(write(tmp_path, "b.tsv.gz", gzip.compress(b"id\tbody\n1\ta\n"))))
    assert "its columns are id, body;" in error.error


def test_files_without_an_article_are_told(tmp_path: Path) -> None:
    """An empty file, blank lines, a page of blanks and a table without rows are each named."""
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "e.parquet")
    for name, data in (
        ("a.jsonl", ""),
        ("b.jsonl", "\n \n"),
        ("c.txt", " \n"),
        ("d.csv", "text\n"),
    ):
        write(tmp_path, name, data)
    write(tmp_path, "f.jsonl", lines(RECORDS))
    items = one(str(tmp_path))
    assert len(items) == 5 + len(RECORDS)
    assert items[:5] == [
        Skipped(str(tmp_path / name), "empty")
        for name in ("a.jsonl", "b.jsonl", "c.txt", "d.csv", "e.parquet")
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_parquet(tmp_path: Path, packed: bool) -> None:
    """Rows are articles, nulls errors, other columns untouched objects, dates ISO strings."""
    table = pa.table(
        {
            "id": [1, 2, 3],
            "text": ["先", None, "后"],
            "date": [date(2024, 1, 2)] * 3,
            "tags": [["a"], [], None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=1)
    path = str(tmp_path / "a.parquet")
    if packed:
        path = write(tmp_path, "b.parquet.gz", gzip.compress(Path(path).read_bytes()))
    items = one(path)
    assert texts(items) == ["先", None, "后"]
    assert isinstance(items[0], Article)
    assert (items[0].date, items[0].extra) == ("2024-01-02", {"tags": ["a"]})
    assert errors(items)[0].id == "2"
    assert "row 2" in errors(items)[0].error


def test_parquet_of_the_wrong_kind(tmp_path: Path) -> None:
    """Text that is no string fails row by row; a missing column or torn file as a whole."""
    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "a.parquet")
    assert [error.whole_file for error in errors(one(str(tmp_path / "a.parquet")))] == [False] * 2
    pq.write_table(pa.table({"body": ["a"]}), tmp_path / "b.parquet")
    (error,) = errors(one(str(tmp_path / "b.parquet")))
    assert "body" in error.error
    assert error.whole_file
    torn = write(tmp_path, "c.parquet", (tmp_path / "a.parquet").read_bytes()[:-9])
    assert errors(one(torn))[0].whole_file
    assert texts(one(str(tmp_path / "b.parquet"), fields={"text": "body"})) == ["a"]


def test_a_string_of_parquet_that_is_not_utf8(tmp_path: Path) -> None:
    """It costs its own row alone, as damaged bytes do anywhere else."""
    data = ["先".encode(), "先".encode("gb18030"), "后".encode()]
    for strings in (pa.string(), pa.large_string()):
        plain = pa.large_binary() if strings == pa.large_string() else pa.binary()
        column = pa.Array.from_buffers(strings, 3, pa.array(data, plain).buffers())
        pq.write_table(pa.table({"id": ["a", "b", "c"], "text": column}), tmp_path / "a.parquet")
        items = one(str(tmp_path / "a.parquet"))
        assert texts(items) == ["先", None, "后"]
        (error,) = errors(items)
        assert (error.id, error.whole_file) == ("b", False)
        assert "UTF-8" in error.error


def test_a_broken_gzip_gives_what_came_before(tmp_path: Path) -> None:
    """Records before the break are yielded, then one error for the file, then other files."""
    data = gzip.compress(
        "".join(json.dumps({"text": os.urandom(40).hex()}) + "\n" for _ in range(9000)).encode()
    )
    path = write(tmp_path, "a.jsonl.gz", data[: len(data) // 2])
    good = write(tmp_path, "b.jsonl", '{"text":"好"}')
    items = list(read([path, good]))
    assert len(items) > 1000
    assert [item.whole_file for item in errors(items)] == [True]
    assert isinstance(items[-2], RecordError)
    assert texts(items)[-1] == "好"


def test_unreadable_inputs_do_not_stop_the_others(tmp_path: Path) -> None:
    """A missing file, a strange ending and text in no encoding are an error each."""
    write(tmp_path, "x.docx", "x")
    bad = write(tmp_path, "bad.txt", b"\xb5\xb3abc\xff")
    good = write(tmp_path, "good.jsonl", '{"text":"好"}')
    items = list(read([str(tmp_path / "none.txt"), str(tmp_path / "x.docx"), bad, good]))
    assert [error.whole_file for error in errors(items)] == [True] * 3
    assert "no such file" in errors(items)[0].error.lower()
    assert ".docx is not read" in errors(items)[1].error
    assert "byte 5" in errors(items)[2].error
    assert texts(items)[-1] == "好"


def test_folders_are_walked_in_order(tmp_path: Path) -> None:
    """Files come sorted by name, folder by folder; those of other kinds are named."""
    (tmp_path / "z").mkdir()
    for name in ("b.jsonl", "a.jsonl", "z/c.jsonl"):
        write(tmp_path, name, lines([{"text": name}]))
    write(tmp_path, "k.pdf", "x")
    items = one(str(tmp_path))
    assert [item.text for item in items if isinstance(item, Article)] == [
        "a.jsonl",
        "b.jsonl",
        "z/c.jsonl",
    ]
    assert [item for item in items if isinstance(item, Skipped)] == [
        Skipped(str(tmp_path / "k.pdf"), "kind")
    ]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_closed_folder_is_an_error(tmp_path: Path) -> None:
    """A folder without permission is an error, the others are read."""
    (tmp_path / "closed").mkdir(mode=0)
    write(tmp_path, "z.jsonl", '{"text":"好"}')
    items = one(str(tmp_path))
    (tmp_path / "closed").chmod(0o700)
    assert len(errors(items)) == 1
    assert "好" in texts(items)


@pytest.mark.parametrize(
    "data",
    [
        ("\n \t" + lines(RECORDS)).encode(),
        codecs.BOM_UTF8 + lines(RECORDS).encode(),
        lines(RECORDS).encode("utf-16"),
        lines(RECORDS).encode("gb18030"),
        gzip.compress(lines(RECORDS).encode()),
    ],
)
def test_records_on_stdin(data: bytes) -> None:
    """Standard input that begins with { is JSON Lines, also after a mark, in UTF-16 or gzip."""
    items = list(read(["-"], stdin=io.BytesIO(data)))
    assert texts(items) == [record["text"] for record in RECORDS]
    assert all(item.source == "-" for item in items if isinstance(item, Article))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_table_on_stdin(encoding: str, delimiter: str) -> None:
    """Standard input whose first line names a column of ours is CSV; also one that was named."""
    table = "\n题,text\n听,民声\n".replace(",", delimiter)
    (article,) = read(["-"], stdin=io.BytesIO(table.encode(encoding)))
    assert isinstance(article, Article)
    assert (article.text, article.extra) == ("民声", {"题": "听"})
    table = table.replace("text", "正文")
    (article,) = read(["-"], fields={"text": "正文"}, stdin=io.BytesIO(table.encode(encoding)))
    assert isinstance(article, Article)
    assert article.text == "民声"
    (error,) = read(["-"], stdin=io.BytesIO(table.encode(encoding)))
    assert isinstance(error, RecordError)
    assert "a table with the columns 题, 正文; name that of the texts by fields=" in error.error


def test_what_read_yields_is_public(tmp_path: Path) -> None:
    """Whoever reads can ask what an item is, under the names of the package."""
    import pdclassify

    assert (pdclassify.RecordError, pdclassify.Skipped) == (RecordError, Skipped)
    path = write(tmp_path, "a.jsonl", '{"text": "a"}\n{}\n')
    found = [item for item in pdclassify.read([path]) if isinstance(item, pdclassify.Article)]
    assert [article.text for article in found] == ["a"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_big5_records_are_refused_until_it_is_named(tmp_path: Path, name: str) -> None:
    """Records in Big5 are one error, not a file of nonsense; with the encoding named they are read."""
    text = "鎮上的圖書館去年搬進了老糧倉，牆還是原來的牆。"
    table = "text\n" + f"{text}\n" * 10
    data = table if name == "a.csv" else lines([{"text": text}] * 10)
    path = write(tmp_path, name, data.encode("cp950"))
    (error,) = errors(one(path))
    assert error.whole_file
    assert "Big5" in error.error
    assert texts(one(path, encoding="cp950")) == [text] * 10


def test_a_json_array_on_stdin_is_refused(tmp_path: Path) -> None:
    """An array is no page and no JSON Lines, and it is said how to make lines of it."""
    (error,) = read(["-"], stdin=io.BytesIO(b' [\n {"text": "a"},\n {"text": "b"}]'))
    assert isinstance(error, RecordError)
    assert "it is a JSON array; jq -c '.[]' makes" in error.error
    (error,) = errors(one(write(tmp_path, "a.jsonl", '[{"text": "a"}]')))
    assert "Got list; jq -c '.[]' makes" in error.error


def test_a_page_with_commas_is_a_page() -> None:
    """What only looks a little like a table is read as a page; --whole is never doubted."""
    for page in ("Beijing, May 5\nBy Li, Wang\n正文如下，很短。", "团结,奋进\n支部里设了信箱。"):
        items = list(read(["-"], stdin=io.BytesIO(page.encode())))
        assert not errors(items)
    (article,) = read(["-"], whole=True, stdin=io.BytesIO("题,文\n团结,奋进\n".encode()))
    assert isinstance(article, Article)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt"])
def test_utf_16_without_a_mark(tmp_path: Path, encoding: str, name: str) -> None:
    """It is one error that names the encoding, not one a line; asked for, it is read."""
    data = {
        "a.jsonl": lines(RECORDS * 5),
        "a.csv": "id,text\n1,甲\n2,开\n",
        "a.txt": "听民声\n\n社区里设了信箱，居民有话投进来，2024年起每周开一次。\n\n听民声\n",
    }[name].encode(encoding)
    (error,) = errors(one(write(tmp_path, name, data)))
    assert error.whole_file
    assert f"{encoding} without a byte order mark" in error.error
    assert "name the encoding by encoding=" in error.error
    assert not errors(one(write(tmp_path, name, data), encoding=encoding))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_places_in_wide_encodings_are_the_files_own(tmp_path: Path, encoding: str) -> None:
    """An error in UTF-16 names the byte where its line begins, characters beyond the BMP included."""
    before = '\ufeff{"text": "甲𠮷"}\n'
    data = (before + "{torn\n").encode(encoding)
    place = f"line 2 (byte {len(before.encode(encoding))})"
    for options in ({}, {"encoding": encoding[:6]}):
        (error,) = errors(one(write(tmp_path, "a.jsonl", data), **options))
        assert place in error.error


def test_a_page_on_stdin() -> None:
    """Other standard input is a page, for which columns have no meaning; empty input is none."""
    (article,) = read(["-"], whole=True, stdin=io.BytesIO("社区里设了信箱。".encode("gbk")))
    assert isinstance(article, Article)
    assert article.text == "社区里设了信箱。"
    (error,) = read(["-"], fields={"text": "t"}, stdin=io.BytesIO(b"page"))
    assert isinstance(error, RecordError)
    assert list(read(["-"], stdin=io.BytesIO(b""))) == [Skipped("-", "empty")]


@pytest.mark.parametrize(
    ("inputs", "options"),
    [
        ("a.txt", {}),
        (["a.txt"], {"fields": {"text": "b"}}),
        (["a.jsonl"], {"whole": True}),
        (["a.parquet"], {"encoding": "gbk"}),
        (["a.txt"], {"encoding": "klingon"}),
        (["a.jsonl"], {"fields": {"texts": "b"}}),
        (["-", "-"], {}),
    ],
)
def test_options_without_effect_are_refused(inputs: Any, options: dict[str, Any]) -> None:
    """What cannot be, or has no effect, is a usage error before anything is read."""
    with pytest.raises(UsageError):
        read(inputs, **options)


GOOD = st.fixed_dictionaries(
    {"text": st.text(st.characters(codec="utf-8"), max_size=20)},
    optional={"title": st.none() | st.just("题"), "x": st.integers()},
)
MALFORMED = st.sampled_from(["{", "[]", "null", '{"text":1}', '{"title":"题"}', '"', "\ud800"])


@given(st.lists(GOOD | MALFORMED, max_size=30), st.booleans())
def test_as_many_items_as_records(tmp_path_factory: Any, records: list[Any], packed: bool) -> None:
    """For any mix of good, empty and malformed records: N in, N out, in order, ids kept."""
    data = b"".join(
        (
            json.dumps({"id": f"n{place}", **record}, ensure_ascii=False)
            if isinstance(record, dict)
            else record
        ).encode("utf-8", "surrogatepass")
        + b"\n"
        for place, record in enumerate(records)
    )
    name = "a.jsonl.gz" if packed else "a.jsonl"
    folder = tmp_path_factory.mktemp("mix")
    path = write(folder, name, gzip.compress(data) if packed else data)
    items = [item for item in one(path) if not isinstance(item, Skipped)]
    assert len(items) == len(records)
    for place, (item, record) in enumerate(zip(items, records, strict=True)):
        assert isinstance(item, Article | RecordError)
        assert item.index == place
        if isinstance(record, dict):
            assert isinstance(item, Article)
            assert (item.id, item.text) == (f"n{place}", record["text"])
        else:
            assert isinstance(item, RecordError)


def test_byte_ranges_give_what_the_stream_gives(tmp_path: Path) -> None:
    """parse_line on lines read by oneself, in the encoding found, gives the same articles."""
    data = lines(RECORDS * 3).encode("gb18030")
    path = write(tmp_path, "a.jsonl", data)
    encoding, offset = line_encoding(io.BytesIO(data))
    found = []
    for index, line in enumerate(data.splitlines(keepends=True)):
        found.append(
            parse_line(
                line,
                source=path,
                index=index,
                number=index + 1,
                offset=offset,
                names=columns(None),
                encoding=encoding,
            )
        )
        offset += len(line)
    assert found == one(path)
    with pytest.raises(UnicodeError, match="utf-16"):
        line_encoding(io.BytesIO(codecs.BOM_UTF16_LE))


def test_batches_give_what_the_file_gives(tmp_path: Path) -> None:
    """parse_batch on row groups gives the same articles as the file."""
    table = pa.table({"id": ["甲", "乙"], "text": ["先", "后"]})
    pq.write_table(table, tmp_path / "a.parquet")
    path = str(tmp_path / "a.parquet")
    (batch,) = table.to_batches()
    assert list(parse_batch(batch, source=path, index=0, names=columns(None))) == one(path)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Ten times the records need no more memory."""
    peaks = []
    for count in (2_000, 20_000):
        path = write(tmp_path, f"{count}.jsonl", lines([{"text": "支部听民声。" * 10}]) * count)
        tracemalloc.start()
        assert sum(1 for _ in read([path])) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 100_000


def test_endings() -> None:
    """The ending tells the kind, in any case, packed or not."""
    assert [kind(name) for name in ("a.TXT", "b.md.gz", "c.NDJSON", "d.csv.GZ", "e.gz", "f")] == [
        "page",
        "page",
        "lines",
        "csv",
        None,
        None,
    ]


def test_reading_lines_needs_no_pyarrow(tmp_path: Path) -> None:
    """JSON Lines are read without loading numpy or pyarrow."""
    path = write(tmp_path, "a.jsonl", lines(RECORDS))
    code = (
        "import sys; from pdclassify.reading.records import read; "
        f"list(read([{path!r}])); print([m for m in ('numpy', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_header_that_is_no_csv(tmp_path: Path) -> None:
    """A damaged header is one error that shows it, on one line."""
    (item,) = one(write(tmp_path, "a.csv", b"id,te\rxt\n1,\xe5\x85\x9a\n"))
    assert isinstance(item, RecordError)
    assert item.whole_file
    assert "no column 'text'; its columns are id,te xt" in item.error


def test_an_error_is_one_line(tmp_path: Path) -> None:
    """What a library says in several lines is said in one."""
    stream = io.BytesIO()
    pq.write_table(pa.table({"text": ["党建"] * 50}), stream)
    data = bytearray(stream.getvalue())
    data[4:40] = b"\xff" * 36
    (item,) = one(write(tmp_path, "a.parquet", bytes(data)))
    assert isinstance(item, RecordError)
    assert item.whole_file
    assert "\n" not in item.error


def test_torn_utf16(tmp_path: Path) -> None:
    """A UTF-16 file that breaks off gives its records, then one error that names the encoding."""
    line = json.dumps({"text": "党建"}, ensure_ascii=False) + "\n"
    data = (line * 3).encode("utf-16")[:-5]
    items = one(write(tmp_path, "a.jsonl", data))
    assert [type(item) for item in items] == [Article, Article, RecordError]
    assert "not utf-16-le from here on" in items[-1].error


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.jsonl.gz",
            b'{"text": "a"}\n',
            "not gzip, whatever its name says; rename it without .gz",
        ),
        ("a.txt.gz", gzip.compress(b"a" * 99)[:-4], "it is cut short; fetch or export it again"),
        ("a.txt.gz", gzip.compress(b"a" * 99)[:-8] + b"\0" * 8, "its compression is damaged (CRC"),
        (
            "a.csv",
            "号,文\n".encode("gb18030"),
            "not utf-8 (name the encoding by encoding=… (--encoding))",
        ),
        ("a.csv", "text\n党\n".encode("gb18030"), "'text' is not utf-8 after 0 characters"),
        (
            "a.jsonl",
            '{"文": "党"}\n'.encode(),
            "'text' is missing; there is '文': name it by fields={'text': …}",
        ),
        ("a.jsonl", b'{"text": "a"}', "no record has 'head'; name another field"),
    ],
)
def test_an_error_says_what_to_do(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    """An error names what is wrong in the user's words, and the way out."""
    options: dict[str, Any] = {"encoding": "utf-8"} if name == "a.csv" else {}
    if "head" in said:
        options["fields"] = {"title": "head"}
    assert said in errors(one(write(tmp_path, name, data), **options))[-1].error


def test_an_encoding_that_was_asked_for_and_is_wrong(tmp_path: Path) -> None:
    """A file that is not what was asked for says so, and how to go on."""
    (item,) = one(write(tmp_path, "a.jsonl", b'{"text": "a"}\n'), encoding="utf-16")
    assert isinstance(item, RecordError)
    assert (
        "not utf-16, which was asked for, from here on; try another encoding=… (--encoding) or none"
        in item.error
    )
