from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pdclassify.reading.boundaries import Role, params, read_lines
from pdclassify.reading.cohesion import COHESION, COVER, chains_of
from pdclassify.reading.cues import CUES, TERMS, cues_of, terms_of
from pdclassify.reading.headlines import give_back, strays_of
from pdclassify.reading.heads import order_heads
from pdclassify.reading.lines import lines_of

any_lines = st.lists(
    st.text(st.sampled_from("党建治理。，（）“”①a1 \u3000\u200b\ud800"), max_size=30), max_size=40
).map("\n".join)


def test_lines_at_every_separator() -> None:
    """Lines end at any separator; a carriage return with its line feed is one line end."""
    lines = lines_of("  甲\r\n\r\n乙 \r丙\u2028丁\x0c戊\x85")
    found = [lines.text[s:e] for s, e in zip(lines.starts, lines.ends, strict=True)]
    assert found == ["甲", "乙", "丙", "丁", "戊"]
    assert lines.numbers.tolist() == [0, 2, 3, 4, 5]
    assert lines.indents.tolist() == [2, 0, 0, 0, 0]


@given(text=any_lines)
def test_lines_hold_all_that_is_visible(text: str) -> None:
    """Every character that is not white space stands in one line, or where nothing is seen."""
    lines = lines_of(text)
    covered = np.zeros(len(text), dtype=int)
    for start, end in (*zip(lines.starts, lines.ends, strict=True), *lines.unseen.tolist()):
        covered[start:end] += 1
    for start, end in zip(lines.starts, lines.ends, strict=True):
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
    assert covered.max(initial=0) <= 1
    assert all(covered[i] or c.isspace() for i, c in enumerate(text))


@given(text=any_lines)
def test_cues_are_finite(text: str) -> None:
    """Whatever the lines, every cue is a finite number of the promised shape."""
    lines = lines_of(text)
    chains = chains_of(lines, params()["rarity"])
    assert chains.shape == (len(lines), COHESION)
    assert np.isfinite(chains).all()
    if len(lines):
        cues, terms = cues_of(lines), terms_of(lines)
        assert cues.shape == (len(lines), CUES)
        assert terms.shape == (len(lines), TERMS)
        assert np.isfinite(cues).all()


def test_blocks_read_like_the_whole() -> None:
    """The cues of some lines do not change with the lines that are asked for."""
    lines = lines_of("\n\n".join(f"第{n}组把事情商量好了，大家都满意。" for n in range(60)))
    whole, part = cues_of(lines), cues_of(lines, 15, 45)
    np.testing.assert_allclose(whole[27:33], part[12:18])
    np.testing.assert_array_equal(terms_of(lines)[15:45], terms_of(lines, 15, 45))


def test_chains_break_between_subjects() -> None:
    """Fewer words reach across the gap between two subjects than across other gaps."""
    first = "果园里的苹果熟了，果农们忙着采摘苹果，一筐筐苹果运出果园。"
    second = "图书馆延长了开放时间，读者在图书馆里查阅古籍，图书馆员忙着整理古籍。"
    lines = lines_of("\n".join([first] * 4 + [second] * 4))
    cover = chains_of(lines, params()["rarity"])[:, COVER + 1]
    assert cover[4] == cover[1:].min()


def test_headline_with_no_text_is_a_stray() -> None:
    """A headline that nothing follows is looked for a home, one that text follows is not."""
    roles = [Role.TITLE, Role.BODY, Role.TITLE, Role.TITLE_MORE, Role.BYLINE]
    (stray,) = strays_of(roles)
    assert (stray.first, stray.last, stray.title) == (2, 5, [2, 3])
    assert strays_of(roles[:2]) == []


def test_stray_over_its_own_text_stays() -> None:
    """A stray headline directly over the text that repeats its words is a headline in place."""
    text = (
        "老街改造先问居民\n\n老街改造怎么改，先问居民。改造方案贴在老街口，居民提了六十条意见。\n\n"
        "如今老街改造完工，居民说路平了灯亮了。"
    )
    lines = lines_of(text)
    reading = read_lines(lines)
    reading.roles[:] = [Role.STRAY, Role.LEAD, Role.BODY]
    reading.scores[1, Role.LEAD] = reading.scores[1].max() + 3
    assert give_back(lines, reading, params()) == []
    assert reading.roles == [Role.TITLE, Role.BODY, Role.BODY]


def test_page_of_strays_has_no_home_for_them() -> None:
    """Where no text stands, every stray headline stays without an article."""
    lines = lines_of("\n".join(f"第{n}社区办好身边小事" for n in range(30)))
    reading = read_lines(lines)
    reading.roles[:] = [Role.STRAY] * 30
    assert all(place is None for _, place in give_back(lines, reading, params()))


def test_lead_without_headline_elsewhere_is_read_again() -> None:
    """An article's first paragraph with no headline anywhere goes on the article before it."""
    text = (
        "老街改造先问居民\n\n老街改造怎么改，先问居民，方案贴在街口，居民提了六十条意见。\n\n"
        "意见一条条答复，能改的当天就改，改不了的说清道理，居民心里都有数。\n\n"
        "如今老街改造完工，路平了，灯也亮了，居民的日子比从前舒心得多。"
    )
    lines = lines_of(text)
    reading = read_lines(lines)
    reading.roles[2] = Role.LEAD
    give_back(lines, reading, params())
    assert reading.roles == [Role.TITLE, Role.BODY, Role.BODY, Role.BODY]


def test_no_role_that_is_barred() -> None:
    """What a line is said not to be, it is not; lines far from it stay as they are."""
    lines = lines_of("\n".join(f"第{n}组把事情商量好了，大家都满意。" for n in range(4100)))
    reading = read_lines(lines)
    before = list(reading.roles)
    reading.bar({2000: (before[2000],)})
    assert reading.roles[2000] != before[2000]
    assert reading.roles[:1900] == before[:1900]
    assert reading.roles[2100:] == before[2100:]


def test_kicker_over_headline() -> None:
    """Of two lines, the second is the headline if the first leads up to it and names its column."""
    text = (
        "柳荫区把议事桌搬进小院，居民的事居民商量着办——\n\n小院里的“议事桌”（社区观察）\n\n"
        "本报记者 何一鸣\n\n柳荫区的小院里摆着一张议事桌，居民有事就在议事桌前商量，商量好了再办。"
    )
    lines = lines_of(text)
    reading = read_lines(lines)
    reading.scores[:2] = 0  # the scorer of the lines cannot say
    reading.roles[:] = [Role.TITLE, Role.SUBTITLE, Role.BYLINE, Role.BODY]
    order_heads(lines, reading)
    assert reading.roles == [Role.KICKER, Role.TITLE, Role.BYLINE, Role.BODY]


def test_heads_of_other_than_two_lines_stay() -> None:
    """Heads of one or three lines, and a page without any, are left as they were read."""
    lines = lines_of("一\n二\n三\n把小事办好，群众才放心，这话说得在理，做起来也不难。")
    reading = read_lines(lines)
    for roles in (
        [Role.KICKER, Role.TITLE, Role.SUBTITLE, Role.BODY],
        [Role.BODY, Role.BODY, Role.TITLE, Role.BODY],
        [Role.BODY] * 4,
    ):
        reading.roles[:] = roles
        order_heads(lines, reading)
        assert reading.roles == roles
