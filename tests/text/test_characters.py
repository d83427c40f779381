import numpy as np
import pytest
from hypothesis import given

from pdclassify.text.characters import BREAK, decode, encode, renumber, table, table_digest
from pdclassify.text.traditional import PAIRS
from strategies import any_text


def test_letters_that_look_different_are_the_same() -> None:
    """Full-width and capital letters, Kangxi radicals and circled digits fold to ordinary ones."""
    assert decode(encode("ＡＢａ５①⼀⽂").codes) == "aba51一文"


def test_marks_and_blanks_break() -> None:
    """White space, punctuation, symbols, NUL and characters beyond the basic plane are breaks."""
    text = (
        "，。！？；：“”‘’《》〈〉（）、…— \t\r\n\u3000\xa0\x00,.!?-_%=+①"[:-1]
        + "★→😀𠀀\ud800\uffff"
    )
    assert set(encode(text).codes.tolist()) == {BREAK}


def test_marks_and_blanks_can_be_kept() -> None:
    """With marks, these fold as letters do; only what no font shows breaks."""
    text = "１，A！\u3000\xa0\t?\r\n\x00\u200b\ue000😀\ud800★"
    assert decode(encode(text, table(marks=True)).codes) == "1,a!   ?\n\n\0\0\0\0★"


def test_what_nobody_sees_is_left_out() -> None:
    """Zero-width characters and soft hyphens vanish, and the others keep their positions."""
    codes, positions = encode("\ufeff党\u200b建\xad，治\u2060理\ufe0f")
    assert decode(codes) == "党建\x00治理"
    assert positions is not None
    assert positions.tolist() == [1, 3, 5, 6, 8]


def test_table_never_changes() -> None:
    """The tables' digests are those of the formats: others would make models unreadable."""
    assert table_digest() == "7c3c971895043b9b4513bc8a371f1ba8e9f22a70b6cf3262d40b73c54036a246"


def test_folding_twice_is_folding_once() -> None:
    """A folded character folds to itself."""
    folded = np.unique(table())
    letters = folded[(folded != BREAK) & (folded != 0xFFFF)]
    assert (table()[letters] == letters).all()


def test_renumbered_characters_are_dense() -> None:
    """A renumbered table gives the chosen characters small numbers and breaks at all others."""
    numbers = renumber(np.array([0, ord("党"), ord("建")], dtype=np.uint16))
    codes, positions = encode("党\u200b的建", numbers)
    assert codes.tolist() == [1, 0, 2]
    assert positions is not None
    assert positions.tolist() == [0, 2, 3]


def test_traditional_characters_are_read_as_what_the_terms_have() -> None:
    """A traditional character has its simplified one's number, unless it has its own or is left."""
    numbers = renumber(np.array([0, ord("党"), ord("乾"), ord("干")], dtype=np.uint16))
    assert encode("黨党乾干幹後", numbers).codes.tolist() == [1, 1, 2, 3, 3, 0]
    assert encode("黨\u200b党", numbers).codes.tolist() == [1, 1]
    plain = renumber(np.array([0, ord("党")], dtype=np.uint16), as_written=True)
    assert encode("黨党", plain).codes.tolist() == [0, 1]


def test_the_pairs_are_one_for_one() -> None:
    """No character is told twice, none is simplified in two steps, and OpenCC agrees."""
    pairs = dict(zip(PAIRS[::2], PAIRS[1::2], strict=True))
    assert len(pairs) * 2 == len(PAIRS)
    assert not pairs.keys() & set(pairs.values())
    assert max(map(ord, PAIRS)) < 0x10000
    opencc = pytest.importorskip("opencc").OpenCC("t2s")
    assert sum(opencc.convert(old) == new for old, new in pairs.items()) > 0.99 * len(pairs)


@given(any_text())
def test_any_text_has_codes(text: str) -> None:
    """Any string is encoded, one code a character that is seen."""
    codes, positions = encode(text)
    assert len(codes) <= len(text)
    assert len(codes) == len(text) if positions is None else len(codes) == len(positions)
