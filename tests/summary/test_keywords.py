from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdclassify import Article, UsageError, keywords
from pdclassify.article import Segment
from pdclassify.summary.grammar import stop_words
from pdclassify.summary.keywords import _within
from pdclassify.summary.lexicon import lexicon
from pdclassify.summary.phrases import Words, find_phrases
from pdclassify.summary.wordrank import rank_words
from pdclassify.text import normalize as normalizing
from pdclassify.text.normalize import fold, normalize
from strategies import any_text, han_text

TEXT = (
    "柳湾街道把流动党员党支部建在货运站旁。货车司机来来往往，流动党员党支部就是他们的家。\n"
    "今年，街道设立“微小事”专项资金，修路灯、补台阶都从这里出钱。“微小事”专项资金由居民议事会商定用途。\n"
    "（记者甘小禾）街道还为新就业群体开设夜校，新就业群体白天送货，晚上学法律、学急救。\n"
    "流动党员党支部的书记说，新就业群体也能当好楼道的带头人。"
)


def terms(text: str | Article, **options: object) -> list[str]:
    """Return the keywords without their scores."""
    return [keyword.term for keyword in keywords(text, **options)]  # type: ignore[arg-type]


def test_phrases_not_scraps() -> None:
    """Phrases come whole, over quotes too, and not their parts beside them."""
    found = terms(TEXT)
    assert {"流动党员党支部", "新就业群体", "“微小事”专项资金"} <= set(found)
    assert not {"流动", "党支部", "流动党员", "就业", "群体", "微小事", "专项资金"} & set(found)


def test_reporters_stay_out() -> None:
    """Who wrote it is not what it is about."""
    text = TEXT + "\n（记者甘小禾、通讯员柳青青）\n　　本报柳湾7月1日电　（记者甘小禾）"
    assert not any("甘" in term or "柳青" in term or "记者" in term for term in terms(text, top=50))


@given(any_text() | han_text(), st.integers(1, 12), st.none() | any_text(20))
def test_any_text(text: str, top: int, title: str | None) -> None:
    """For any text: at most `top` keywords, none twice, the best first, each at its places."""
    found = keywords(text, top=top, title=title)
    assert len(found) <= top
    for keyword in found:
        assert keyword.term
        assert keyword.spans
        assert text[slice(*keyword.spans[0])] == keyword.term or fold(text).text != text
        printed = {fold(text[start:end]).text for start, end in keyword.spans}
        assert printed == {fold(keyword.term).text}
    assert len({keyword.term for keyword in found}) == len(found)
    scores = [keyword.score for keyword in found]
    assert all(0 <= score <= 1 and math.isfinite(score) for score in scores)
    assert scores == sorted(scores, reverse=True)
    assert found == keywords(text, top=top, title=title)


@given(han_text(), st.integers(1, 8))
def test_fewer_is_a_prefix(text: str, top: int) -> None:
    """Asking for fewer keywords gives the first of them."""
    assert keywords(text, top=top) == keywords(text, top=top + 5)[:top]


@given(any_text())
def test_never_function_words(text: str) -> None:
    """No keyword is a single character, a number or a stop word."""
    never = stop_words()[0]
    for term in terms(text, top=30):
        assert len(term) > 1
        assert term not in never
        assert any(char.isalpha() for char in term)


@pytest.mark.parametrize(
    "text", ["", " \n", "。！？", "的了在", "12345", "\ud800", "他说，这是好的。"]
)
def test_nothing_to_say(text: str) -> None:
    """A text without content words has no keywords, and is no error."""
    assert keywords(text) == ()


def test_headline_counts() -> None:
    """A phrase that the headline names rises."""
    before, after = terms(TEXT), terms(TEXT, title="货车司机的家")
    assert after.index("货车司机") < before.index("货车司机")


def test_article_brings_its_headline() -> None:
    """An article's own headline counts, kicker and subtitle included; another beside it is an error."""
    article = Article(text=TEXT, kicker="货车司机的家")
    assert keywords(article) == keywords(TEXT, title="货车司机的家")
    with pytest.raises(UsageError, match="headline of its own"):
        keywords(article, title="别的标题")


@pytest.mark.parametrize("top", [0, -1, 2.5, "3", True, None])
def test_bad_top(top: object) -> None:
    """`top` is a positive whole number."""
    with pytest.raises(UsageError, match="'top' parameter must be"):
        keywords(TEXT, top=top)  # type: ignore[arg-type]


