from __future__ import annotations

import json
import random
import re
import textwrap
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pdclassify import Article, Page, split_page
from pdclassify.reading import boundaries
from pdclassify.reading.boundaries import read_lines
from pdclassify.reading.lines import lines_of

PAGES = Path(__file__).parent.parent / "data" / "pages"
GOLD = sorted(PAGES.glob("*.json"))


def check(text: str, page: Page) -> None:
    """Whatever the page, its parts are exact, apart from each other, and all there."""
    places: list[tuple[int, int]] = [*page.leftover]
    told: Counter[str] = Counter()
    ends = 0
    for number, article in enumerate(page.articles):
        assert article.index == number
        assert ends <= article.start <= article.end
        ends = article.end
        for segment in article.segments:
            place, start, length = segment.input_start, segment.text_start, segment.length
            assert text[place : place + length] == article.text[start : start + length]
            places.append((place, place + length))
        between = "".join(
            article.text[a.text_start + a.length : b.text_start]
            for a, b in pairwise(article.segments)
        )
        assert between.replace(" ", "") == "\n" * max(len(article.paragraphs) - 1, 0)
        for span in (*article.paragraphs, *article.captions):
            assert article.start <= span.start < span.end <= article.end
        places += article.captions
        if article.title is not None:
            assert article.title_start is not None
            assert article.title_end is not None
            printed = text[article.title_start : article.title_end]
            shown = re.sub(r"\s", "", article.title)
            assert (printed[0], printed[-1]) == (shown[0], shown[-1])
            left = iter(printed)  # a line that nobody sees, say, may stand between two of a title
            assert all(character in left for character in shown)
        for name in ("column", "kicker", "title", "subtitle", "byline"):
            told.update(getattr(article, name) or "")
    times = [0] * len(text)
    for start, end in places:
        assert start < end
        for place in range(start, end):
            times[place] += 1
    assert max(times, default=0) <= 1
    lines = lines_of(text)
    layout = [*lines.unseen.tolist(), *(m.span() for m in re.finditer(r"#{1,6}", text))]
    for start, end in layout:
        times[start:end] = [1] * (end - start)
    nowhere = Counter(c for c, n in zip(text, times, strict=True) if not n and not c.isspace())
    assert nowhere <= told  # what is neither text nor caption nor left over is a line of a head


def gold_text(path: Path) -> tuple[str, dict]:
    """Return a gold page's text and what stands on it."""
    gold = json.loads(path.read_text(encoding="utf-8"))
    return "\n".join(gold["lines"]), gold


def test_words_of_letters_stay_apart() -> None:
    """A mended break between two words leaves a blank; one inside a word cut by width does not."""
    lines = (
        "The old canals were repaired in\nthe spring, and every one of the\nfields has water now."
    )
    text = f"Canals\n\n{lines}\n\n" + lines.replace("spring", "autumn").replace("old", "new")
    article = split_page(text).articles[0]
    assert "repaired in the spring, and every one of the fields" in article.text
    place = article.text.index("the spring")
    assert text[slice(*article.to_input_span(place - 3, place))] == "in\n"
    cut = "\n".join(textwrap.wrap("水渠修好了Internationalization的字样写在墙上，" * 6, 22))
    assert split_page(f"修渠\n\n{cut}").articles[0].text.count("Internationalization") == 6


@pytest.mark.parametrize("path", GOLD, ids=lambda p: p.stem)
def test_gold_pages(path: Path) -> None:
    """Each page of our own comes apart as its author wrote it."""
    text, gold = gold_text(path)
    page = split_page(text, source="p")
    check(text, page)
    found = []
    for article, wanted in zip(page.articles, gold["articles"], strict=True):
        row = article.to_dict()
        row["paragraphs"] = len(article.paragraphs)
        row["captions"] = [text[s:e] for s, e in article.captions]
        found.append({key: row[key] for key in wanted})
    assert found == gold["articles"]
    assert [text[s:e] for s, e in page.leftover] == gold.get("leftover", [])


def test_gold_pages_are_there() -> None:
    """The data files that the gold test walks over exist."""
    assert len(GOLD) >= 5


