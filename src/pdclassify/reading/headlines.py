"""Headlines printed away from their articles, given back by what their words say.

For a stray headline every place within reach is looked at where an article without a headline
begins or could begin. A small linear model weighs how much of the headline comes back after that
place and before it, how well the text coheres across it, and what the boundary scorer thought.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pdclassify.reading.boundaries import NEVER, Reading, Role
from pdclassify.reading.cohesion import COVER, pair_codes, rarity_of
from pdclassify.reading.lines import Kind, Lines

__all__ = [
    "IN_PLACE",
    "NOWHERE",
    "PLACES",
    "Stray",
    "give_back",
    "nowhere_of",
    "places_of",
    "strays_of",
]

#: How many numbers describe a place that a headline could belong to.
PLACES = 13

#: How many numbers describe a stray headline that could belong nowhere.
NOWHERE = 2

_REACH = 20_000  # characters on either side within which a headline's article is looked for
_MOST = 400  # lines on either side, at most
_AHEAD = 900  # characters in which a headline's words come back
_NOTHING = 0.1  # share of a headline's words that says nothing if it comes back
_SURE = 4.0  # an article without headline that scores so is one even if no headline is found for it
_ROUNDS = 2  # times that what has no proof is read again
_LABEL = 24  # characters of a column's name, at most
_WORDS = (Kind.HAN, Kind.LATIN, Kind.DIGIT, Kind.MARK)  # what such a name ends with
_CROWD = 12  # strays within reach of each other; more are a list, not headlines
_HEAD = frozenset(
    {Role.COLUMN, Role.KICKER, Role.TITLE, Role.TITLE_MORE, Role.SUBTITLE, Role.BYLINE}
)
_TEXT = frozenset({Role.LEAD, Role.BODY, Role.BODY_MORE, Role.CAPTION, Role.SIGNATURE})
IN_PLACE = {
    Role.STRAY: Role.TITLE,
    Role.STRAY_MORE: Role.TITLE_MORE,
    Role.STRAY_BYLINE: Role.BYLINE,
}
_NAMED = re.compile(r"[（(]([^（）()]{2,28})[）)]$")


@dataclass(slots=True)
class Stray:
    """The lines of a stray headline, from ``first`` to ``last``, and which are the title itself."""

    first: int
    last: int
    title: list[int]

    @property
    def lines(self) -> range:
        """All its lines, its byline's among them."""
        return range(self.first, self.last)


def strays_of(roles: Sequence[Role]) -> list[Stray]:
    """Return headlines that no text follows: strays as read, and whole heads without a body."""
    found: list[Stray] = []
    head: Stray | None = None
    n = len(roles)
    for i, role in enumerate(roles):
        if role == Role.STRAY or (role in (Role.STRAY_MORE, Role.STRAY_BYLINE) and head is None):
            head = Stray(i, i + 1, [i])
            found.append(head)
        elif role in (Role.STRAY_MORE, Role.STRAY_BYLINE) and head is not None:
            if role == Role.STRAY_MORE:
                head.title.append(i)
            head.last = i + 1
        else:
            head = None
    at = 0
    while at < n:
        if roles[at] not in _HEAD:
            at += 1
            continue
        end = at
        while end < n and roles[end] in _HEAD:
            end += 1
        if end == n or roles[end] not in _TEXT:
            title = [i for i in range(at, end) if roles[i] in (Role.TITLE, Role.TITLE_MORE)]
            if title and at:
                found.append(Stray(at, end, title))
        at = end
    return sorted(found, key=lambda s: s.first)