def test_said_twice() -> None:
    """The same text printed twice is about the same things: its phrases stay."""
    once, twice = terms(TEXT, top=2), terms(f"{TEXT}\n{TEXT}", top=10)
    assert set(once) <= set(twice)


def test_names_come_whole() -> None:
    """A person's name, which no dictionary holds, is found from its repetition."""
    text = "甘禾青是网格员。居民都认得甘禾青。甘禾青每晚巡楼，甘禾青的手机从不关。"
    assert "甘禾青" in terms(text)


def words_of(text: str) -> Words:
    """Return the words of `text`, each as telling as the others."""
    found = find_phrases(text)
    assert found
    words = found[0]
    same = np.zeros(len(words.idf))
    return words._replace(first=same, pull=same, idf=same + 1)


def test_rank_is_a_distribution() -> None:
    """The ranks of content words have a mean of one, and a word with more neighbours ranks higher."""
    words = words_of("党建服务。\n党建治理。\n党建文化。\n法律调解。")
    rank = rank_words(words)
    assert rank[words.content].mean() == pytest.approx(1, abs=1e-3)
    assert not rank[~words.content].any()
    assert rank.argmax() == 0


def test_rank_meets_the_dense_solution() -> None:
    """The power iteration finds the eigenvector of the graph as written out in full."""
    words = words_of(TEXT + "\n书记书记书记法律")  # a word is no neighbour of its own
    size = len(words.idf)
    graph = np.zeros((size, size))
    says = words.content[words.line].nonzero()[0]
    for gap in range(1, 5):
        for a, b in zip(says, says[gap:], strict=False):
            one, other = words.line[a], words.line[b]
            if words.paragraph[a] == words.paragraph[b] and one != other:
                graph[one, other] += 1
                graph[other, one] += 1
    degree = graph.sum(axis=0)
    number = words.content.sum()
    assert (degree > 0).sum() == number
    teleport = 0.5 / number * words.content
    exact = np.linalg.solve(np.eye(size) - 0.5 * graph / np.maximum(degree, 1), teleport)
    assert rank_words(words) == pytest.approx(exact * number, abs=0.02)


@given(any_text() | han_text(), st.none() | any_text(20))
def test_none_says_another_again(text: str, title: str | None) -> None:
    """No keyword is part of another, whatever the text."""
    found = [fold(term).text for term in terms(text, top=20, title=title)]
    for i, term in enumerate(found):
        assert not any(term in other for j, other in enumerate(found) if i != j)


@pytest.mark.parametrize(
    ("short", "long", "same"),
    [
        ("专项资金", "“微小事”专项资金", True),
        ("河湖大会", "河湖治理大会", True),
        ("大会", "河湖治理大会", True),
        ("河大", "河湖治理大会", False),
        ("大会河湖", "河湖治理大会", False),
        ("船队", "船队", True),
    ],
)
def test_cut_short_is_the_same(short: str, long: str, same: bool) -> None:
    """A name and the same name cut short are one keyword."""
    assert _within(short, long) is same


def test_verbs_that_need_an_object_stay_out() -> None:
    """A verb that says nothing by itself is no keyword, however often it stands in the text."""
    text = "渡口进入汛期，船队进入港湾，渔民打开船舱，船工打开闸门。\n船队进入渡口，打开渡口的灯。"
    assert not {"进入", "打开"} & set(terms(text))


def test_torn_from_its_name() -> None:
    """What stands only within a longer name is no keyword beside it."""
    text = "柳湾轮渡博物馆开门了。\n柳湾轮渡博物馆收藏船模。孩子们爱去柳湾轮渡博物馆。"
    found = terms(text)
    assert "柳湾轮渡博物馆" in found
    assert not {"轮渡", "博物馆", "轮渡博物馆", "柳湾轮渡"} & set(found)


def test_weak_words_are_left_out() -> None:
    """What has little chance is not printed to fill the ten, but three there are."""
    found = keywords(TEXT, top=50)
    assert all(k.score >= 0.03 for k in found[3:])
    assert len(keywords("船工修船。渔民补网。\n老人晒谷。学生读书。")) >= 2


