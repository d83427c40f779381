"""A small model for the tests, learned from sentences of our own."""

from __future__ import annotations

import numpy as np

from pdclassify.article import Article
from pdclassify.text.traditional import PAIRS
from pdclassify.topics.calibration import Sigmoid
from pdclassify.topics.features import Features, Field, part
from pdclassify.topics.layers import Layer, quantize
from pdclassify.topics.model import Primary, TopicModel
from pdclassify.topics.subject import Subject

TOPICS = ("party_building", "governance", "style")
ARTICLES = (
    (
        "支部建在产业链上",
        "镇里的党支部每月开一次组织生活会，党员轮流讲党课，发展新党员三名。",
        "100",
    ),
    ("党课开进果园", "老书记把党课搬到果园里，党员和群众一起听，支部的凝聚力更强了。", "100"),
    ("选好村里的带头人", "换届以后，党支部书记平均年龄降了八岁，基层党组织更有活力。", "100"),
    ("网格员的一天", "社区的网格员走街串巷，登记诉求，调解邻里纠纷，把矛盾化解在楼栋里。", "010"),
    ("一条热线管到底", "市里把便民热线并成一条，接诉即办，基层治理的效率提高了。", "010"),
    ("楼道里的议事会", "居民坐在一起商量加装电梯，协商治理让老旧小区有了新模样。", "010"),
    ("会议少了脚步勤了", "县里清理文山会海，干部下村调研轻车简从，形式主义的老毛病少了。", "001"),
    ("一张接待清单", "公务接待照单吃饭照价付钱，违反八项规定精神的人和事被点名通报。", "001"),
    ("把节约写进制度", "机关食堂提倡光盘，公车统一管理，享乐奢靡之风没有了市场。", "001"),
    ("党建引领小区治理", "党支部牵头成立业主委员会，党员当楼长，网格里的矛盾有人管。", "110"),
    ("杂技团进山演出", "演员们在打谷场上翻跟头，孩子们看得入迷，锣鼓声传出很远。", "000"),
    ("球队客场取胜", "下半场替补前锋连入两球，球迷在雨里唱了一路的歌。", "000"),
    ("明日有小雨", "气象台说冷空气南下，北部山区有小雨，早晚温差较大。", "000"),
    ("稻子熟了", "收割机下了田，金黄的谷粒装满了车，今年又是一个好收成。", "000"),
)


def articles() -> list[Article]:
    """Return the articles, in an order that means nothing."""
    return [Article(text=text, title=title) for title, text, _ in ARTICLES]


def traditional(text: str) -> str:
    """Return a text in traditional characters, one for one."""
    return text.translate(dict(zip(map(ord, PAIRS[1::2]), PAIRS[::2], strict=True)))


def drawn(n_terms: int, n_topics: int, dimensions: int) -> Subject:
    """Draw a subject over every third term."""
    rng = np.random.default_rng(dimensions)
    terms = np.arange(0, n_terms, 3)
    forms = rng.normal(scale=0.05, size=(n_topics, dimensions, dimensions))
    weights = quantize(rng.normal(size=(len(terms), dimensions)), 8)
    return Subject(n_terms, terms, *weights, forms + forms.transpose(0, 2, 1))


def made(
    n_topics: int = 3, bits: int = 16, *, marks: bool = False, dimensions: int = 0
) -> TopicModel:
    """Learn a model by least squares: few lines, and no scikit-learn.

    With ``marks``, its headlines' n-grams hold marks; with ``dimensions``, it has a subject of so
    many, which is not learned but drawn at random.
    """
    documents = articles()
    wanted = np.array([[float(mark) for mark in marks] for *_, marks in ARTICLES])[:, :n_topics]
    features = [
        Features.learn([part(d, field.name) for d in documents], field, min_df=1)
        for field in (Field("headline", (1, 2), marks=marks), Field("body", (1, 4)))
    ]
    rows = np.hstack(
        [f.matrix([part(d, f.field.name) for d in documents]).toarray() for f in features]
    )
    weights = rows.T @ np.linalg.solve(rows @ rows.T + 0.1 * np.eye(len(rows)), 2 * wanted - 1)
    split = len(features[0])
    return TopicModel(
        name="small",
        topics=TOPICS[:n_topics],
        multilabel=True,
        layers=[
            Layer(features[0].for_both_scripts(), *quantize(weights[:split], bits)),
            Layer(
                features[1].for_both_scripts(),
                *quantize(weights[split:], bits),
                drawn(len(features[1]), n_topics, dimensions) if dimensions else None,
            ),
        ],
        intercept=np.linspace(-0.1, 0.1, n_topics),
        calibration=Sigmoid((3.0,) * n_topics, (0.2,) * n_topics),
        thresholds=dict.fromkeys(TOPICS[:n_topics], 0.5),
        primary=Primary(probability=0.5, fields={"headline": 1.0}),
        min_chars=5,
        info={"made_of": "sentences in our own words"},
    )
