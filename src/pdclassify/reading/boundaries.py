"""What every line of a page is: headline, byline, paragraph, caption."""

from __future__ import annotations

import re
from enum import IntEnum

import numpy as np

from pdclassify.reading.lines import Kind, Lines

__all__ = ["Role", "roles_of"]


class Role(IntEnum):
    """What a line is to its article."""

    COLUMN = 0
    KICKER = 1
    TITLE = 2
    TITLE_MORE = 3  # the rest of a headline broken over two lines
    SUBTITLE = 4
    BYLINE = 5
    LEAD = 6  # the first paragraph of an article that has no headline here
    BODY = 7
    BODY_MORE = 8  # the rest of a paragraph torn or wrapped
    SIGNATURE = 9  # a byline after the body
    CAPTION = 10
    STRAY = 11  # a headline printed away from its article
    STRAY_MORE = 12
    STRAY_BYLINE = 13


_BYLINE = re.compile(r"(本报|新华社)?(记者|通讯员|评论员)\s*\S{2,4}(\s+\S{2,4})*$|^[\u4e00-\u9fff]{2,3}$")
_CAPTION = re.compile(r"(图[①-⑩0-9]*[:：为]|▲)|.{0,30}摄$")


def roles_of(lines: Lines, *, whole: bool = False) -> list[Role]:
    """Give every line its role."""
    text = lines.text
    spans = list(zip(lines.starts.tolist(), lines.ends.tolist(), strict=True))
    roles: list[Role] = []
    texts = [text[s:e] for s, e in spans]
    kinds = lines.kinds[lines.ends - 1]
    ends = np.isin(kinds, (Kind.END, Kind.CLOSE_QUOTE, Kind.DOTS)).tolist()
    body = [e and len(t) > 12 or len(t) > 60 for t, e in zip(texts, ends, strict=True)]
    i = 0
    while i < len(texts):
        if body[i]:
            torn = bool(roles) and roles[-1] in (Role.BODY, Role.BODY_MORE) and not ends[i - 1]
            roles.append(Role.BODY_MORE if torn else Role.BODY)
            i += 1
            continue
        j = i
        while j < len(texts) and not body[j]:
            j += 1
        run = texts[i:j]
        captions = [bool(_CAPTION.match(t)) for t in run]
        bylines = [bool(_BYLINE.match(t)) for t in run]
        heads = [k for k in range(len(run)) if not captions[k] and not bylines[k]]
        if j == len(texts) and i:
            for k in range(len(run)):
                if captions[k]:
                    roles.append(Role.CAPTION)
                elif bylines[k]:
                    stray = roles[-1] == Role.STRAY
                    roles.append(Role.STRAY_BYLINE if stray else Role.SIGNATURE)
                else:
                    roles.append(Role.STRAY)
        elif heads and (i == 0 or len(run) > 1):
            title = max(heads, key=lambda k: (k + 1 < len(run) and bylines[k + 1], len(run[k])))
            for k in range(len(run)):
                if captions[k]:
                    roles.append(Role.CAPTION)
                elif k < title:
                    roles.append(Role.KICKER if not bylines[k] else Role.SIGNATURE)
                elif k == title:
                    roles.append(Role.TITLE)
                else:
                    roles.append(Role.BYLINE if bylines[k] else Role.SUBTITLE)
        else:
            roles.extend(
                Role.CAPTION if c else Role.SIGNATURE if b else Role.BODY
                for c, b in zip(captions, bylines, strict=True)
            )
        i = j
    return roles
