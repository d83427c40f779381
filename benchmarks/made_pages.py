"""Lay out pages from articles whose headlines are known, so that there is more to learn from.

The noise is meant to be wider than that of any one set of pages: every width of print, displaced
headlines anywhere, captions of several kinds, names of columns with and without brackets.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from pdclassify.reading.boundaries import Role
from pdclassify.reading.lines import Lines

__all__ = ["made_pages", "roles_of"]

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵"
    "孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂"
)
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华文辉力健峰宁宇浩凯雪琳怡佳子一然东海鸣树声直言满远秋知思雨欣晨曦博文瑞嘉诚志国庆春夏永昌盛德仁义礼信毅恒岩松柏青山川江河洋波澜鹏飞翔云天宝玉珍珠秀梅兰竹菊香莲荷蓉萍蕾莹洁冰清源泉溪洲舟航"
_BY = ("本报记者", "本报记者", "新华社记者", "本报通讯员", "记者", "本报评论员", "", "")
_HALF = str.maketrans("，：；（）！？", ",:;()!?")
_CREDIT = re.compile(r"^(本报记者|新华社记者|新华社发|本报通讯员)?[（(]?.{0,12}摄[）)]?$")
_WRITERS = re.compile(r"^(本报|新华社)(记者|通讯员|评论员)([\s\u3000\xa0]+[\u4e00-\u9fff·]{2,4})*$")

Line = tuple[str, Role, int]  # text, role, blank lines before


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _labelled_roles(page: Mapping[str, Any]) -> list[tuple[int, int, Role]]:
    """Return every line of a labelled page with its role, as (start, end, role)."""
    if "roles" in page:
        return [(s, e, Role(r)) for s, e, r in page["roles"]]
    text = page["text"]
    found: dict[int, Role] = {}
    spans = [(m.start(), m.end()) for m in re.finditer(r"\S(?:[^\n]*\S)?", text)]

    def mark(start: int, end: int, first: Role, more: Role) -> None:
        role = first
        for s, e in spans:
            if s < end and e > start:
                found[s] = role
                role = more

    for article in page["articles"]:
        away = bool(article.get("displaced"))
        body = article["body"]
        for n, (start, end) in enumerate(body):
            mark(start, end, Role.LEAD if away and n == 0 else Role.BODY, Role.BODY_MORE)
        at, to = article["title_at"]
        title, more = (Role.STRAY, Role.STRAY_MORE) if away else (Role.TITLE, Role.TITLE_MORE)
        mark(at, to, title, more)
        named = re.search(r"[（(]([^（）()]+)[）)]$", _squeezed(text[at:to]))
        byline = _squeezed(article["byline"] or "")
        for s, e in spans:
            line = _squeezed(text[s:e])
            if away and to <= s and line == byline and s not in found:
                found[s] = Role.STRAY_BYLINE
            if not article["start"] <= s < article["end"] or s in found:
                continue
            if s < (at if not away else body[0][0]):
                same = named is not None and named[1] == line
                found[s] = Role.COLUMN if same else Role.KICKER
            elif s < body[0][0]:
                found[s] = Role.BYLINE if line == byline else Role.SUBTITLE
            elif _CREDIT.match(line) or re.match("图[①②③④⑤0-9]*[:：为]", line):
                found[s] = Role.CAPTION
            else:
                found[s] = Role.SIGNATURE
        start, end = body[0]
        if not away and len(body) > 1 and _WRITERS.match(text[start:end].strip()):
            for s, _ in spans:
                if start <= s < end:
                    found[s] = Role.BYLINE
    return [(s, e, found.get(s, Role.BODY)) for s, e in spans]


def roles_of(page: Mapping[str, Any], lines: Lines) -> list[Role]:
    """Return the role of every line on which something can be seen."""
    starts, _, roles = zip(*_labelled_roles(page), strict=True)
    # What nobody sees may stand before a line's first character.
    places = np.searchsorted(starts, lines.starts, side="right") - 1
    return [roles[place] for place in places.tolist()]


def _byline(rng: random.Random) -> str:
    names = [
        rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))
        for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))
    ]
    by = rng.choice(_BY)
    joined = rng.choice((" ", " ", "\u3000", "、")).join(names)
    gap = rng.choice((" ", " ", "\u3000", ""))
    line = f"{by}{gap}{joined}" if by else joined
    if not by and len(names) > 1:
        line = names[0]
    if rng.random() < 0.05:
        line = f"（{line}）"
    return line


def _caption(rng: random.Random, paragraphs: Sequence[str], number: int) -> list[str]:
    sentences = [s for p in paragraphs for s in re.findall(r"[^。！？”]{8,45}。", p)]
    about = rng.choice(sentences).strip() if sentences else "活动现场。"
    circled = "①②③④⑤"[number % 5]
    credit = (
        rng.choice(("本报记者", "新华社记者", ""))
        + rng.choice((" ", ""))
        + (rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=2)))
    )
    form = rng.randrange(7)
    if form <= 2:
        lines = [f"图{circled}{rng.choice('：:')}{about}"]
    elif form == 3:
        lines = [f"图为{about}"]
    elif form == 4:
        lines = [f"{rng.choice('▲△▼')}{about}"]
    elif form == 5:
        return [f"图为{about}{credit}摄"]
    else:
        return (
            [f"{about.rstrip('。')}。", f"{credit}摄"]
            if rng.random() < 0.5
            else [f"（{rng.choice(('资料图片', '影像中国', '新华社发'))}）"]
        )
    if rng.random() < 0.5:
        lines.append(f"{credit}{rng.choice(('摄', '摄', '摄影报道'))}")
    return lines


def _two(rng: random.Random, line: str) -> tuple[str, str]:
    middle = len(line) // 2 + rng.choice((0, 0, 0, 0, 0, 0, -2, -1, 1, 2))
    return line[:middle], line[middle:]


def _wrap(text: str, width: int, indent: str) -> list[str]:
    whole = indent + text
    return [whole[i : i + width] for i in range(0, len(whole), width)]


def _shortened(rng: random.Random, paragraphs: Sequence[str]) -> list[str]:
    """Make a short article of a long one: its first paragraphs, of one to three sentences."""
    kept = []
    for paragraph in paragraphs[: rng.randint(1, 7)]:
        sentences = re.findall(r"[^。！？]+[。！？]*[”）]?|[。！？”）]+", paragraph)
        kept.append("".join(sentences[: rng.randint(1, 3)]) or paragraph)
    return kept


def _page(rng: random.Random, articles: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    style = rng.choices(("clean", "spaced", "broken", "wrapped"), (5, 6, 7, 4))[0]
    indent = {"clean": "\u3000\u3000", "wrapped": "\u3000\u3000"}.get(style, "")
    if rng.random() < 0.15:
        indent = rng.choice(("", "\u3000\u3000", "    "))
    blank = 0 if style in ("clean", "wrapped") else 1
    if style == "clean" and rng.random() < 0.1:
        blank = 1
    if style == "wrapped" and not indent:
        blank = 1
    width = rng.choice((14, 16, 18, 20, 22, 24, 26, 28, 32, 36, 40))
    half = style != "wrapped" and rng.random() < 0.3
    loose = rng.random() < 0.1  # blank lines come as they like
    head_blank = max(blank, rng.choice((0, 1, 1)) if style == "wrapped" else blank)
    shows_column, keeps_brackets = rng.random() < 0.7, rng.random() < 0.8
    away = rng.randrange(len(articles)) if rng.random() < 0.4 and len(articles) > 1 else -1
    brief = rng.random() < 0.1
    stray: list[Line] = []
    blocks: list[list[Line]] = []
    for place, article in enumerate(articles):
        paragraphs = [p.strip() for p in article["text"].split("\n") if p.strip()]
        if brief or rng.random() < 0.05:
            paragraphs = _shortened(rng, paragraphs)
        title, column = article["title"].strip(), article["column"]
        bracketed = bool(re.search(r"[（(][^（）()]+[）)]$", title))
        if bracketed and not keeps_brackets:
            title = re.sub(r"\s*[（(][^（）()]+[）)]$", "", title) or title
        head: list[Line] = []
        pre: list[Line] = []
        if column and shows_column and "：" not in column:
            pre.append((column, Role.COLUMN, 0))
        if article["kicker"]:
            for line in article["kicker"].split("\n"):
                pre.append((line, Role.KICKER, 0))
        if len(title) > 13 and rng.random() < (0.15 if style in ("broken", "spaced") else 0.03):
            one, two = _two(rng, title)
            head += [(one, Role.TITLE, 0), (two, Role.TITLE_MORE, -1)]
        else:
            head.append((title, Role.TITLE, 0))
        post: list[Line] = []
        if article["subtitle"]:
            for line in article["subtitle"].split("\n"):
                post.append((line, Role.SUBTITLE, 0))
        where = rng.choices(("head", "tail", "none"), (6, 1, 4) if place == away else (4, 1, 5))[0]
        if rng.random() < 0.02 and len(paragraphs) > 3:
            where = "late"
        if where == "head":
            post.append((_byline(rng), Role.BYLINE, 0))
        body: list[Line] = []
        caption_at = rng.choice((-1, rng.randrange(len(paragraphs) + 1)))
        if rng.random() < 0.7:
            caption_at = len(paragraphs)
        captioned = rng.random() < 0.15
        for n, paragraph in enumerate(paragraphs):
            first = Role.LEAD if place == away and n == 0 else Role.BODY
            if n == 0 and place != away and _WRITERS.match(paragraph) and len(paragraphs) > 1:
                first = Role.BYLINE
            if captioned and caption_at == n and n:
                for line in _caption(rng, paragraphs, 0):
                    body.append((line, Role.CAPTION, 0))
            if half:
                paragraph = paragraph.translate(_HALF)
            if style == "wrapped":
                for m, line in enumerate(_wrap(paragraph, width, indent)):
                    body.append((line, first if m == 0 else Role.BODY_MORE, 0 if m == 0 else -1))
                continue
            torn = style == "broken" and len(paragraph) > 50 and rng.random() < 0.12
            if torn:
                cut = rng.randint(10, len(paragraph) - 10)
                body.append((indent + paragraph[:cut], first, 0))
                if rng.random() < 0.04:
                    for line in _caption(rng, paragraphs, 1):
                        body.append((line, Role.CAPTION, 0))
                gap = rng.choice((1, 1, 2, 4)) if rng.random() < 0.9 else 0
                body.append((paragraph[cut:], Role.BODY_MORE, 100 + gap))
            else:
                body.append((indent + paragraph, first, 0))
            if where == "late" and n == len(paragraphs) // 2:
                body.append((_byline(rng), Role.SIGNATURE, 0))
        if where == "tail":
            body.append((_byline(rng), Role.SIGNATURE, 0))
        if captioned and caption_at == len(paragraphs):
            for number in range(rng.choice((1, 1, 2))):
                for line in _caption(rng, paragraphs, number):
                    body.append((line, Role.CAPTION, 0))
        if place == away:
            for line, role, gap in head:
                moved = Role.STRAY if role == Role.TITLE else Role.STRAY_MORE
                stray.append((line, moved, gap))
            for line, role, gap in post:
                if role == Role.BYLINE:
                    stray.append((line, Role.STRAY_BYLINE, gap))
            kept = [line for line in pre if line[1] == Role.COLUMN]
            blocks.append(kept + body)
        else:
            order = pre + head + post
            blocks.append(order + body)
    if stray:
        where = rng.random()
        if where < 0.7:
            blocks.append(stray)
        elif where < 0.9:
            blocks.insert(rng.randrange(len(blocks) + 1), stray)
        else:
            block = rng.choice(blocks)
            places = [
                n
                for n in range(1, len(block))
                if block[n][1] == Role.BODY and block[n - 1][1] in (Role.BODY, Role.BODY_MORE)
            ]
            at = rng.choice(places) if places else len(block)
            block[at:at] = stray
    text, roles = "", []
    for n, block in enumerate(blocks):
        for m, (line, role, gap) in enumerate(block):
            inner = role in (Role.BODY, Role.BODY_MORE) and (
                m == 0 or block[m - 1][1] in (Role.BODY, Role.BODY_MORE, Role.LEAD)
            )
            breaks = 1 + (blank if inner else head_blank)
            if gap == -1:
                breaks = 1
            elif gap >= 100:
                breaks = 1 + gap - 100
            elif rng.random() < 0.06 and blank:
                breaks += rng.choice((1, 2))
            elif loose:
                breaks = rng.choice((1, 1, 2))
            if m == 0 and n and rng.random() < 0.4 and (blank or style == "wrapped"):
                breaks += rng.choice((1, 2))
            text += "\n" * (breaks if text or rng.random() < 0.1 else 0)
            stripped = line.strip()
            if not stripped:
                continue
            start = len(text) + len(line) - len(line.lstrip())
            text += line
            roles.append((start, start + len(stripped), int(role)))
    text += "\n" * rng.choice((0, 1, 3))
    return {"style": style, "text": text, "roles": roles}


def made_pages(
    corpus: Iterable[Mapping[str, Any]], count: int, *, without: set[str], seed: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield ``count`` pages laid out from articles of ``corpus`` whose ids are not ``without``.

    Articles of one newspaper page stay together, in its order; the rest is drawn at random.
    """
    rng = random.Random(seed)
    by_page: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    by_paper: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for article in corpus:
        if article["id"] in without or not article["title"] or not article["text"].strip():
            continue
        if len(article["title"]) > 60 or "\n" in article["title"]:
            continue
        paper = article["publisher"].split("（")[0]
        if paper in ("人民日报", "学习时报", "新华每日电讯"):
            by_page[article["date"], article["section"]].append(article)
        elif paper in ("新闻联播", "人民网"):
            by_paper[paper].append(article)
    pages = [sorted(p, key=lambda a: a["id"])[:9] for p in by_page.values()]
    # Pages of 2026 carry kickers, subtitles and columns as printed: they are worth more.
    weights = [3.0 if p[0]["date"] >= "2026" else 1.0 for p in pages]
    papers = sorted(by_paper)
    for _ in range(count):
        if rng.random() < 0.92 or not papers:
            articles = rng.choices(pages, weights)[0]
            if len(articles) == 1:
                articles = articles + rng.choices(pages, weights)[0][:4]
            if rng.random() < 0.2:
                articles = rng.sample(articles, len(articles))
        else:
            articles = rng.sample(by_paper[rng.choice(papers)], rng.randint(2, 8))
        yield _page(rng, articles)
