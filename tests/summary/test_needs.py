"""What a sentence cannot be printed without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.summary.printable import find_candidates
from pdclassify.summary.textrank import summarize


def needs(text: str) -> list[tuple[str, int, int]]:
    """Return each sentence as printed, with how many before and after it belong to it."""
    return [(text[one.start : one.end], one.before, one.after) for one in find_candidates(text)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("（一）", "（二）"),
        ("一、", "二、"),
        ("1.", "2."),
        ("（1）", "（2）"),
        ("①", "② "),
        ("", "十一、"),
    ],
)
def test_numbers_of_sentences_are_cut_off(first, second):
    """Where each item is a sentence, one may be printed without the others, and has no number."""
    text = f"{first}修好水渠。渠有三里长。\n{second}种满果树。树有一千棵。"
    assert needs(text) == [
        ("修好水渠。", 0, 0),
        ("渠有三里长。", 0, 0),
        ("种满果树。", 0, 0),
        ("树有一千棵。", 0, 0),
    ]


@pytest.mark.parametrize(
    "text", ["三、四月间种树。", "2.5万亩地种了树。", "三要素都齐了。", "第三条渠通水了。"]
)
def test_what_only_looks_like_a_number(text):
    """A range, a decimal and a word stay whole."""
    assert needs(text) == [(text, 0, 0)]


@pytest.mark.parametrize("label", ["{}、", "{}是", "第{}，", "（{}）"])
def test_a_list_that_begins_in_a_sentence_is_whole(label):
    """The sentence that opens a list, and each with an item, need one another; no other does."""
    one, two, three = map(label.format, "一二三")
    text = f"今年有三件事：{one}修水渠。渠长三里；{two}种果树。{three}建凉亭。大家都赞成。"
    found = needs(text)
    assert [before + after for _, before, after in found] == [2, 2, 2, 0]
    assert found[0] == (f"今年有三件事：{one}修水渠。", 0, 2)


def test_items_numbered_in_words_lean_on_what_leads_to_them():
    """一是 opens a list as well, and needs the sentence before it."""
    found = needs("今年办了三件事。一是修水渠。二是种果树。三是建凉亭。")
    assert [pair for _, *pair in found] == [[0, 0], [1, 2], [1, 1], [2, 0]]


def test_a_list_within_a_sentence_keeps_its_numbers():
    """A sentence that holds the whole list is printed as it is."""
    text = "一、修水渠；二、种果树。"
    assert needs(text) == [(text, 0, 0)]


def test_an_answer_needs_its_question():
    """Whether who speaks is named before question or answer; a question in running text is free."""
    text = "记者：渠修得怎么样？\n修好了。水已经到田里。\n乔木：树呢？\n余满：种下了。"
    assert [pair for _, *pair in needs(text)] == [[0, 1], [1, 0], [0, 0], [0, 1], [1, 0]]
    assert [pair for _, *pair in needs("渠修得怎么样？水已经到田里。\n树种下了。")] == [[0, 0]] * 3


def test_a_quotation_needs_who_said_it():
    """Where it opens a paragraph the next sentence tells, else the one before it does."""
    text = "“水渠修好了！”乔木站在渠边。大家都来看。“树也种下了。”\n“凉亭呢？”"
    assert [pair for _, *pair in needs(text)] == [[0, 1], [0, 0], [0, 0], [1, 0], [1, 0]]
    assert [pair for _, *pair in needs("老乔说“水渠修好了”。")] == [[0, 0]]


def test_no_half_of_a_list_is_printed():
    """Within any budget a list is whole or not there, unless nothing whole fits."""
    text = "村里今年的任务是：一、修三里水渠。二、种一千棵果树。三、建两座凉亭。村民都来帮忙。"
    items = [f"{number}、" for number in "一二三"]
    made = [summarize(text, chars=chars) for chars in range(12, 60)]
    kept = {tuple(item in one.text for item in items) for one in made if not one.sentences[0].cut}
    assert kept == {(False,) * 3, (True,) * 3}


@given(
    st.lists(
        st.sampled_from(
            ["一、", "二、", "（1）", "（2）", "一是", "：", "。", "；", "？", "甲", "\n"]
        )
    )
)
def test_needs_stay_within_the_text(pieces):
    """Whatever the numbers, no sentence needs one that the text has not, but for the one before."""
    found = find_candidates("".join(pieces))
    for place, one in enumerate(found):
        assert 0 <= one.before <= max(place, 1)
        assert 0 <= one.after < len(found) - place
        assert one.start < one.end
