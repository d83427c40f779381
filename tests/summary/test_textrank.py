"""Summaries: what holds for any text, budgets, what leans on what, and what is never printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify import Article, Segment, Summary, summarize
from pdclassify.errors import UsageError
from pdclassify.summary.printable import balanced
from pdclassify.text.sentences import join_sentences, split_sentences
from strategies import any_text, han_text

CLOSING = "”’」』）)】》〉］]〕。，、；：！？…"

ARTICLE = """清河县推行“一件事一次办”改革，把十二类高频事项交给一个窗口受理。
今年以来，全县政务大厅办件量增长三成，群众平均等候时间由四十分钟缩短到九分钟。
县里还抽调二十八名业务骨干组成帮办队，为老人和残疾人上门办理社保、医保手续。
在城东社区，帮办员每周二下午坐班，一个月接待居民一百六十余人次。
过去办一张食品经营许可证要跑三个部门，现在递交一次材料，两天之内就能领证。
下一步，清河县将把改革延伸到村一级，在四十五个村设立便民服务点。
"""
TITLE = "清河县改革让群众少跑腿"

budgets = st.one_of(
    st.fixed_dictionaries({"chars": st.integers(1, 400)}),
    st.fixed_dictionaries({"sentences": st.integers(1, 8)}),
    st.fixed_dictionaries({"ratio": st.floats(0.01, 1)}),
    st.just({}),
)


def holds(text: str, found: Summary, budget: dict) -> None:
    """Check what every summary promises."""
    assert found.text == join_sentences([one.text for one in found.sentences])
    before = -1
    for one in found.sentences:
        assert text[one.start : one.end] == one.text
        assert one.start >= before
        before = one.end
        assert 0 <= one.score <= 1
    indices = [one.index for one in found.sentences]
    assert indices == sorted(set(indices))
    if "sentences" in budget:
        assert len(found.sentences) <= budget["sentences"]
    else:
        limit = budget.get("chars", 180)
        if "ratio" in budget:
            limit = max(int(len(text) * budget["ratio"]), 1)
        assert len(found.text) <= limit


@given(any_text(), budgets, st.sampled_from(["textrank", "lead"]))
def test_any_text_has_a_summary_within_its_budget(text, budget, method):
    """Any string gives a Summary whose sentences stand in the text, in order, within the budget."""
    holds(text, summarize(text, method=method, **budget), budget)


@given(han_text(), budgets, han_text(max_size=20))
def test_a_focus_and_a_headline_change_nothing_of_that(text, budget, line):
    """A focus and a headline may be any words."""
    holds(text, summarize(text, focus=line, title=line, **budget), budget)


@given(han_text(), budgets)
def test_never_empty_for_a_text_with_a_sentence(text, budget):
    """A sentence of ten characters anywhere is enough for a summary."""
    assert summarize(f"{text}\n社区党支部今天开会了。\n", **budget).sentences


@given(han_text(), st.integers(60, 300))
def test_no_torn_quotation(text, chars):
    """Beside a sentence that may be printed, none is that begins or ends within marks."""
    whole = summarize(f"{text}\n社区党支部今天开了一次会。", chars=chars)
    for one in whole.sentences:
        assert balanced(one.text)
        assert one.text[0] not in CLOSING
        assert not one.cut


@pytest.mark.parametrize("text", ["", " \n\t", "。。。", "——", "\ud800"])
def test_no_sentence_no_summary(text):
    """A text without a word gives an empty summary."""
    assert summarize(text) in (Summary((), ""), summarize("\ud800"))
    assert summarize("").sentences == ()


def test_the_article_is_summarised_in_whole_sentences():
    """The default is whole sentences of at most 180 characters."""
    found = summarize(ARTICLE, title=TITLE)
    sentences = {ARTICLE[start:end] for start, end in split_sentences(ARTICLE)}
    assert 1 < len(found.sentences) < 6
    assert {one.text for one in found.sentences} <= sentences


def test_a_longer_budget_is_used():
    """More sentences are printed where more may be."""
    assert [len(summarize(ARTICLE, sentences=n).sentences) for n in (1, 2, 4)] == [1, 2, 4]
    assert len(summarize(ARTICLE, ratio=0.9).text) > len(summarize(ARTICLE, ratio=0.3).text)


def test_a_budget_smaller_than_any_sentence_cuts_at_a_clause_mark():
    """The best sentence is cut before a clause mark, or mid-clause if it must be, and marked."""
    found = summarize(ARTICLE, chars=20)
    (one,) = found.sentences
    assert one.cut
    assert len(one.text) <= 20
    assert ARTICLE[one.end] in "，；：、"
    (tiny,) = summarize(ARTICLE, chars=2).sentences
    assert tiny.cut
    assert len(tiny.text) == 2


def test_lead_takes_the_first_sentences():
    """Lead prints from the beginning while the budget lasts, and not beyond a gap."""
    first, second = summarize(ARTICLE, sentences=2, method="lead").sentences
    assert (first.index, second.index) == (0, 1)
    assert first.score > second.score
    indices = [one.index for one in summarize(ARTICLE, chars=100, method="lead").sentences]
    assert indices == list(range(len(indices)))


def test_the_headline_is_heard():
    """What the headline names is chosen for it."""
    about = [
        summarize(ARTICLE, title=title, sentences=1).text
        for title in (TITLE, "业务骨干组成帮办队，上门办理手续")
    ]
    assert "帮办" in about[1]
    assert about[0] != about[1]


def test_an_article_brings_its_headline_and_its_places():
    """An article is summarised under its own headline, with offsets in its page."""
    page = "页眉" + ARTICLE
    article = Article(
        text=ARTICLE,
        title="业务骨干组成帮办队，上门办理手续",
        segments=(Segment(0, 2, len(ARTICLE)),),
    )
    (one,) = summarize(article, sentences=1).sentences
    assert (
        one.text == summarize(ARTICLE, title="业务骨干组成帮办队，上门办理手续", sentences=1).text
    )
    assert page[one.start : one.end] == one.text


def test_a_mended_break_is_left_out_of_the_sentence():
    """A sentence torn by the page is printed whole; its span reaches over the break."""
    page = "社区党支部把会开到\n\n院子里，居民当场提了九条意见。"
    text = page.replace("\n", "")
    article = Article(text=text, segments=(Segment(0, 0, 9), Segment(9, 11, len(text) - 9)))
    (one,) = summarize(article).sentences
    assert (one.text, one.start, one.end) == (text, 0, len(page))


def test_nothing_is_printed_twice():
    """A paragraph that stands twice is printed once."""
    found = summarize(ARTICLE + ARTICLE, chars=400)
    texts = [one.text for one in found.sentences]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(
    "note",
    [
        "图为帮办员在城东社区为居民办理手续。",
        "帮办员在城东社区为居民办理手续。本报记者 林青山摄",
        "（本报记者 林青山 通讯员 何小溪）",
        "责任编辑：林青山",
        "本报记者 林青山",
        "版式设计：何小溪",
        "【编者按】本栏目将继续关注清河县的改革，请读者留意。",
    ],
)
def test_a_note_changes_nothing(note):
    """A caption, byline or editor's note is never printed, and choosing takes no notice of it."""
    plain = summarize(ARTICLE, title=TITLE)
    assert [one.text for one in summarize(ARTICLE + note, title=TITLE).sentences] == [
        one.text for one in plain.sentences
    ]
    assert note not in summarize(f"{note}\n{ARTICLE}", title=TITLE, chars=500).text


