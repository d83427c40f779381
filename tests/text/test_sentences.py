from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.text.sentences import join_sentences, split_sentences

sys.path.insert(0, str(Path(__file__).parent.parent))
from strategies import any_text, han_text

GOLD = json.loads((Path(__file__).parent.parent / "data" / "sentences.json").read_text("utf-8"))


def cut(text: str, **options: Any) -> list[str]:
    """Return the sentences themselves."""
    return [text[start:end] for start, end in split_sentences(text, **options)]


def expected(case: dict[str, str]) -> tuple[str, list[str]]:
    """Read a gold case: the text, and its sentences."""
    parts = [part.strip() for part in case["cut"].split("¦")]
    return case["cut"].replace("¦", ""), [part for part in parts if part]


@pytest.mark.parametrize("case", GOLD["pass"], ids=lambda case: case["case"])
def test_gold(case: dict[str, str]) -> None:
    """A hard case is cut where a reader would cut it."""
    text, sentences = expected(case)
    assert cut(text) == sentences


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize("case", GOLD["known_failures"], ids=lambda case: case["case"])
def test_known_failures(case: dict[str, str]) -> None:
    """A case we know we get wrong announces itself when it is mended."""
    text, sentences = expected(case)
    assert cut(text) == sentences


def test_there_are_enough_gold_cases() -> None:
    """The gold file holds 150 cases and more, none of them twice."""
    cuts = [case["cut"] for case in GOLD["pass"]]
    assert len(cuts) == len(set(cuts)) >= 150


@given(st.one_of(any_text(), han_text()), st.booleans())
def test_nothing_is_lost(text: str, semicolon: bool) -> None:
    """For any string the sentences stand in order, are trimmed, and leave out white space only."""
    place = 0
    for start, end in split_sentences(text, semicolon=semicolon):
        assert place <= start < end
        assert not text[place:start].strip()
        assert text[start:end] == text[start:end].strip()
        place = end
    assert not text[place:].strip()


@given(han_text())
def test_line_breaks_always_cut(text: str) -> None:
    """No sentence goes over a line break, and lines are cut independently of each other."""
    alone = [sentence for line in text.splitlines() for sentence in cut(line)]
    assert cut(text) == alone


@given(st.lists(st.tuples(st.sampled_from(("先听", "再办")), st.sampled_from("；。，！"))))
def test_semicolons_only_add_cuts(clauses: list[tuple[str, str]]) -> None:
    """Every end without semicolon=True is an end with it, and every semicolon one more."""
    text = "".join(words + mark for words, mark in clauses)
    fewer = {end for _, end in split_sentences(text)}
    more = {end for _, end in split_sentences(text, semicolon=True)}
    assert more == fewer | {place + 1 for place, mark in enumerate(text) if mark == "；"}


def test_semicolon_is_optional() -> None:
    """A semicolon ends a sentence when asked, but not inside brackets."""
    text = "老人有食堂；孩子有课堂（免费；自愿）。"
    assert cut(text) == [text]
    assert cut(text, semicolon=True) == ["老人有食堂；", "孩子有课堂（免费；自愿）。"]


def test_unbalanced_marks_do_not_swallow_the_paragraph() -> None:
    """A mark that is closed only far away on the line does not hold the sentences together."""
    for left, right in ("“”", "（）", "《》"):
        text = f"他说{left}开头。" + "今天的会开得很短。" * 60 + f"结尾{right}好。"
        assert len(cut(text)) > 60


@pytest.mark.parametrize(
    "unit", ["“", '"', "（", "《", "。", "。”说", "“（", "！“", "\n", " ", ".", "…的"]
)
def test_steps_grow_linearly(unit: str) -> None:
    """Text of nothing but one awkward unit, 600,000 characters of it, is cut without a stall."""
    text = unit * (600_000 // len(unit))
    spans = split_sentences(text)
    assert "".join(text[a:b] for a, b in spans) == re.sub(r"\s", "", text)


def test_agrees_with_readers(shared: Path) -> None:
    """Where readers ended a sentence outside quotations, brackets and ellipses, so do we."""
    agreed = asked = 0
    with gzip.open(
        shared / "summaries" / "reader_keys_dev.jsonl.gz", "rt", encoding="utf-8"
    ) as lines:
        for line in lines:
            record = json.loads(line)
            text = record["text"]
            ends = {end for _, end in split_sentences(text)}
            for _, end in record["sentences"]:
                if text[end - 1] in "。！？":
                    asked += 1
                    agreed += end in ends
    assert agreed / asked > 0.98


@pytest.mark.parametrize(
    ("sentences", "joined"),
    [
        ([], ""),
        (["It rains."], "It rains."),
        (["It rains.", "We stay.”", "(“Yes,” he said.)"], "It rains. We stay.” (“Yes,” he said.)"),
        (["Дождь.", "Ура!"], "Дождь. Ура!"),
        (["党员报到。", "“好！”"], "党员报到。“好！”"),
        (["增长了GDP。", "AI来了。"], "增长了GDP。AI来了。"),
        (["OK.", "党员报到。", "OK."], "OK.党员报到。OK."),
        (["...", "..."], "......"),
    ],
)
def test_sentences_are_joined(sentences, joined):
    """A blank stands between two that are written in Latin letters or the like, else nothing."""
    assert join_sentences(sentences) == joined