@pytest.mark.parametrize("path", GOLD, ids=lambda p: p.stem)
@pytest.mark.parametrize("newline", ["\r\n", "\r", "\u2028", "\x0c"])
def test_newlines_change_nothing(path: Path, newline: str) -> None:
    """A page reads the same with any line ends, at offsets of its own."""
    text, _ = gold_text(path)
    other = text.replace("\n", newline)
    plain, page = split_page(text), split_page(other)
    check(other, page)
    for a, b in zip(plain.articles, page.articles, strict=True):
        names = ("text", "column", "kicker", "title", "subtitle", "byline", "title_displaced")
        assert [getattr(a, n) for n in names] == [getattr(b, n) for n in names]
        assert [other[s:e].replace(newline, "\n") for s, e in b.paragraphs] == [
            text[s:e] for s, e in a.paragraphs
        ]


line = st.text(
    st.sampled_from(
        "党建治理作风支部社区群众，。：；！？“”（）—…①②图摄记者本报 \u3000\xa0\u200b0123abc"
    ),
    max_size=60,
)
messy = st.lists(st.one_of(line, st.just(""), st.characters(codec=None)), max_size=30).flatmap(
    lambda lines: st.lists(
        st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\u2028", "\x0c", "\x0b", " \n\u3000\u3000"]),
        min_size=len(lines),
        max_size=len(lines),
    ).map(lambda ends: "".join(a + b for a, b in zip(lines, ends, strict=True)))
)


@settings(max_examples=200)
@given(text=messy)
@example(text="")
@example(text="\ud800\x00\r\n\r\r\n")
@example(text="\u200b\n\ufeff")
@example(text="（）" * 40 + "\n" * 5 + "a")
@example(text="00a\n\n“\n\x1b\n众\n0a\n")
def test_any_page(text: str) -> None:
    """Any string is split exactly, without loss, overlap or error."""
    check(text, split_page(text))


#: What stands on pages beside articles, or about them.
BESIDE = [
    *("举报电话：12388", "本版邮箱：dushu@yzrb.example", "本报记者 沈 青", "新华社记者 沈 青摄"),
    *("2026-03-05 08:12  来源：云泽日报", "字号：大 中 小 打印", "推荐阅读", "（下转第六版）"),
    *("（上接第一版）", "（责任编辑：顾长亭）", "— 4 —", "* * *", "云泽日报 2026年3月5日 星期四"),
    *(
        "□ 沈 青",
        "图为茶山一角。沈青摄",
        "（作者单位：云泽县委党校）",
        "## 账本上墙",
        "账本上墙",
        "3",
    ),
]


@settings(max_examples=150)
@given(st.lists(st.one_of(st.sampled_from(BESIDE), st.none()), max_size=16), st.booleans())
@example([None, "本报记者 沈 青", None, "账本上墙", "本报记者 沈 青", "本报记者 乔 直", None], True)
def test_lines_beside_articles_stand_somewhere(beside: list[str | None], indented: bool) -> None:
    """Whatever stands before, between and after texts is in a field of an article or left over."""
    text = "村里把账本晒上墙，谁家都能翻一翻。翻完了，还能坐下来问一问，问到明白为止。"
    lines = [line or "　　" * indented + text for line in beside]
    page = "\n".join(["石桥村的账", "", *lines])
    check(page, split_page(page))


@settings(max_examples=60)
@given(text=messy)
def test_any_whole(text: str) -> None:
    """As a whole, any string is one article and nothing is left over."""
    page = split_page(text, whole=True)
    (article,) = page.articles
    assert page.leftover == ()
    kept = "".join(
        part or ""
        for part in (
            article.column,
            article.kicker,
            article.title,
            article.subtitle,
            article.byline,
        )
    )
    captions = "".join(text[s:e] for s, e in article.captions)
    everything = kept + captions + article.text
    unseen = {i for start, end in lines_of(text).unseen.tolist() for i in range(start, end)}
    told = (c for i, c in enumerate(text) if not c.isspace() and i not in unseen)
    assert all(c in everything for c in told) or article.start == 0
    for s in article.segments:
        assert (
            text[s.input_start : s.input_start + s.length]
            == article.text[s.text_start : s.text_start + s.length]
        )


