"""Lines that name who wrote: told by their form, where they stand between a headline and its text.

A name is a surname and one or two characters, often with a space between; names are printed alone,
behind a mark, behind what their bearers did (文/…, 口述：…), or it is an institution that writes.
Headlines look like that, too (黄 昏, an essay), so a bare name needs a headline above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.lines import Kind, Lines, among

__all__ = ["authors_of", "is_credit"]

_LONGEST = 60  # characters of a line between text and text that is a headline or names an author
_NAMED = 44  # of one that names authors
_TEXT = 40  # characters from which a line is text
_SENTENCE = 3  # characters of text that ends as sentences and salutations do, at least
_TITLE = 5  # characters of a headline over a bare name, at least, if no column stands over it
_HIGHEST = 8  # lines of a head
_ENDS = among(Kind.END, Kind.COLON, Kind.COMMA, Kind.DOTS)

_SURNAME = (  # less those that are words in headlines: 通 知, 简 讯, 文 摘
    "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌"
    "马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余卜顾孟黄穆萧尹姚邵湛汪祁"
    "毛禹狄米贝臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田"
    "樊胡凌霍虞万支柯昝管卢莫房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲封芮储"
    "靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶黎蓟薄印"
    "宿白怀蒲邰鄂索咸籍赖卓蔺屠蒙池乔阴胥苍闻莘翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿边扈燕冀郏浦尚农温别"
    "庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡耿弘匡寇禄阙欧殳沃蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚"
    "饶曾毋沙乜养鞠须丰巢关蒯查荆红游竺权逯盖桓岳帅缑亢况郈琴商牟佘佴伯赏墨哈谯笪爱阳佟肖付闫覃代仝苟涂邸"
    "原谌]"
)
_DOUBLE = "(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|令狐|宇文|长孙|慕容|司徒|司空|轩辕|端木|夏侯|南宫|独孤|西门|呼延|澹台|拓跋|第五)"
_H = "[\u3400-\u9fff]"
_SYLLABLE = (  # of names that are written by their sound
    "[阿巴布拉德尼克斯特哈希雅贝莫罗瓦萨穆艾卡达马普伊亚奥菲加诺洛西波托利纳内鲁塔里扎图库索勒蒂维沙兰格瑞杰米迪科伯"
    "法丹曼尔福霍凯莱桑佩恩蒙贡姆耶泽赫娜莎琳妮埃弗乌柬廷挪不都热合买提吐逊力江古丽努麦木依玛克苏买吾守汗孜比肉"
    "则帕夏旦帝琪才仁扎西多吉次卓嘎旺久丹增格桑央金洛桑其吾尤铁胡那确巴雅尔白嘎高娃图雅乌兰其其格]"
)
_FOREIGN = f"{_SYLLABLE}{{2,9}}(?:·{_SYLLABLE}{{2,9}}){{1,2}}"
_NAME = rf"(?:{_DOUBLE}\s{{0,3}}{_H}{{1,2}}|{_SURNAME}(?:\s{{0,3}}{_H}|{_H}{{2}})|{_FOREIGN})"
_NAMES = rf"{_NAME}(?:[\s、，/]+{_NAME}){{0,7}}"
_WHO = "(?:(?:本报|本刊|本台|本网|新华社|特约|见习|实习|首席|驻地|全媒体|融媒体)*(?:记者|通讯员|评论员|撰稿人?|实习生))"
_DID = "(?:口述|整理|采访|采写|撰文|撰稿|执笔|文字|摄影|图片|作者|译者?|编译|翻译|讲述|记录|文图|图文|文|图)"
_CREDIT = rf"(?:{_DID}(?:/{_DID})*(?:人|者)?\s?[：/|丨｜∕／]\s?(?:{_WHO}\s*)?{_NAMES})"

#: Nothing else than who wrote, wherever it stands under a headline.
_SURE = (
    rf"[■□○●◇◆◎★☆]\s*(?:{_WHO}\s*)?{_NAMES}(?:\s?文/图)?|{_CREDIT}(?:[\s，；]*{_CREDIT})*"
    rf"|[Bb][Yy]\s[A-Z][\w .'’-]{{2,30}}"
)
#: Names alone, with a space inside or between them.
_BARE = _NAMES
_BODY = re.compile(  # an institution, by where it is and what it is
    r"(?:中共|本报|本刊|全国|国家|中国|中央|新华社|\S{2,9}?(?:省|市|县|区|州|旗|镇|乡|村|局|厅|院|委|部|集团|公司|大学|学院|街道|党校))"
    r"\S{0,22}?(?:课题组|调研组|写作组|评论员|编辑部|党组|党委|纪委|监委|党校|[组宣]\S部|统战部|政法委|[政研]\S?研究?室|研究[院所]"
    r"|研究中心|办公室|委员会|领导小组|工作组|专班|协会|联合会|总工会|学院|大学)"
)
_NO_BODY = re.compile(
    "[的了在把到让使获赴访被是有见走召，。：；！？、“”]|成立|设立|启动|举行|公布|发布|揭牌|表彰"
)
#: Who took a picture, and nothing else.
_CREDITED = rf"(?:{_WHO}\s*)?{_NAMES}\s*(?:摄影?|/摄)(?:影?报道)?"
#: A line without one of these matches none of `_SURE`, and none of `_BARE`.
_MARKED = re.compile("[■□○●◇◆◎★☆：/|丨｜∕／Bb]")
_SPACED = re.compile(r"[\s·]")
_DATE = re.compile(r"[（(]?\d{4}年\d{1,2}月\d{1,2}日[）)]?")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern with surnames in it, which takes a while, when a line asks for it."""
    return re.compile(pattern)


def is_credit(line: str) -> bool:
    """Tell whether a line says who took a picture, and nothing else."""
    return _compiled(_CREDITED).fullmatch(line) is not None


def authors_of(lines: Lines) -> Iterator[tuple[int, bool]]:
    """Yield each line under a headline that names who wrote, and whether that is certain."""
    length = lines.ends - lines.starts
    closed = _ENDS[lines.kinds[lines.ends - 1]]
    text = (length > _TEXT) | (closed & (length >= _SENTENCE))
    head = (length <= _LONGEST) & ~closed
    for below in _below(head, text):
        yield from _over(lines, head, below)


def _below(head: NDArray[np.bool_], text: NDArray[np.bool_]) -> list[int]:
    """Return the lines of text that two lines at least stand over, which might be its head."""
    over = head[:-2] & head[1:-1] & text[2:]
    found: list[int] = (np.flatnonzero(over) + 2).tolist()
    return found


def _over(lines: Lines, head: NDArray[np.bool_], below: int) -> Iterator[tuple[int, bool]]:
    """Yield the authors over one text, from below."""
    bare = False
    for at in range(below - 1, max(below - _HIGHEST, 0), -1):
        if not head[at - 1]:
            return
        line = _line(lines, at)
        above = _line(lines, at - 1)
        if _DATE.fullmatch(line):
            continue
        if _MARKED.search(line) and _compiled(_SURE).fullmatch(line):
            yield at, True
        elif bare or (len(above) < _TITLE and not (at > 1 and head[at - 2])):
            return
        elif _SPACED.search(line) and _compiled(_BARE).fullmatch(line):
            yield at, False
        elif _BODY.fullmatch(line) and not _NO_BODY.search(line):
            yield at, True
        else:
            return
        bare = True


def _line(lines: Lines, at: int) -> str:
    """Return a line, or nothing if it is too long to name anybody."""
    start, end = int(lines.starts[at]), int(lines.ends[at])
    return lines.text[start:end] if end - start <= _NAMED else "=" * _NAMED
