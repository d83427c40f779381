from __future__ import annotations

from pdclassify import split_page
from pdclassify.reading.boundaries import Role
from pdclassify.reading.evidence import barred
from pdclassify.reading.lines import lines_of

TEXT = "石桥村的账过去锁在柜子里，钥匙在会计手上，村民想看一眼，要先找三个人点头。"


def test_items_of_a_list_are_no_captions() -> None:
    """Marks before several lines make a list; one before a credited line is a caption's."""
    found, _ = barred(
        lines_of("▲修路。\n▲建桥。\n\n▲村口的桥。 闻笛摄\n\n■点灯。\n\n▲村口的灯。"), ()
    )
    assert [Role.CAPTION in found.get(line, ()) for line in range(5)] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_rows_and_items_go_on_nothing() -> None:
    """Rows of tables, numbered items, questions and answers begin paragraphs."""
    text = "柳湾镇\t1820\n石桥镇\t1405\n合计三千件\n（一）开门办案\n二、登门回访\n问：然后呢？"
    found, _ = barred(lines_of(text), ())
    assert all(Role.BODY_MORE in found[line] for line in range(6))


def test_a_date_is_no_headline() -> None:
    """A date under a text signs it."""
    text = f"账本翻开晒太阳\n\n{TEXT}\n\n{TEXT}\n\n2026年3月5日于石桥村"
    page = split_page(text)
    assert len(page.articles) == 1
    assert page.leftover == ()


def test_what_follows_a_rule_begins() -> None:
    """A short line after a rule, or after a jump to another page, is a headline."""
    for between in ("\n\n------\n\n", "（下转第4版）\n\n"):
        text = f"账本翻开晒太阳\n\n{TEXT}{between}巷口添了一盏灯\n\n{TEXT}\n\n{TEXT}"
        found = [article.title for article in split_page(text).articles]
        assert found == ["账本翻开晒太阳", "巷口添了一盏灯"]


def test_headings_of_markdown() -> None:
    """The highest headings begin articles, lower ones stand inside."""
    text = (
        f"# 账本翻开晒太阳\n\n{TEXT}\n\n## 一笔一笔写清楚\n\n{TEXT}\n\n# 巷口添了一盏灯\n\n{TEXT}"
    )
    page = split_page(text)
    assert [a.title for a in page.articles] == ["账本翻开晒太阳", "巷口添了一盏灯"]
    assert page.articles[0].start == 0
    assert page.articles[0].text == f"{TEXT}\n一笔一笔写清楚\n{TEXT}"
    assert page.leftover == ()


def test_headlines_of_one_form() -> None:
    """Where the first headline carries its column in 【】, others that do begin articles."""
    text = f"【一线】账本翻开晒太阳\n\n{TEXT}\n\n【民生】巷口添了一盏灯\n\n{TEXT}"
    assert len(split_page(text).articles) == 2


def test_pictures_above_and_below() -> None:
    """A line that says which picture it is about is a caption, wherever it stands."""
    shown = "上图：石桥村的公示栏。", "左图为村民在看账本", "图片来源：云泽日报"
    texts = TEXT, "现在账本挂在公示栏里，谁路过都能翻。", "会计说，锁坏了以后就没有再配。"
    lines = "\n\n".join(f"{body}\n\n{line}" for body, line in zip(texts, shown, strict=True))
    text = f"账本翻开晒太阳\n\n{lines}"
    (article,) = split_page(text).articles
    assert [text[slice(*span)] for span in article.captions] == list(shown)
    assert article.text == "\n".join(texts)


def test_who_speaks_is_no_caption() -> None:
    """A paragraph that opens with a quotation is a caption only if it says who took a picture."""
    said = (
        "“账清楚就不丢人，不清楚才丢人。”村会计说，所以贴得越勤，记得越细，问的人一天比一天少了。"
    )
    found, _ = barred(
        lines_of(f"石桥村的账\n{said}\n{said}沈青摄\n{said.replace('“', chr(34))}"), ()
    )
    assert [Role.CAPTION in found.get(line, ()) for line in range(4)] == [False, True, False, True]


def test_a_headline_with_a_topic_goes_on_no_other() -> None:
    """Who it is about, and a colon, begin a headline; they are not the rest of the one above."""
    found, _ = barred(
        lines_of("夜里开门，议事不误生计\n柳树巷社区：岗亭改成议事亭\n议事亭里：灯"), ()
    )
    assert [Role.TITLE_MORE in found.get(line, ()) for line in range(3)] == [False, True, False]


def test_stanzas_are_text() -> None:
    """Blocks of short lines between blank ones are verse, of a page that has nothing else, too."""
    stanzas = (
        "灯在巷口亮着\n等晚归的人\n把影子带回家",
        "风从河面吹来\n吹动一页账本\n和一行旧字",
        "天快要亮了\n井边有人说话",
    )
    (article,) = split_page("巷口\n闻笛\n\n" + "\n\n".join(stanzas)).articles
    assert (article.title, article.byline) == ("巷口", "闻笛")
    assert article.text == "\n".join(stanzas)
