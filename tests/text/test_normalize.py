from __future__ import annotations

import builtins
import sys
import unicodedata
from array import array
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from pdclassify.errors import UsageError
from pdclassify.text import normalize as module
from pdclassify.text.normalize import fold, fold_in_place, normalize, to_simplified

sys.path.insert(0, str(Path(__file__).parent.parent))
from strategies import any_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ＡＢｃ１２３％", "ABc123%"),
        ("党\u3000建\xa0工", "党 建 工"),
        ("党\u200b建\xad工\ufeff作", "党建工作"),
        ("①⑵㎡ﬁ", "1(2)m2fi"),
        ("\u2f25\uf9f4", "女林"),
        ("治理，（作风）：好！", "治理，（作风）：好！"),
    ],
)
def test_folds(text: str, plain: str) -> None:
    """What only looks different is made alike; Chinese punctuation stays."""
    assert normalize(text).text == plain


def test_nothing_to_do_is_the_text_itself() -> None:
    """Ordinary text comes back as the same object, without a map."""
    text = "“支部建在楼里。”他说，2023年又建了3个（试点）。\n"
    assert normalize(text).text is text
    assert normalize(text).offsets is None


@given(any_text())
def test_every_character_knows_its_place(text: str) -> None:
    """For any string, each character of the result comes from the one its offset names."""
    found = normalize(text)
    if found.offsets is None:
        assert found.text == text
        return
    offsets = list(found.offsets)
    assert len(offsets) == len(found.text) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)
    for character, place in zip(found.text, offsets, strict=False):
        assert character == text[place] or character in unicodedata.normalize("NFKC", text[place])


@given(any_text())
def test_once_is_enough(text: str) -> None:
    """Normalising twice changes nothing more."""
    once = normalize(text).text
    assert normalize(once).text == once


def test_spans_cover_what_was_left_out() -> None:
    """A match over a zero-width space maps to a span that holds it."""
    found = normalize("抓党\u200b建，１个㎡")
    start = found.text.index("党建")
    assert found.to_input_span(start, start + 2) == (1, 4)
    assert found.to_input_span(2, 2) == (3, 3)
    assert normalize("党建").to_input_span(0, 2) == (0, 2)


def test_without_opencc_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenCC the error names the extra."""
    module._converter.cache_clear()
    real = builtins.__import__

    def blocked(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "opencc":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", blocked)
    with pytest.raises(UsageError, match=r"pdclassify\[traditional\]"):
        to_simplified("黨")
    module._converter.cache_clear()


def test_traditional_keeps_every_place() -> None:
    """With OpenCC each character is simplified in its place, whatever stands around it."""
    pytest.importorskip("opencc")
    text = "黨風廉政建設\0與\ud800作風"
    assert to_simplified(text) == "党风廉政建设\0与\ud800作风"


@given(any_text())
def test_in_place(text: str) -> None:
    """Folding in place keeps the length, and is the folding wherever that keeps it."""
    assert len(fold_in_place(text)) == len(text)
    if fold(text).offsets in (None, array("q", range(len(text) + 1))):
        assert fold_in_place(text) == fold(text).text


def test_folding_traditional_text() -> None:
    """Traditional text is simplified while it is folded, where OpenCC is installed."""
    pytest.importorskip("opencc")
    assert fold("黨\u200b建領ＡＩ").text == "党建领AI"
    assert fold_in_place("黨\u200b建領ＡＩ") == "党\u200b建领AI"
