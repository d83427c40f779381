from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from pdclassify.errors import UsageError
from pdclassify.text.tokens import Tokenizer, names, party_words, tokenize, tokenizer
from strategies import any_text, han_text


@pytest.fixture(scope="module")
def slow() -> Tokenizer:
    """Give our words to jieba itself, which takes a second."""
    return Tokenizer("slow", party_words(), engine="jieba")


@pytest.mark.parametrize(
    "text", ["嘀嘀嘀\ufa11响", "𠮷野家a𠀀1", "㐀党鿿建", "a\ud800b-c_d.5%", "\r\n\x1c\x85 \t", ""]
)
def test_rare_characters_engines(slow: Tokenizer, text: str) -> None:
    """Both engines cut alike where characters stand outside jieba's dictionary block."""
    assert tokenizer("jieba-party").cut(text) == slow.cut(text)


def test_engines_agree(slow: Tokenizer) -> None:
    """The two engines give the same words for any text."""

    @given(any_text(60) | han_text())
    def check(text: str) -> None:
        assert tokenizer("jieba-party").cut(text) == slow.cut(text)

    check()


@given(any_text())
def test_lossless(text: str) -> None:
    """The words joined are the text, and each stands at its offsets."""
    tokens = tokenize(text)
    assert "".join(token.word for token in tokens) == text
    assert all(text[token.start : token.end] == token.word for token in tokens)
    assert all(token.word for token in tokens)


def test_party_words_whole() -> None:
    """Each word of our list is one word to the tokenizer that has the list, and not to the stock one."""
    ours, stock = tokenizer("jieba-party"), tokenizer("jieba")
    assert [word for word in party_words() if ours.cut(word) != [word]] == []
    assert [word for word in party_words() if stock.cut(word) == [word]] == []


def test_party_words_do_not_steal() -> None:
    """Our words do not break their neighbours: 新时代 is no part of 革新时代."""
    assert tokenizer("jieba-party").cut("革新时代") == ["革新", "时代"]


def test_dictionaries_apart() -> None:
    """Tokenizers with different dictionaries do not influence each other, nor the library's own."""
    import rjieba

    text = "浮云小镇的晨风书屋"
    before = tokenizer("jieba").cut(text), rjieba.cut(text, hmm=False)
    mine = Tokenizer("mine", {"浮云小镇": 3, "晨风书屋": 3})
    also = Tokenizer("also", {"晨风": 500000}, engine="jieba")
    assert mine.cut(text) == ["浮云小镇", "的", "晨风书屋"]
    assert also.cut(text)[-2:] == ["晨风", "书屋"]
    assert (tokenizer("jieba").cut(text), rjieba.cut(text, hmm=False)) == before


def test_digest_tells_dictionaries_apart() -> None:
    """The digest depends on the words and their frequencies, not on their order or the name."""
    one = Tokenizer("a", {"甲乙": 3, "丙丁": 4})
    assert one.digest == Tokenizer("b", {"丙丁": 4, "甲乙": 3}).digest
    assert one.digest != Tokenizer("a", {"甲乙": 3, "丙丁": 5}).digest
    assert tokenizer("jieba").digest != tokenizer("jieba-party").digest


def test_unknown_name() -> None:
    """An unknown name is refused with the names that are known."""
    with pytest.raises(UsageError, match=r"'jieba-party'.*Got 'hanlp'"):
        tokenizer("hanlp")
    assert all(tokenizer(name) is tokenizer(name) for name in names())


@pytest.mark.parametrize("words", [{"": 3}, {"两 词": 3}, {"党，建": 3}, {"党建": 0}])
def test_bad_words(words: dict[str, int]) -> None:
    """A word that could never be found, or has no frequency, is refused."""
    with pytest.raises(UsageError, match="frequency of at least 1"):
        Tokenizer("bad", words)


def test_bad_engine() -> None:
    """An unknown engine is refused."""
    with pytest.raises(UsageError, match="engine must be"):
        Tokenizer("bad", engine="ltp")


def test_pickle() -> None:
    """A tokenizer travels to another process: a registered one by name, one's own with its words."""
    assert pickle.loads(pickle.dumps(tokenizer("jieba"))) is tokenizer("jieba")
    mine = pickle.loads(pickle.dumps(Tokenizer("mine", {"浮云小镇": 3})))
    assert mine.cut("浮云小镇") == ["浮云小镇"]


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_silent(engine: str, tmp_path: Path) -> None:
    """With all warnings as errors nothing is printed, and nothing is left in the temporary folder."""
    code = (
        "from pdclassify.text.tokens import Tokenizer\n"
        f"print(Tokenizer('t', engine={engine!r}).cut('新时代党建'))\n"
    )
    environment = os.environ | {
        "TMPDIR": str(tmp_path),
        "TEMP": str(tmp_path),
        "PYTHONIOENCODING": "utf-8",
    }
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert (ran.stdout.decode().strip(), ran.stderr) == ("['新', '时代', '党建']", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("first", ["rjieba", "pdclassify"])
def test_beside_rjieba(first: str) -> None:
    """Ours and the user's own rjieba live in one process, whichever comes first."""
    ours = "from pdclassify.text.tokens import tokenizer; a = tokenizer().cut('八项规定')"
    theirs = "import rjieba; b = rjieba.cut('八项规定')"
    lines = [ours, theirs] if first == "pdclassify" else [theirs, ours]
    code = "\n".join([*lines, "assert (a, b) == (['八项规定'], ['八项', '规定']), (a, b)"])
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