@pytest.mark.parametrize(
    "dateline",
    [
        "本报清河6月3日电（记者林青山）",
        "新华社清河6月3日电 （记者林青山、何小溪）",
        "本报讯（记者林青山）",
        "央视网消息（新闻联播）：",
        "记者从县政府获悉，",
        "据了解，",
    ],
)
def test_a_dateline_is_cut_off(dateline):
    """Where and from whom the report comes is not printed; the sentence after it is."""
    found = summarize(dateline + ARTICLE, sentences=1, method="lead")
    assert found.text == ARTICLE[: ARTICLE.index("\n")]
    assert found.sentences[0].start == len(dateline)


def test_a_subheading_is_never_printed():
    """A line without an end mark is no sentence, however long."""
    long = "党员干部下沉一线解民忧，机关单位对口帮扶暖民心，志愿队伍常态服务聚民意，社区网格精细管理保民安"
    text = ARTICLE.replace("\n", f"\n{long}\n") + long
    assert long not in summarize(text, title=TITLE, ratio=1.0).text


@pytest.mark.parametrize("dateline", ["", "新华社某地3月2日电题："])
def test_the_headline_in_the_text(dateline):
    """A text's own headline is all of it in one sentence, and stays out of a longer summary."""
    text = f"{dateline}{TITLE}\n{ARTICLE}"
    (only,) = summarize(text, sentences=1).sentences
    assert only.text == TITLE == text[only.start : only.end]
    assert summarize(text, sentences=1, title=TITLE).text in ARTICLE
    assert TITLE not in summarize(text, sentences=2).text
    assert TITLE not in summarize(text).text


@pytest.mark.parametrize(
    "line", ["各位代表：", "核心阅读", "李某某", "2024年第2期", "本报记者 李某某", "题图"]
)
def test_a_line_above_the_text_that_is_no_headline(line):
    """Forms of address, labels, names and dates are not taken for the headline."""
    assert summarize(f"{line}\n{ARTICLE}", sentences=1).text in ARTICLE


@pytest.mark.parametrize("opening", ["他说，", "对此，", "那时，", "这", "与此同时，", "但"])
def test_a_sentence_that_leans_takes_its_antecedent(opening):
    """A sentence that points back is printed behind the one it points to, or not at all."""
    lines = ARTICLE.splitlines()
    lines[1] = opening + lines[1]
    text = "\n".join(lines)
    for budget in ({"sentences": 1}, {"sentences": 2}, {"sentences": 3}, {"chars": 100}, {}):
        indices = [one.index for one in summarize(text, title="等候时间缩短", **budget).sentences]
        assert 1 not in indices or 0 in indices


