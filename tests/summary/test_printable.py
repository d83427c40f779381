"""Which sentences may be printed."""

from __future__ import annotations

import pytest
from hypothesis import given

from pdclassify.summary.printable import balanced, find_candidates, full_width
from pdclassify.summary.textrank import summarize
from strategies import any_text, han_text


@given(any_text())
def test_candidates_stand_in_the_text(text):
    """Candidates are stretches of the text in order, none empty, paragraphs counted from 0."""
    found = find_candidates(text)
    before, paragraph = 0, 0
    for place, one in enumerate(found):
        assert before <= one.start < one.end <= len(text)
        assert one.paragraph in (paragraph, paragraph + 1)
        assert place > 0 or one.paragraph == 0
        before, paragraph = one.end, one.paragraph


@given(han_text())
def test_what_is_printable_is_whole(text):
    """A printable candidate is balanced, ends with an end mark and is no heading."""
    for one in find_candidates(text):
        if one.printable:
            assert balanced(text[one.start : one.end])
            assert not one.heading


@given(any_text())
def test_full_width_keeps_places(text):
    """Making marks full-width changes no offset and nothing but marks."""
    made = full_width(text)
    assert len(made) == len(text)
    for old, new in zip(text, made, strict=True):
        assert old == new or (old, new) in zip(",:;?!", "，：；？！", strict=True)


def test_half_width_marks_between_han_are_made_full():
    """Commas of a page typed with half-width marks count; those in numbers and code do not."""
    assert full_width("目前,全市有1,200个网格:都通了!") == "目前，全市有1,200个网格：都通了！"
    assert full_width("a,b:c?") == "a,b:c?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他说：“好。”", True),
        ("他说：“好。", False),
        ("好。”他说。", False),
        ("《条例》（试行）", True),
        ("（一）公布《条例）》", False),
        ('"a" and "b', False),
        ("", True),
        ("‘网格’「长」", True),
    ],
)
def test_balanced(text, expected):
    """Every mark must be opened and closed in its place."""
    assert balanced(text) is expected


@pytest.mark.parametrize(
    "sentence",
    [
        "他们白天跑单，晚上到驿站参加学习。",
        "对此，街道党工委专门召开会议研究。",
        "这让居民们放下心来。",
        "那时，村里还没有一条像样的路。",
        "该村去年集体收入突破百万元。",
        "其中，党员占了一半。",
        "根据该办法，每村每年议事四次。",
        "“账目要贴出来，”她坚持说，“一分一厘都要写明。”",
        "二是把责任落实到人。",
        "而网格员们已经走完了所有楼栋。",
        "同时，加强对网格员的培训。",
        "社区书记说，今后还要接着办下去。他说得很认真。",
        "据了解，这一做法已经推广到全县。",
    ],
)
def test_leaning(sentence):
    """What points back to the sentence before it is known by its beginning."""
    last = find_candidates("社区党支部召开了会议。" + sentence)[-1]
    assert last.leaning


@pytest.mark.parametrize(
    "sentence",
    [
        "其他地方的经验值得借鉴。",
        "那曲市今年新建七所学校。",
        "他山之石，可以攻玉。",
        "街道召开会议。",
    ],
)
def test_not_leaning(sentence):
    """Words that only look alike do not lean."""
    (only,) = find_candidates(sentence)
    assert only.leaning == sentence.startswith("其他")


def test_a_source_before_a_leaning_sentence_stays():
    """The clause on the source is left where the rest could not stand without it."""
    text = "据了解，这一做法已经推广到全县。"
    (only,) = find_candidates(text)
    assert text[only.start : only.end] == text


def test_a_line_goes_on_after_a_caption() -> None:
    """What follows a picture's credit in its line is the line's first paragraph, and summarised."""
    text = "书市今天开张（见图，本报张三摄）。读者排着队买新书。\n书市一共开五天。"
    found = find_candidates(text)
    assert [(text[one.start : one.end], one.paragraph) for one in found] == [
        ("读者排着队买新书。", 0),
        ("书市一共开五天。", 1),
    ]
    assert summarize(text).text


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("本报通讯员余满枝报道：村里修好了水渠。", "村里修好了水渠。"),
        ("本报通讯员 余 满、记者 乔木报道：村里修好了水渠。", "村里修好了水渠。"),
        ("本报河口电  （乔木）村里修好了水渠。", "村里修好了水渠。"),
        ("本报讯（记者乔木）村里修好了水渠。", "村里修好了水渠。"),
        ("本报记者从腾讯公司获悉，新平台上线了。", "新平台上线了。"),
        ("本报通讯员队伍又添了新人。", "本报通讯员队伍又添了新人。"),
    ],
)
def test_datelines(line, printed):
    """What names agency and writer is cut off whole, and no word is cut in two."""
    (only,) = find_candidates(line)
    assert line[only.start : only.end] == printed
    assert not only.leaning


def test_a_source_that_the_sentence_points_to_stays():
    """该所 needs the name of the institute, and has it in the clause that says who told it."""
    text = "记者9日从省稻作研究所获悉，该所育成了三个新品种。"
    (only,) = find_candidates(text)
    assert (text[only.start : only.end], only.leaning) == (text, False)


@pytest.mark.parametrize("idiom", ["该放的权放到位。", "该出手时就出手。", "该不该修这条路？"])
def test_what_ought_to_be_does_not_lean(idiom):
    """该 is a demonstrative before what it names, not before what ought to be done."""
    (only,) = find_candidates(idiom)
    assert not only.leaning


@pytest.mark.parametrize("line", ["从“管得住”到“治得好”", "老渠新修“记”（三）"])
def test_a_closing_mark_is_no_stop(line):
    """A line that ends with a closing mark alone is a heading, printed or glued to nothing."""
    first, second = find_candidates(f"{line}\n村里修好了水渠。")
    assert (first.heading, first.printable) == (True, False)
    assert second.printable


def test_a_picture_and_its_source_are_no_sentence():
    """A caption that opens an article with the source of its picture in brackets is left out."""
    text = "民兵连在渡口待命出发（图片来源：《县志》第二卷）\n民兵连建于那年春天。"
    (only,) = find_candidates(text)
    assert text[only.start : only.end] == "民兵连建于那年春天。"