def test_mutated_pages() -> None:
    """Pages cut, shuffled and sprinkled with odd characters are still accounted for."""
    rng = random.Random(7)
    pages = [gold_text(path)[0] for path in GOLD]
    odd = "\n\r\x00\u2028\ud800。“”（）\u3000①\U0001f600"
    for _ in range(150):
        text = list(rng.choice(pages))
        for _ in range(rng.randrange(40)):
            at = rng.randrange(len(text) + 1)
            text[at : at + rng.choice((0, 0, 1, 30))] = rng.choice(odd)
        if rng.random() < 0.3:
            lines = "".join(text).split("\n")
            rng.shuffle(lines)
            text = list("\n".join(lines))
        mutated = "".join(text)
        check(mutated, split_page(mutated))


def test_long_page_is_read_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of thousands of lines is read the same wherever its blocks end."""
    lines = lines_of("\n".join([gold_text(path)[0] for path in GOLD] * 60))
    assert len(lines) > 3000
    roles = read_lines(lines).roles
    for size in (700, 10_000):
        monkeypatch.setattr(boundaries, "_BLOCK", size)
        assert read_lines(lines).roles == roles


def test_empty_page() -> None:
    """A blank page has no article and leaves nothing over."""
    for text in ("", "\n\n", " \u3000\xa0\r\n"):
        assert split_page(text) == Page((), ())


def test_blank_whole() -> None:
    """As a whole, even a blank text is one article, so that none is lost in silence."""
    (article,) = split_page(" \n", source="f.txt", whole=True).articles
    assert (article.text, article.id, article.paragraphs) == ("", "f.txt#0", ())


def test_one_sentence() -> None:
    """A single paragraph without a headline is one article."""
    text = "社区把议事桌搬到了大榕树下，谁家有难处，坐下来说一说，大伙一起想办法。"
    (article,) = split_page(text).articles
    assert article.text == text
    assert article.title is None
    assert article.segments[0].length == len(text)


def test_one_long_line() -> None:
    """A line longer than any headline is text, however it looks."""
    text = "把小事办好。" * 3000
    (article,) = split_page(text).articles
    assert (article.title, article.text) == (None, text)


def test_headlines_only() -> None:
    """A page of nothing but headlines keeps all of them."""
    text = "社区食堂开到家门口\n\n老旧小区加装电梯\n\n本报记者 何一鸣\n"
    page = split_page(text)
    check(text, page)


def test_not_a_string() -> None:
    """Bytes are refused with the type that was received."""
    with pytest.raises(TypeError, match="decode it first"):
        split_page(b"")  # type: ignore[arg-type]  # what is tested


def test_article_maps_back() -> None:
    """Offsets of a mended article's text lead back to the page."""
    text, _ = gold_text(PAGES / "broken.json")
    for article in split_page(text).articles:
        for place in range(0, len(article.text), 7):
            if article.text[place] != "\n":
                assert text[article.to_input(place)] == article.text[place]


def seed(shared: Path) -> tuple[str, dict]:
    """Return the seed page and what stands on it."""
    folder = shared / "pages"
    text = (folder / "seed_page.txt").read_bytes().decode("utf-8")
    return text, json.loads((folder / "seed_page.json").read_text(encoding="utf-8"))


def test_seed_page(shared: Path) -> None:
    """Of the seed page everything is right: heads, places, captions, mended sentences."""
    text, gold = seed(shared)
    page = split_page(text, source="seed")
    check(text, page)
    assert page.leftover == ()
    paragraphs = [p for a in page.articles for p in a.paragraphs]
    for article, wanted in zip(page.articles, gold["articles"], strict=True):
        assert article.title == wanted["title"]
        assert [article.title_start, article.title_end] == wanted["title_at"]
        assert article.title_displaced == wanted.get("displaced", False)
        for name in ("column", "kicker", "byline"):
            assert getattr(article, name) == wanted.get(name)
        assert wanted["start"] <= article.start < article.end <= wanted["end"]
        assert len(article.captions) == 2 * ("captions" in wanted)
    for start, end in gold["joins"]:
        assert any(p.start < start and end < p.end for p in paragraphs)
    assert sum("\n" in text[s:e] for s, e in paragraphs) == len(gold["joins"])


