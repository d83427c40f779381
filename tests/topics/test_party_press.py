"""The shipped model on texts in our own words: what it must find, and what is none of its topics."""

from __future__ import annotations

import pytest

import pdclassify
from pdclassify.article import Article
from pdclassify.topics.model import TopicModel

NONE = {
    "English": (
        "The committee met on Tuesday to discuss the budget. Members of the party praised the new"
        " rules on governance and asked for more discipline in spending public money. " * 3
    ),
    "Russian": "Вчера в городе открылась выставка молодых художников, пришли сотни зрителей. " * 4,
    "Japanese": "昨日の夜、東京の公園で桜が満開になり、大勢の人が花見を楽しんだ。ラーメンもおいしかった。"
    * 4,
    "poem": "山中一夜雨，溪上百花明。\n短笛谁家子，隔林时一声。\n云随归鸟去，月共小舟行。\n莫问江南客，今年白发生。",
    "football": (
        "昨晚的联赛里，主队在落后两球的情况下连扳三球。第七十分钟，替补前锋接到右路传中，"
        "头球顶进远角；补时阶段，队长罚进点球。赛后主教练说，球员们的体能和斗志都让他满意。"
        "客队门将多次扑出险球，仍没能带走一分。下周两队将在杯赛中再次相遇。"
    ),
    "weather": (
        "中央气象台预计，未来三天冷空气将自北向南影响我国大部地区，气温下降六到十摄氏度，"
        "局地有大到暴雨，并伴有短时强降水和雷暴大风。南方江河水位上涨，请注意防范山洪和滑坡。"
        "北方早晚温差大，外出注意添衣。"
    ),
    "recipe": (
        "把排骨冷水下锅焯去血沫，捞出沥干。锅里放少许油，下冰糖小火炒到枣红色，倒入排骨翻炒上色，"
        "加料酒、生抽、姜片和热水，小火焖四十分钟，最后大火收汁，撒上葱花就可以出锅了。"
    ),
    "market": (
        "受外盘影响，两市股指今天低开高走，成交额比前一交易日放大两成。芯片和新能源板块领涨，"
        "银行股走弱。分析师认为，短期市场仍以震荡为主，投资者应当控制仓位。"
    ),
    "digits": "2024 13.5 88% 1,024 " * 30,
    "marks": "……！！——？？" * 20,
}
FOUND = {
    "party_building": Article(
        title="支部建在产业链上",
        text=(
            "镇党委把党支部建在果品产业链上，党员认领责任田，定期过组织生活，开展主题党日。"
            "今年以来，三个村的党支部书记轮流讲党课，发展新党员六名，软弱涣散的基层党组织得到整顿。"
            "镇里还给每个党员建了积分台账，先锋模范作用看得见。组织委员说，要把支部的战斗堡垒筑得更牢，"
            "让党的组织和党的工作覆盖到每一个合作社。"
        ),
    ),
    "governance": Article(
        title="网格里的事网格里办",
        text=(
            "街道把社区划成二十八个网格，网格员每天巡查、登记居民的诉求，能办的当场办，办不了的上报平台派单。"
            "居民议事会商量停车、加装电梯这些烦心事，调解员把矛盾纠纷化解在楼栋里。市里用大数据把十二个部门的"
            "系统连在一起，接诉即办，基层社会治理的效率提高了，群众的满意度也上去了。"
        ),
    ),
    "style": Article(
        title="把会议和文件减下来",
        text=(
            "县纪委监委通报了五起违反中央八项规定精神的典型问题，涉及公款吃喝、违规收受礼品礼金、公车私用。"
            "县委要求深入整治形式主义、官僚主义，精简会议和文件，规范督查检查，切实为基层减负。"
            "巡察组随机到村里走访，看干部是不是真的沉到一线，严查享乐主义和奢靡之风。"
        ),
    ),
}


@pytest.fixture(scope="module")
def party_press() -> TopicModel:
    """The model that comes with pdclassify."""
    return pdclassify.load()


@pytest.mark.parametrize("what", NONE)
def test_other_texts_get_no_topic(what: str, party_press: TopicModel) -> None:
    """Foreign text, poems, sports, weather and numbers are none of the topics, with a reason."""
    (found,) = party_press.predict([NONE[what]])
    assert found.topics == ()
    assert found.primary is None
    assert found.reason in ("below_threshold", "no_known_terms")


@pytest.mark.parametrize("text", ["", " \n", "党建", "党支部书记讲党课"])
def test_too_short_is_said(text: str, party_press: TopicModel) -> None:
    """A handful of characters is not guessed at, whatever they say."""
    (found,) = party_press.predict([text])
    assert found.topics == ()
    assert found.reason == "too_short"


@pytest.mark.parametrize("topic", FOUND)
def test_plain_cases_are_found(topic: str, party_press: TopicModel) -> None:
    """An article that is about one topic from end to end gets it first."""
    (found,) = party_press.predict([FOUND[topic]])
    assert found.primary == topic
    explained = party_press.explain(FOUND[topic], topic)
    total = explained.intercept + sum(term.weight for term in explained.terms)
    assert total == pytest.approx(explained.decision, abs=1e-9)


def test_alone_and_together_are_the_same(party_press: TopicModel) -> None:
    """Every prediction is the same, to the last bit, alone and in a batch."""
    documents: list[str | Article] = [*NONE.values(), *FOUND.values()]
    together = party_press.decision_function(documents)
    for place, document in enumerate(documents):
        assert (party_press.decision_function([document])[0] == together[place]).all()
