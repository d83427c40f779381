from __future__ import annotations

import pytest

from pdclassify import split_page
from pdclassify.reading.furniture import Furniture, furniture_of
from pdclassify.reading.lines import lines_of

TEXT = "石桥村的账过去锁在柜子里，钥匙在会计手上，村民想看一眼，要先找三个人点头。"


def kind(line: str) -> Furniture:
    """Return what a line between two paragraphs is."""
    return Furniture(furniture_of(lines_of(f"{TEXT}\n\n{line}\n\n{TEXT}"))[1])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("02 要闻 2026年3月5日 星期四", Furniture.HEAD),
        ("2026年3月5日　星期四　农历丙午年正月十七", Furniture.HEAD),
        ("云泽日报 二〇二六年三月五日 星期四 第3版", Furniture.HEAD),
        ("国内统一刊号：CN98-0001　邮发代号：99-1", Furniture.HEAD),
        ("今日8版", Furniture.HEAD),
        ("第18234期", Furniture.HEAD),
        ("责任编辑：顾长亭　版式设计：方若谷", Furniture.ASIDE),
        ("（责编/顾 亭 美编/方若谷）", Furniture.ASIDE),
        ("本版责编：顾长亭、方若谷 E-mail：ywb@yzrb.example", Furniture.ASIDE),
        ("投稿邮箱：ywb@yzrb.example", Furniture.ASIDE),
        ("分享到：微信 微博", Furniture.ASIDE),
        ("字号：大 中 小 打印 关闭", Furniture.ASIDE),
        ("2026-03-05 08:12 来源：云泽日报", Furniture.ASIDE),
        ("（来源：云泽日报）", Furniture.ASIDE),
        ("上一篇：账本翻开晒太阳", Furniture.ASIDE),
        ("— 4 —", Furniture.ASIDE),
        ("第5页 共8页", Furniture.ASIDE),
        ("字号：大 中 小  打印  分享到：微信 微博 QQ空间", Furniture.ASIDE),
        ("字体：A- A A+", Furniture.ASIDE),
        ("点赞 12  收藏  评论 3", Furniture.ASIDE),
        ("关于我们 | 联系我们 | 版权声明", Furniture.ASIDE),
        ("云泽发布 2026-03-05 18:00 发表于云泽", Furniture.ASIDE),
        ("原创 云泽发布 云泽发布", Furniture.ASIDE),
        ("喜欢就点个“在看”吧👍", Furniture.ASIDE),
        ("来源 | 云泽发布", Furniture.ASIDE),
        ("扫一扫在手机打开当前页", Furniture.ASIDE),
        ("阅读原文", Furniture.ASIDE),
        ("《云泽党建》2026年第3期", Furniture.ASIDE),
        ("槐花巷的灯为什么亮得久……沈青（12）", Furniture.HEAD),
        ("🔺END", Furniture.END),
        ("- END -", Furniture.END),
        ("（下转第4版）", Furniture.END),
        ("上接第一版", Furniture.END),
        ("（相关报道见第3版）", Furniture.END),
        ("* * *", Furniture.END),
        ("──────", Furniture.END),
    ],
)
def test_furniture(line: str, wanted: Furniture) -> None:
    """What stands around articles is told by its form."""
    assert kind(line) == wanted


@pytest.mark.parametrize(
    "line",
    [
        "分享改革成果",
        "点赞中国",
        "为基层减负点赞",
        "深度关注 | 粮安天下",
        "原创 精品 走出去",
        "更多群众从中受益",
        "周三夜读",
        "字典第七版",
        "迈进2.0版",
        "2026年3月5日",
        "2026年3月5日于榆树里",
        "打印店里的春天",
        "编辑部的故事",
        "责任编辑的一天",
        "来源可查、去向可追",
        "数据来源：北岭县行政审批局",
        "作者：闻笛",
        "转作风 见行动",
        "……",
        "3",
        "一",
        "今年农历三月初一这天，北岭县开了茶市",
        "■链接",
        "小",
    ],
)
def test_no_furniture(line: str) -> None:
    """Headlines, dates under a text, authors and sub-headings are not mistaken for it."""
    assert kind(line) == Furniture.NONE


def test_other_lines_of_a_masthead() -> None:
    """The paper's name, the date and a number belong to the page's head beside them."""
    lines = lines_of(f"云泽日报\nYUNZE RIBAO\n2026年3月5日\n星期四\n02\n要闻\n\n{TEXT}")
    assert furniture_of(lines).tolist() == [Furniture.HEAD] * 6 + [Furniture.NONE]


def test_number_that_tears_a_sentence() -> None:
    """A page's number is left out of the sentence that it tears."""
    page = split_page(f"账本翻开晒太阳\n\n{TEXT[:20]}\n\n3\n\n{TEXT[20:]}\n\n{TEXT}")
    (article,) = page.articles
    assert article.text == f"{TEXT}\n{TEXT}"


def test_furniture_alone() -> None:
    """A page of nothing but furniture has no article, and all of it is left over."""
    text = "云泽日报\n2026年3月5日 星期四\n今日8版"
    page = split_page(text)
    assert page.articles == ()
    assert page.leftover == ((0, len(text)),)


def test_whole_keeps_all() -> None:
    """As a whole, a text keeps what would be furniture on a page."""
    (article,) = split_page(f"{TEXT}\n责任编辑：顾长亭", whole=True).articles
    assert article.end == len(TEXT) + 9


def test_what_to_read_next_is_no_article() -> None:
    """Headlines of other texts under their heading belong to none; a text under it is a text."""
    links = "推荐阅读\n柳树巷的灯亮了\n账本翻开晒太阳"
    page = split_page(f"石桥村的账\n　　{TEXT}\n　　{TEXT}\n{links}")
    assert [left.text for left in page.leftover] == [links]
    page = split_page(f"石桥村的账\n　　{TEXT}\n　　{TEXT}\n推荐阅读\n柳树巷的灯亮了\n　　{TEXT}")
    assert [left.text for left in page.leftover] == ["推荐阅读"]


def test_what_stands_between_lines_of_the_web() -> None:
    """A line of credits between such lines, an account over the time, sections of a contents."""
    lines = f"石桥村的账\n原创 沈青 云泽发布\n2026-03-05 18:00\n　　{TEXT}\n来源：云泽发布\n图文：小艾\n责编：大力"
    article = split_page(lines).articles[0]
    assert (article.title, article.byline, article.text) == ("石桥村的账", None, TEXT)
    lines = (
        f"目  录\n卷首\n石桥村的账……沈青（4）\n柳树巷的灯……乔直（9）\n石桥村的账\n沈青\n　　{TEXT}"
    )
    page = split_page(lines)
    assert [article.title for article in page.articles] == ["石桥村的账"]
    assert page.leftover[0].text.endswith("（9）")