def test_seed_page_displaced_anywhere(shared: Path) -> None:
    """The seed page's displaced headline is given back wherever between articles it stands."""
    text, gold = seed(shared)
    at = gold["articles"][1]["title_at"][0]
    stray, rest = text[at:].strip(), text[:at].rstrip()
    third = gold["articles"][2]["start"]
    moved = rest[:third] + stray + "\n\n" + rest[third:]
    titles: list[Article] = [a for a in split_page(moved).articles if a.title_displaced]
    assert [a.title for a in titles] == [gold["articles"][1]["title"]]


def test_what_is_said_of_a_text_is_no_column() -> None:
    """Brackets after a headline name a column, or tell what kind of text it is."""
    text = "村里把账本晒上墙，谁家都能翻一翻。翻完了，还能坐下来问一问，问到明白为止。"
    for remark, column in (("摘要", None), ("外一首", None), ("灯下漫笔", "灯下漫笔")):
        article = split_page(f"石桥村的账（{remark}）\n　　{text}\n　　{text}").articles[0]
        assert (article.title, article.column) == (f"石桥村的账（{remark}）", column)


@pytest.mark.parametrize("line", ["支部建在楼上", "hello world", "会议召开，研究工作", "党"])
def test_a_line_alone_is_an_article(line: str) -> None:
    """There is nothing that it could be the headline of."""
    page = split_page(line)
    assert [article.text for article in page.articles] == [line]
    assert not page.leftover


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060", "\ufeff", "\xad\u200d"])
def test_lines_on_which_nothing_is_seen_are_blank(examples: Path, unseen: str) -> None:
    """Zero-width characters between paragraphs, or before all, change nothing of a page."""
    text = (examples / "page.txt").read_text("utf-8")
    page = split_page(f"{unseen}\n" + text.replace("\n\n", f"\n{unseen}\n"))
    check(f"{unseen}\n" + text.replace("\n\n", f"\n{unseen}\n"), page)
    plain = split_page(text)
    assert [a.title for a in page.articles] == [a.title for a in plain.articles]
    assert [a.text for a in page.articles] == [a.text for a in plain.articles]


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060"])
@pytest.mark.parametrize("lay", ["{unseen}{line}", "{line}{unseen}", "{indent}{unseen}{bare}"])
def test_what_nobody_sees_at_the_ends_of_lines(examples: Path, unseen: str, lay: str) -> None:
    """Zero-width characters around every line change no text, and no line's role."""
    text = (examples / "page.txt").read_text("utf-8")
    lines = []
    for line in text.split("\n"):
        bare = line.lstrip("　")
        indent = line[: len(line) - len(bare)]
        shown = lay.format(unseen=unseen, line=line, indent=indent, bare=bare)
        lines.append(shown if bare else line)
    page = split_page("\n".join(lines))
    check("\n".join(lines), page)
    for a, b in zip(split_page(text).articles, page.articles, strict=True):
        assert a.text == b.text
        assert [getattr(a, name) for name in ("title", "byline", "column")] == [
            (getattr(b, name) or "").replace(unseen, "") or None
            for name in ("title", "byline", "column")
        ]


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("，", ","), ("。", "."), ("：", ":"), ("（）", "()"), ("，：；（）！？", ",:;()!?")],
)
def test_marks_of_half_width(examples: Path, wide: str, narrow: str) -> None:
    """Some or all marks in half width change nothing of how a page comes apart."""
    text = (examples / "page.txt").read_text("utf-8")
    other = text.translate(str.maketrans(wide, narrow))
    page = split_page(other)
    check(other, page)
    for a, b in zip(split_page(text).articles, page.articles, strict=True):
        assert (a.start, a.end, a.paragraphs, a.captions) == (
            b.start,
            b.end,
            b.paragraphs,
            b.captions,
        )
        assert (a.column, a.title_start, a.title_end) == (b.column, b.title_start, b.title_end)
