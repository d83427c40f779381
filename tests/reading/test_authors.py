from __future__ import annotations

import pytest

from pdclassify import split_page
from pdclassify.reading.authors import authors_of
from pdclassify.reading.lines import lines_of

TITLE = "一盏灯照亮一条巷"
TEXT = "老城的槐花巷没有路灯，下夜班的人摸着墙走。去年冬天，社区把灯装到了第三户人家的门头上。"


def named(*lines: str) -> list[int]:
    """Return which lines over a text name who wrote it."""
    return [at for at, _ in authors_of(lines_of("\n".join([*lines, TEXT])))]


@pytest.mark.parametrize(
    "author",
    [
        *("沈 青", "欧阳 明", "沈　青  王小石", "沈青 欧阳明", "沈 青、王小石"),
        *(
            "■ 沈青",
            "○沈 青",
            "□ 本报记者 沈青",
            "文/沈青",
            "文丨沈 青",
            "图/文：沈青",
            "By Shen Qing",
        ),
        *("口述：沈青 整理：王石", "作者：沈青", "撰文/沈 青 摄影/王小石", "译：沈青"),
        *("中共云泽县委组织部", "云泽县委党校课题组", "云泽大学马克思主义学院", "买买提·艾力"),
    ],
)
def test_authors(author: str) -> None:
    """Between a headline and its text, names and institutions that write are told by their form."""
    assert named(TITLE, author) == [1]
    article = split_page(f"{TITLE}\n{author}\n　　{TEXT}\n　　{TEXT}").articles[0]
    assert (article.title, article.byline) == (TITLE, author)


@pytest.mark.parametrize(
    "line",
    [
        *("通 知", "简 讯", "文 摘", "要 闻", "走基层·家风", "■链接", "□ 记者手记"),
        *("林间 小路", "中共云泽县委召开常委会", "云泽县设立十二个工作组", "灯", "——巷口夜话"),
    ],
)
def test_no_authors(line: str) -> None:
    """Names of sections, sub-headings and headlines are none."""
    assert named(TITLE, line) == []


def test_an_essay_s_title_is_no_author() -> None:
    """A title that looks like a name stays one under its column or over its author."""
    assert named("巷口", "黄 昏") == []
    assert named("槐花巷副刊", "黄 昏", "沈 青") == [2]


def test_names_stand_under_headlines() -> None:
    """Names under a text or in a list are nobody's who wrote."""
    assert named(TEXT, "沈 青") == []
    assert named(TITLE, "沈 青", "王 石", "乔 直") == [3]


def test_picture_credits_are_captions() -> None:
    """Who took a picture is no author of the text above."""
    page = split_page(f"{TITLE}\n　　{TEXT}\n　　{TEXT}\n本报记者 沈 青摄")
    assert [caption.text for caption in page.articles[0].captions] == ["本报记者 沈 青摄"]