def places_of(
    lines: Lines, reading: Reading, rarity: NDArray[np.float32], stray: Stray
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the lines that the stray's article could begin with, and what is seen of each."""
    roles, starts, ends = reading.roles, lines.starts, lines.ends
    low = max(int(np.searchsorted(starts, starts[stray.first] - _REACH)), stray.first - _MOST)
    high = min(int(np.searchsorted(starts, starts[stray.first] + _REACH)), stray.last + _MOST)
    low = max(low, 0)
    opens = np.zeros(high - low, dtype=bool)
    headless = np.zeros(high - low, dtype=bool)
    begins = np.zeros(high - low, dtype=np.int64)  # where the article so far began
    named = _carries_column(lines, stray, np.arange(low, high))
    began, titled, fresh = int(starts[low]), False, low == 0
    for i in range(low, high):
        role, before = roles[i], roles[i - 1] if i else None
        if role in _HEAD and before not in _HEAD:
            began, titled, fresh = int(starts[i]), False, True
        titled |= role == Role.TITLE
        if role == Role.LEAD:
            began, titled = (began if fresh else int(starts[i])), False
        signed = role == Role.SIGNATURE and i + 1 < len(roles) and roles[i + 1] == Role.BODY
        if role in (Role.BODY, Role.LEAD) or signed:  # a text may begin with who wrote it
            opens[i - low] = role == Role.LEAD or named[i - low] or not (fresh and titled)
            headless[i - low] = role == Role.LEAD or (fresh and not titled)
            fresh = False
        begins[i - low] = began
    where = np.flatnonzero(opens) + low
    where = where[(where < stray.first) | (where >= stray.last)]
    if not len(where):
        return where, np.zeros((0, PLACES), dtype=np.float32)
    stops = np.full(high - low, ends[high - 1])
    stop = int(ends[high - 1])
    for i in range(high - 1, low - 1, -1):  # where the article that would begin here ends
        stops[i - low] = stop
        if roles[i] in _HEAD or roles[i] == Role.LEAD:
            stop = int(starts[i])
    first = starts[where]
    ahead = np.minimum(stops[where - low], first + _AHEAD)
    behind = np.maximum(begins[where - low], first - _AHEAD)

    text_low, text_high = int(starts[low]), int(ends[high - 1])
    pairs = pair_codes(lines.codes[text_low:text_high])
    title = _title_pairs(lines, stray)
    weights = rarity[rarity_of(title)] if len(title) else np.zeros(0, np.float32)
    sums = np.zeros((3, len(where)))
    near = np.minimum(ends[where], ahead)
    skip = (int(starts[stray.first]), int(ends[stray.last - 1]))
    hits = np.flatnonzero(np.isin(pairs, title)) + text_low
    hits = hits[(hits < skip[0]) | (hits >= skip[1])]
    which = pairs[hits - text_low]
    for pair, weight in zip(title, weights, strict=True):
        at = hits[which == pair]
        if not len(at):
            continue
        edges = np.concatenate(([-1], at, [text_high + 1]))
        place = np.searchsorted(at, first)
        following = edges[place + 1]
        sums[0] += weight * (following < ahead)
        sums[1] += weight * (following < near)
        sums[2] += weight * (edges[place] >= behind)
    sums /= weights.sum() + 1
    out = np.zeros((len(where), PLACES), dtype=np.float32)
    out[:, :3] = sums.T
    out[:, 3] = sums[0] - sums[0].max()
    out[:, 4] = np.clip(reading.leads(where), -12, 6) * 0.2
    out[:, 5] = headless[where - low]
    out[:, 6] = _carries_column(lines, stray, where)
    out[:, 7] = reading.chains[where, COVER + 2]
    out[:, 8] = reading.chains[where, COVER + 1]
    out[:, 9] = where == 0
    out[:, 10] = np.minimum(np.abs(first - starts[stray.first]) / _REACH, 1)
    out[:, 11] = sums[2] - sums[0]
    out[:, 12] = sums[0] < _NOTHING
    return where, out


def nowhere_of(reading: Reading, stray: Stray) -> NDArray[np.float32]:
    """Return what speaks for it that a stray belongs to none: always, and at the page's end."""
    return np.array([1.0, stray.last == len(reading.roles)], dtype=np.float32)


def _title_pairs(lines: Lines, stray: Stray) -> NDArray[np.uint32]:
    """Return the pairs of characters of the stray's headline, each once."""
    found = []
    for i in stray.title:
        s, e = int(lines.starts[i]), min(int(lines.ends[i]), int(lines.starts[i]) + 80)
        kinds = lines.kinds[s:e]
        wordy = (kinds == Kind.HAN) | (kinds == Kind.LATIN) | (kinds == Kind.DIGIT)
        found.append(pair_codes(lines.codes[s:e])[wordy[:-1] & wordy[1:]])
    return np.unique(np.concatenate(found))


def _column_of(lines: Lines, stray: Stray) -> str | None:
    """Return the column's name that the stray headline carries in brackets."""
    last = stray.title[-1]
    end = int(lines.ends[last])
    named = _NAMED.search(lines.text[max(int(lines.starts[last]), end - 32) : end])
    return named[1] if named else None


def _carries_column(lines: Lines, stray: Stray, where: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return before which lines the name of the headline's column stands."""
    found = np.zeros(len(where), dtype=bool)
    name = _column_of(lines, stray)
    if name is None:
        return found
    for n, i in enumerate(where.tolist()):
        if i:
            s, e = int(lines.starts[i - 1]), int(lines.ends[i - 1])
            found[n] = e - s == len(name) and lines.text[s:e] == name
    return found


def give_back(
    lines: Lines, reading: Reading, params: Mapping[str, NDArray[np.float32]]
) -> list[tuple[Stray, int | None]]:
    """Return every stray headline with the line that its article begins with, if there is one.

    ``reading.roles`` is corrected: that line becomes the lead of an article. An article without
    headline and a headline without article are each other's proof; what has none is read again
    as something else.
    """
    read = list(reading.roles)
    given = _given(lines, reading, params)
    for _ in range(_ROUNDS):
        doubtful = _unproven(reading, given)
        if not doubtful:
            break
        reading.bar(doubtful)
        read = list(reading.roles)
        given = _given(lines, reading, params)
    settled = _settled(lines, reading, given)
    if any(read[line] in roles for line, roles in settled.items()):
        reading.bar(settled)
    return given


def _settled(
    lines: Lines, reading: Reading, given: Sequence[tuple[Stray, int | None]]
) -> dict[int, Collection[Role]]:
    """Return what lines cannot be now that headlines have their places.

    These lines stay what they are, and a few words over a text that begins there are no paragraph
    of the article before: they name its column, or sign the other.
    """
    found: dict[int, Collection[Role]] = {}
    for stray, place in given:
        if place is None:
            continue
        for i in (place, *stray.lines):
            found[i] = [role for role in Role if role != reading.roles[i]]
        over = place - 1
        if over < 0 or over in found:
            continue
        start, end = int(lines.starts[over]), int(lines.ends[over])
        if reading.roles[over] == Role.COLUMN:
            found[over] = [role for role in Role if role != Role.COLUMN]
        elif end - start <= _LABEL and lines.kinds[end - 1] in _WORDS:
            found[over] = (Role.BODY, Role.BODY_MORE)
    return found


def _unproven(
    reading: Reading, given: Sequence[tuple[Stray, int | None]]
) -> dict[int, Collection[Role]]:
    """Return the lines that are probably not what they were read as, and what they are not."""
    homes = {place for _, place in given}
    roles = reading.roles
    lone = [i for i, role in enumerate(roles) if i and role == Role.LEAD and i not in homes]
    leads = np.array(lone, dtype=np.int64)
    doubtful = leads[reading.leads(leads) < _SURE]
    found: dict[int, Collection[Role]] = dict.fromkeys(doubtful.tolist(), (Role.LEAD,))
    for stray, place in given:
        if place is None and stray.last < len(roles) and roles[stray.last] in _TEXT | _HEAD:
            found |= {i: tuple(IN_PLACE) for i in stray.lines if roles[i] in IN_PLACE}
            if roles[stray.last] in _HEAD:  # it stands over another, and they were not read as one
                found[stray.last] = (Role.TITLE_MORE,)
    return found


def _given(
    lines: Lines, reading: Reading, params: Mapping[str, NDArray[np.float32]]
) -> list[tuple[Stray, int | None]]:
    """Match stray headlines with places, one by one, as the roles stand."""
    given: list[tuple[Stray, int | None]] = []
    taken: set[int] = set()
    strays = strays_of(reading.roles)
    for n, stray in enumerate(strays):
        crowd = strays[max(n - _CROWD, 0) : n + _CROWD + 1]
        crowded = len(crowd) > _CROWD and (
            lines.starts[crowd[-1].first] - lines.starts[crowd[0].first] < _REACH
        )
        place = None
        if not crowded:
            where, seen = places_of(lines, reading, params["rarity"], stray)
            free = np.array([i not in taken for i in where.tolist()], dtype=bool)
            where, seen = where[free], seen[free]
            if len(where):
                scores = seen @ params["match_w"]
                best = int(scores.argmax())
                if scores[best] > nowhere_of(reading, stray) @ params["match_b"]:
                    place = int(where[best])
        if place == stray.last:  # it stands where it belongs
            for i in stray.lines:
                reading.roles[i] = IN_PLACE.get(reading.roles[i], reading.roles[i])
                reading.scores[i, list(IN_PLACE)] = NEVER
            continue
        if place is not None:
            reading.roles[place] = Role.LEAD
            if place - 1 not in taken and _carries_column(lines, stray, np.array([place]))[0]:
                reading.roles[place - 1] = Role.COLUMN
                taken.add(place - 1)
            taken.add(place)
        given.append((stray, place))
    return given