@given(st.permutations(TEXT.split("\n")))
def test_order_of_paragraphs(lines: list[str]) -> None:
    """The phrases that a text repeats are its keywords in whatever order its paragraphs stand."""
    found = set(terms("\n".join(lines)))
    assert {"流动党员党支部", "新就业群体"} <= found
    assert not {"微小事", "就业群体", "党支部"} & found


def test_every_place() -> None:
    """A keyword names all its places, those inside longer phrases too, and overlaps with none."""
    (found,) = (k for k in keywords(TEXT) if k.term == "新就业群体")
    assert [TEXT[start:end] for start, end in found.spans] == ["新就业群体"] * 3


def test_places_of_an_article_are_those_of_its_page() -> None:
    """Where a page broke a word, the span runs over the break."""
    page = TEXT.replace("新就业群体", "新就\n\n业群体", 1)
    place = page.index("\n\n")
    segments = (Segment(0, 0, place), Segment(place, place + 2, len(TEXT) - place))
    found = keywords(Article(text=TEXT, segments=segments))
    assert [page[slice(*k.spans[0])] for k in found if k.term == "新就业群体"] == ["新就\n\n业群体"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\xad".join(text),
        lambda text: "\u200b".join(text) + "\ufeff",
        lambda text: text.replace("AI", "ＡＩ").replace("12345", "１２３４５"),
        lambda text: "".join(f"\u3000\u3000{line}\n" for line in text.splitlines()),
    ],
    ids=["soft hyphens", "zero-width", "full-width", "indented"],
)
def test_looks_change_nothing(change: Callable[[str], str]) -> None:
    """Soft hyphens, zero-width characters and full-width letters leave keywords as they are."""
    text = TEXT + "\n街道用AI助手接12345热线，AI助手一天接三百件。AI助手不下班。"
    plain, changed = keywords(text), keywords(change(text))
    assert "AI助手" in [k.term for k in plain]
    assert [k.term for k in changed] == [k.term for k in plain]
    for keyword in changed:
        shown = change(text)[slice(*keyword.spans[0])]
        assert normalize(shown).text == keyword.term


def test_traditional_text() -> None:
    """Traditional text has the keywords of the simplified one, printed as it stands, with OpenCC."""
    opencc = pytest.importorskip("opencc")
    text = opencc.OpenCC("s2t").convert(TEXT)
    found = keywords(text)
    assert [k.spans for k in found] == [k.spans for k in keywords(TEXT)]
    assert "新就業羣體" in [k.term for k in found]


def test_traditional_text_without_opencc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OpenCC characters are simplified one by one, and keywords are printed as they stand."""
    monkeypatch.setattr(normalizing, "find_spec", lambda _: None)
    text = "流動黨員黨支部，流動黨員黨支部。"
    assert fold(text).text == "流动党员党支部，流动党员党支部。"
    assert [k.spans for k in keywords(text)] == [k.spans for k in keywords(fold(text).text)]
    assert "黨支部" in "".join(k.term for k in keywords(text))


def test_lexicon() -> None:
    """The shipped statistics are sane: common words tell little, and some reach headlines often."""
    known = lexicon()
    assert len(known.idf) == len(known.pull) == len(known.tags) == len(known.rows) + 1
    at = known.rows
    assert known.idf[at["发展"]] < known.idf[at["党支部"]] < known.idf[-1]
    assert known.pull[at["因此"]] < -1 < 0 < known.pull[at["作风建设"]]


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("村民黄桂兰种了一片果树。果树结了果，果树长高了。", "黄桂兰", "桂兰"),
        ("白山区的果树结了果。果树长高了，果树有一千棵。", "白山区", "山区"),
        ("陈志杰种果树。果树归陈志杰管，陈志杰天天看果树。", "陈志杰", "陈志"),
    ],
)
def test_a_name_is_not_cut(text: str, whole: str, part: str) -> None:
    """What stands nowhere without the character beside it is named with it."""
    found = terms(text)
    assert whole in found
    assert part not in found


def test_a_part_that_stands_alone_does_not_grow() -> None:
    """桂兰 stands without the surname too, and 山区 with several words."""
    text = "黄桂兰种果树。桂兰种的果树结了果。桂兰笑了，果树长高了。山区多果树，我们山区好。"
    found = terms(text)
    assert "黄桂兰" not in found
    assert not any(term.endswith("们山区") for term in found)