def test_a_transcript_has_no_lead_and_may_lean():
    """In a talk every other sentence leans; they may be printed all the same."""
    talk = "那么我们今天呢主要是讲一下这个社区的事情。然后这个物业费呢，其实大家都有意见对吧。" * 2
    talk += "所以我们的话就把这个业委会先选出来。那个那个，然后呢账目公开。"
    assert summarize(talk, chars=30).sentences
    assert not summarize(talk, chars=60).sentences[0].cut


def test_the_focus_is_on_its_words():
    """The sentence that holds the focus's words is chosen, were it the least of all."""
    for words, held in (
        ("许可证", "许可证"),
        ("便民服务点", "便民服务点"),
        ("帮办员 坐班", "坐班"),
    ):
        assert held in summarize(ARTICLE, title=TITLE, focus=words, sentences=1).text
    assert "证" in summarize(ARTICLE, title=TITLE, focus="证", sentences=1).text


@pytest.mark.parametrize(
    ("focus", "look"),
    [
        ("便民\u200b服务点", lambda text: text),
        ("便民服务点", lambda text: text.replace("便民服务点", "便\xad民服\u200b务点")),
        ("APP", lambda text: text.replace("许可证", "ＡＰＰ")),
    ],
    ids=["zero-width in the focus", "soft hyphens in the text", "full-width in the text"],
)
def test_a_focus_is_found_however_it_looks(focus, look):
    """Unseen characters and full-width letters hide no word of the focus."""
    plain = "许可证" if focus == "APP" else "便民服务点"
    wanted = summarize(ARTICLE, title=TITLE, focus=plain, sentences=1).sentences[0].index
    assert (
        summarize(look(ARTICLE), title=TITLE, focus=focus, sentences=1).sentences[0].index == wanted
    )


def test_a_focus_in_the_other_characters():
    """Traditional characters are found by simplified words and the other way, with OpenCC."""
    opencc = pytest.importorskip("opencc")
    traditional = opencc.OpenCC("s2t").convert
    wanted = summarize(ARTICLE, title=TITLE, focus="便民服务点", sentences=1).sentences
    text, focus = traditional(ARTICLE), traditional("便民服务点")
    assert summarize(ARTICLE, title=TITLE, focus=focus, sentences=1).sentences == wanted
    (found,) = summarize(text, title=traditional(TITLE), focus="便民服务点", sentences=1).sentences
    assert found.index == wanted[0].index


def test_a_focus_that_the_text_has_nothing_of_changes_nothing():
    """Words that no sentence shares leave the summary as it is."""
    plain = summarize(ARTICLE)
    found = summarize(ARTICLE, focus="足球联赛")
    assert (found.sentences, found.text, found.unfocused) == (plain.sentences, plain.text, True)
    assert summarize(ARTICLE, focus="  ") == plain
    assert not plain.unfocused
    assert not summarize(ARTICLE, focus="便民服务点").unfocused
    assert not summarize(ARTICLE[:30], focus="style").unfocused


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"sentences": 0}, "at least 1"),
        ({"chars": -3}, "at least 1"),
        ({"ratio": 0.0}, "above 0"),
        ({"ratio": 1.5}, "above 0"),
        ({"chars": 90, "ratio": 0.5}, "one of"),
        ({"method": "lexrank"}, "textrank or lead"),
        ({"method": "lead", "focus": "作风"}, "no effect"),
    ],
)
def test_what_cannot_be_is_refused(options, told):
    """A budget or option that cannot be is an error that says so."""
    with pytest.raises(UsageError, match=told):
        summarize(ARTICLE, **options)


def test_an_article_with_another_headline_is_refused():
    """An article's headline cannot be given a second time."""
    with pytest.raises(UsageError, match="brings its own"):
        summarize(Article(text=ARTICLE), title=TITLE)


@pytest.mark.parametrize("nothing", [None, b"x", 3, [["x"]], float("nan")])
def test_what_is_no_text_is_refused(nothing: object) -> None:
    """A missing value must not become a summary of its name."""
    with pytest.raises(UsageError, match="must be a str or an Article"):
        summarize(nothing)  # type: ignore[arg-type]


@given(st.integers(20, 200))
def test_english_sentences_are_joined_by_a_blank(chars):
    """Two English sentences have a blank between them, which counts; Chinese ones have nothing."""
    english = "".join(f"The committee of town {n} met and heard a report. " for n in range(9))
    found = summarize(english, chars=chars)
    assert found.text == " ".join(one.text for one in found.sentences)
    assert len(found.text) <= chars
    both = summarize("Villagers met on Monday.支部开会。They heard a report.", sentences=3)
    assert both.text == "Villagers met on Monday.支部开会。They heard a report."
