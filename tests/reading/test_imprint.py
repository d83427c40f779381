from __future__ import annotations

import pytest

from pdclassify import split_page
from pdclassify.reading.imprint import imprints_of
from pdclassify.reading.lines import lines_of

TEXT = "石桥村的账过去锁在柜子里，钥匙在会计手上，村民想看一眼，要先找三个人点头。"


def author_of(line: str) -> str | None:
    """Return the author that an imprint names; "" if it names none, None if it is no imprint."""
    found = imprints_of(lines_of(line))
    if not found:
        return None
    author = found[0][1]
    return line[slice(*author)] if author else ""


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("来源：云泽日报 时间：2026-03-05 09:12 作者：闻笛", "作者：闻笛"),
        ("作者：闻笛、周远  来源：云泽日报  浏览次数：312次", "作者：闻笛、周远"),
        ("2026年3月5日 09:12 | 记者：闻笛 周远 编辑：林禾", "记者：闻笛 周远"),
        ("发布时间：2026/3/5 来源：云泽日报 责任编辑：林禾", ""),
        ("信息来源：县委办 发布日期：2026-03-05 字号：【大 中 小】", ""),
        ("文/闻笛 编辑：林禾", "文/闻笛"),
        ("作者：闻笛", None),
        ("来源：云泽日报", None),
        ("时间：3月5日上午", None),
        ("来源：云泽日报，作者不详，望知情者告知", None),
        ("2026年3月5日，石桥村开会：账本公开", None),
    ],
)
def test_imprints(line: str, author: str | None) -> None:
    """A line of two fields or more, an author among them or not, is an imprint; others are not."""
    assert author_of(line) == author


def test_of_an_imprint_its_author_is_read() -> None:
    """The author is the byline; what stands around it is in no text, and keeps its place."""
    imprint = "来源：云泽日报 作者：闻笛 时间：2026-03-05"
    article = split_page(f"账本翻开晒太阳\n\n{imprint}\n\n{TEXT}\n\n{TEXT}").articles[0]
    assert (article.title, article.byline) == ("账本翻开晒太阳", "作者：闻笛")
    assert article.text == f"{TEXT}\n{TEXT}"
    page = split_page(f"{imprint}\n\n账本翻开晒太阳\n\n{TEXT}\n\n{TEXT}")
    assert page.articles[0].title == "账本翻开晒太阳"
