from __future__ import annotations

import codecs
import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.errors import DecodeError, UsageError
from pdclassify.reading.decode import decode, find_line_encoding, find_mark

TEXT = "社区支部听民声，㐂𠮷里也来人了。\r\n第二行 abc\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("gb18030"),
        ("\ufeff" + TEXT).encode("gb18030"),
    ],
)
def test_same_text_from_every_encoding(data: bytes) -> None:
    """The same text in UTF-8, with a mark, UTF-16, UTF-32 and GB18030 is the same string."""
    assert decode(data, source="页.txt") == TEXT


@pytest.mark.parametrize("name", ["gbk", "gb2312", "gb18030"])
def test_older_encodings_pass_as_gb18030(name: str) -> None:
    """GBK and GB2312 need no name; naming them gives the same."""
    text = "社区支部听民声。"
    assert decode(text.encode(name), source="f") == text
    assert decode(text.encode(name), source="f", encoding=name) == text


@given(st.text(st.characters(codec="utf-8")))
def test_utf8_is_always_itself(text: str) -> None:
    """Any UTF-8 text without a mark is read as UTF-8."""
    if find_mark(text.encode()) is None:
        assert decode(text.encode(), source="f") == text


@given(st.binary())
def test_any_bytes_give_text_or_the_documented_error(data: bytes) -> None:
    """Random bytes give text without replacement characters of ours, or an error within them."""
    failure = None
    try:
        text = decode(data, source="f")
    except DecodeError as error:
        failure = error
    if failure is not None:
        assert 0 <= failure.offset <= len(data)
        assert str(failure).startswith(f"f: byte {failure.offset}: ")
        return
    mark = find_mark(data)
    bare = data[mark[1] :] if mark else data
    assert bare in [text.encode(code) for code in ([mark[0]] if mark else ["utf-8", "gb18030"])]


def test_a_file_cut_short_names_the_byte() -> None:
    """UTF-8 that ends inside a character is an error there, not GB18030."""
    data = "支部".encode()[:-1]
    with pytest.raises(DecodeError) as caught:
        decode(data, source="页.txt")
    assert caught.value.offset == 3
    assert "页.txt: byte 3" in str(caught.value)


def test_damaged_utf8_is_not_taken_for_gb18030() -> None:
    """A wrong byte amid UTF-8 is an error at that byte, even if GB18030 could read it."""
    data = "社区支部听民声".encode() + b"\xb5\xb3" + "社区".encode()
    with pytest.raises(DecodeError) as caught:
        decode(data, source="f")
    assert caught.value.offset == 21


#: Traditional characters, most of them in every article.
TRADITIONAL = (
    "鎮上的圖書館去年搬進了老糧倉，牆還是原來的牆，窗子開大了，孩子們放學以後坐在靠窗的長桌邊寫作業。"
    "管理員說，書架是木匠師傅用拆下來的舊樑做的，每一塊板子上都看得見年輪。週末晚上有人來講故事，講的多半是"
    "這條河從前怎樣行船，碼頭上怎樣裝卸，誰家的祖父曾經撐過竹篙。聽的人越來越多，椅子不夠，就坐在門檻上。\n"
)


def test_big5_is_refused_until_it_is_named() -> None:
    """All of Big5 passes for GB18030: where its characters say so, the encoding must be named."""
    data = TRADITIONAL.encode("cp950")
    assert data.decode("gb18030")  # and is nonsense
    with pytest.raises(DecodeError, match=r"Big5 by its characters.*\(--encoding\): cp950 or"):
        decode(data, source="f")
    with pytest.raises(UnicodeError, match="Big5 by its characters"):
        find_line_encoding(iter(data.splitlines(keepends=True)))
    assert decode(data, source="f", encoding="cp950") == TRADITIONAL
    assert decode(data, source="f", encoding="gb18030") == data.decode("gb18030")


def test_gb18030_is_not_taken_for_big5() -> None:
    """Simplified or traditional, GB18030 is read as such; so is what is too short to tell."""
    for text in (TRADITIONAL, "村里把账本晒在墙上，谁家都能翻一翻，前前后后问个明白。" * 9):
        assert decode(text.encode("gb18030"), source="f") == text
    short = "村里把帳本".encode("cp950")
    assert decode(short, source="f") == short.decode("gb18030")


def test_neither_names_the_byte() -> None:
    """Bytes that are neither UTF-8 nor GB18030 are an error that names the parameter."""
    with pytest.raises(DecodeError, match="by encoding=…") as caught:
        decode("党建".encode("gbk") + b"abc\xff", source="f")
    assert caught.value.offset == 7


@pytest.mark.parametrize(
    ("data", "offset"), [(b"\xff\xfea", 2), (b"\xef\xbb\xbf\xe5", 3), (b"\xfe\xff\xd8\x00", 2)]
)
def test_a_mark_binds(data: bytes, offset: int) -> None:
    """After a mark nothing else is tried; the offset counts the mark."""
    with pytest.raises(DecodeError) as caught:
        decode(data, source="f")
    assert caught.value.offset == offset


def test_forced_encoding_is_the_only_one() -> None:
    """A named encoding is used alone, its mark left out, and it fails by name."""
    assert decode("é".encode("latin-1"), source="f", encoding="latin-1") == "é"
    assert decode("\ufeff党".encode(), source="f", encoding="utf8") == "党"
    assert decode("党建".encode("big5"), source="f", encoding="big5") == "党建"
    with pytest.raises(DecodeError, match="ascii"):
        decode("党".encode(), source="f", encoding="ascii")


@pytest.mark.parametrize("name", ["klingon", "rot13", "hex", ""])
def test_unknown_encoding_is_refused(name: str) -> None:
    """What is no encoding of text is a usage error that repeats the name."""
    with pytest.raises(UsageError, match="one that Python knows"):
        decode(b"a", source="f", encoding=name)


def test_one_torn_line_does_not_decide_the_encoding() -> None:
    """Lines are UTF-8 if any of them is, GB18030 if none is, however the first one looks."""
    good, torn = "支部\n".encode(), b"\xb5\xb3\n"
    assert find_line_encoding(iter([b"a\n", torn, good]))[0] == "utf-8"
    assert find_line_encoding(iter([b"a\n", torn, b"\xff\n", torn])) == (
        "gb18030",
        [b"a\n", torn, b"\xff\n", torn],
    )
    assert find_line_encoding(iter([b"\xff\n"]))[0] == "utf-8"
    assert find_line_encoding(iter([]))[0] == "utf-8"


def test_a_short_word_does_not_decide_the_encoding() -> None:
    """A word of GB18030 that passes for ½ in UTF-8 is no proof of UTF-8."""
    word = "陆\n".encode("gb18030")
    assert word.decode("utf-8")
    assert find_line_encoding(iter([word, "支部\n".encode("gb18030")]))[0] == "gb18030"
    assert find_line_encoding(iter([word, "支部\n".encode()]))[0] == "utf-8"


def test_the_look_ahead_has_a_bound() -> None:
    """The lines kept for the decision stay few, however many of ASCII follow the first other."""
    lines = itertools.chain([b"\xb5\xb3\n"], itertools.repeat(b"a" * 99 + b"\n", 100_000))
    _, seen = find_line_encoding(lines)
    assert sum(map(len, seen)) < 1 << 21


def test_an_error_comes_back_from_another_process() -> None:
    """Pickled and read again it says the same."""
    error = DecodeError("a.txt", 3, "not UTF-8")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.source, again.offset) == (str(error), "a.txt", 3)
