"""Reads what the text of an announcement says about the hours of a week.

The text is written out first (:func:`app.core.korean.speakable`), so that 평일 9시~18시, 월~금 09:00-18:00
and 평일 오전 아홉 시부터 오후 여섯 시까지 are read alike. What is not understood is no claim: a warning that
is wrong teaches people to ignore the others. Single dates and holidays are not claims either; they are no
weekly hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.core.business_hours import DAY_SECONDS, Window
from app.core.korean import speakable
from app.core.spoken_times import SPAN, UNTIL, span, until

EVERY_DAY = frozenset(range(7))
_DAYS = "월화수목금토일"


@dataclass(frozen=True, slots=True)
class Claim:
    """A text says that the centre is open, or closed, at a time.

    ``weekdays``: Monday = 0; None where the text does not say which, which means every day about which it says
    nothing else. ``start`` and ``end``: seconds of the day, [start, end), an end after midnight beyond 24 hours.
    ``others``: what the words can mean beside that, where the half of the day is left out. ``words``: what it was
    read from, written out.
    """

    weekdays: frozenset[int] | None
    start: int
    end: int
    is_open: bool
    words: str
    others: tuple[Window, ...] = ()

    @property
    def whole_day(self) -> bool:
        """Whether it is about days, not about hours: 주말 휴무, 24시간."""
        return (self.start, self.end) == (0, DAY_SECONDS)


_DAY = f"[{_DAYS}]"
_LISTED = rf"(?<![가-힣]){_DAY}(?:요일)?(?:(?:, ?| ?및 |과 |와 | ){_DAY}(?:요일)?){{0,9}}"
_TOKEN = re.compile(
    "|".join(
        (
            r"(?P<stop>[.!?])",
            f"(?P<span>{SPAN})",
            f"(?P<only>{UNTIL})",
            rf"(?P<but>{_LISTED}(?:을|를|은|는)? ?(?:제외한|제외하고|제외|빼고|뺀|외) (?:매일|모든|나머지))",
            rf"(?P<run>(?<![가-힣])(?P<from>{_DAY})(?:요일)?부터 (?P<to>{_DAY})(?:요일|(?=까지))(?:까지)?)",
            rf"(?P<named>{_LISTED}(?<=요일)|{_LISTED}"
            r"(?=(?:,| 및)? ?(?:법정 ?)?공휴일|,? ?휴[무진점관업]))",
            r"(?P<week>평일|주중|주말|매일|연중 ?무휴|날마다)",
            r"(?P<holiday>공휴일|명절|연휴|설날|추석|신정|구정)",
            r"(?P<once>오늘|금일|내일|이번 ?주|다음 ?주|격주|[가-힣]째 ?주"
            r"|[일이삼사오육칠팔구십유시]{1,3}월 [일이삼사오육칠팔구십]{1,4}일)",
            r"(?P<always>이십사 시간(?! ?(?:이내|안에|후|전|뒤|이상))|이십사 시(?= ?(?:운영|영업|상담|연중)))",
            r"(?P<rest>(?:점심(?= 낮| 오[전후])|(?:점심|휴게|휴식|식사) ?시간|브레이크 ?타임|런치)"
            r"(?! ?(?:없|에도|무관|정상)))",
            r"(?P<other>(?:점검|정비|배송|발송|출고|수거|설치|주차|셔틀|체크인|체크아웃)"
            r"(?! ?(?:문의|상담|조회|관련|안내)))",
            r"(?P<off>휴[무진점관업](?! ?없)|쉽니다|쉬[는며고어]"
            r"|(?:상담|영업|운영|진료|근무)(?:[을를은는이가]|시간이)? ?(?:하지 않|안 |없|쉬|불가|중단))",
            r"(?P<except>제외)",
        )
    )
)
_WEEK = {"평일": frozenset(range(5)), "주중": frozenset(range(5)), "주말": frozenset({5, 6})}
_NOT_OPEN = re.compile(
    r"(?:[은는이가를]|에는?|입니다)?,? ?(?:(?P<rest>점심|휴게|휴식|브레이크)|제외|쉽|쉬|휴[무진점]|불가"
    r"|(?:상담|통화|연결|운영|진료|영업|이용)(?:[은는이가을를])? ?(?:어렵|불가|없|되지|하지 않|안 |중단|제한|할 수 없))"
)
_SPAN_AHEAD = re.compile(rf"(?: ?시간| ?타임)?[은는이]?,? ?(?:{SPAN})")
_NOT_OURS = re.compile(r"(?:에|에는)? ?(?:설치|방문|배송|발송|도착|출고|수거|픽업|점검|정비)")
_NEAR = 16
"""Characters between days that are told together, at most."""
_JOINED = re.compile(r"(?:[,과와은는 ]|및|또는|그리고|부터|[일이삼사오육칠팔구십]{1,4}일)*")


@dataclass
class _Reader:
    """Goes through the words of a text from left to right."""

    text: str
    found: list[Claim] = field(default_factory=list)
    days: frozenset[int] = frozenset()
    special: bool = False
    """Holidays or dates are among the days; when there is nothing else it is no claim about the week."""
    once: bool = False
    """The weekdays that follow are those of a date or of some weeks only (둘째 주 일요일): no claim either."""
    used: bool = True
    """Something was said about these days already; the next day begins anew."""
    resting: bool = False
    """The next span is a break (점심시간)."""
    other: bool = False
    """The next span is about something else (배송, 주차)."""
    words_from: int = 0
    days_end: int = 0
    ends: list[tuple[frozenset[int], tuple[int, ...], str]] = field(default_factory=list)
    in_sentence: int = 0
    """Number of claims before this sentence."""

    def read(self) -> tuple[Claim, ...]:
        for match in _TOKEN.finditer(self.text):
            _READ[match.lastgroup or ""](self, match)
        self._end_sentence()
        hours = any(claim.is_open and not claim.whole_day for claim in self.found)
        # 상담은 평일 9시~18시, 사고접수는 24시간: the latter is something else.
        found = [
            claim
            for claim in self.found
            if not (hours and claim.is_open and claim.whole_day and claim.weekdays is None)
        ]
        for days, ends, words in self.ends:
            found = _with_end(found, days, ends, words)
        return tuple(found)

    # -- days

    def _name_days(self, match: re.Match[str], days: frozenset[int], *, special: bool = False) -> None:
        if self.used or not self._joins(match):
            self.days, self.special, self.once, self.words_from = frozenset(), False, False, match.start()
        self.special = self.special or special
        self.days = self.days if self.once else self.days | days
        self.used, self.days_end = False, match.end()

    def _joins(self, match: re.Match[str]) -> bool:
        """Whether it belongs to the days before it: 토요일과 일요일, 평일은 24시간."""
        near = match.start() - self.days_end <= _NEAR
        return near and _JOINED.fullmatch(self.text, self.days_end, match.start()) is not None

    def _but(self, match: re.Match[str]) -> None:
        self._name_days(match, EVERY_DAY - _listed(match["but"]))

    def _run(self, match: re.Match[str]) -> None:
        first, last = _DAYS.index(match["from"]), _DAYS.index(match["to"])
        self._name_days(match, frozenset((first + step) % 7 for step in range((last - first) % 7 + 1)))

    def _named(self, match: re.Match[str]) -> None:
        self._name_days(match, _listed(match["named"]))

    def _week(self, match: re.Match[str]) -> None:
        self._name_days(match, _WEEK.get(match["week"], EVERY_DAY))

    def _holiday(self, match: re.Match[str]) -> None:
        self._name_days(match, frozenset(), special=True)

    def _once(self, match: re.Match[str]) -> None:
        self._name_days(match, frozenset(), special=True)
        self.once = True

    # -- what is said of them

    def _span(self, match: re.Match[str]) -> None:
        behind = match.end()
        readings = span(match)
        if self.other or _NOT_OURS.match(self.text, behind):
            self.used, self.other = True, False
            return
        if not readings or not (match["until"] or match["join"] == "부터"):
            return
        lunch = match["half1"] == "점심"
        is_open = not (self.resting or lunch or self._closes(behind))
        self._say(match, readings, is_open=is_open)
        self.resting = False

    def _closes(self, behind: int) -> bool:
        """Whether what follows a span says that it is a break. What is said of the next span does not count."""
        match = _NOT_OPEN.match(self.text, behind)
        return match is not None and not (match["rest"] and _SPAN_AHEAD.match(self.text, match.end()))

    def _only(self, match: re.Match[str]) -> None:
        """화, 목요일 오후 여덟 시까지: another end than is said elsewhere."""
        if not self.used and self.days and not self.once:
            words = self.text[self.words_from : match.end()]
            self.ends.append((self.days, until(match), words))
        self.used = True

    def _always(self, match: re.Match[str]) -> None:
        if self.used or not self._joins(match):
            self.used, self.days = True, frozenset()
        self._say(match, ((0, DAY_SECONDS),), is_open=True)

    def _rest(self, match: re.Match[str]) -> None:
        self.resting = True

    def _other(self, match: re.Match[str]) -> None:
        self.other = True

    def _off(self, match: re.Match[str]) -> None:
        if self.special and self.days >= _WEEK["평일"]:
            self.special = False  # 평일 (공휴일 휴무): only the holidays are meant
        elif not self.used:
            self._say(match, ((0, DAY_SECONDS),), is_open=False)

    def _say(self, match: re.Match[str], readings: tuple[Window, ...], *, is_open: bool) -> None:
        apart = self.used and not is_open
        special = self.special and not self.days and not apart
        weekdays = None if apart or not self.days else self.days
        begin = match.start() if self.used else self.words_from
        if not special:
            (start, end), *others = readings
            words = self.text[begin : match.end()].strip()
            self.found.append(Claim(weekdays, start, end, is_open, words, tuple(others)))
        self.used = True

    def _stop(self, match: re.Match[str]) -> None:
        self._end_sentence()
        self.days, self.special, self.once, self.used = frozenset(), False, False, True
        self.resting = self.other = False
        self.in_sentence = len(self.found)

    def _end_sentence(self) -> None:
        """오전 아홉 시부터 오후 여섯 시까지, 월요일부터 금요일까지: the days may come last."""
        said = self.found[self.in_sentence :]
        if self.used or not self.days or not said or any(claim.weekdays for claim in said):
            return
        self.found[self.in_sentence :] = [
            Claim(self.days, claim.start, claim.end, claim.is_open, claim.words, claim.others)
            if claim.is_open
            else claim
            for claim in said
        ]


_READ: dict[str, Callable[[_Reader, re.Match[str]], None]] = {
    "stop": _Reader._stop, "span": _Reader._span, "only": _Reader._only, "but": _Reader._but,
    "run": _Reader._run, "named": _Reader._named, "week": _Reader._week, "holiday": _Reader._holiday,
    "once": _Reader._once, "always": _Reader._always, "rest": _Reader._rest, "other": _Reader._other,
    "off": _Reader._off, "except": _Reader._off,
}  # fmt: skip


def _with_end(
    found: Sequence[Claim], days: frozenset[int], ends: Sequence[int], words: str
) -> list[Claim]:
    """평일 9시~18시, 금요일은 17시까지: the last opening of these days ends at another time."""
    last = max(
        (claim for claim in found if claim.is_open and claim.weekdays and days <= claim.weekdays),
        key=lambda claim: claim.end,
        default=None,
    )
    later = [end for end in ends if last and end > last.start]
    if last is None or not later:
        return list(found)
    rest = frozenset(last.weekdays or ()) - days
    kept = [Claim(rest, last.start, last.end, True, last.words, last.others)] if rest else []
    place = found.index(last)
    return [*found[:place], *kept, *found[place + 1 :], Claim(days, last.start, later[0], True, words)]


def _listed(words: str) -> frozenset[int]:
    return frozenset(_DAYS.index(day) for day in re.findall(rf"(?<![가-힣]){_DAY}", words))


def claims(text: str) -> tuple[Claim, ...]:
    """What the text says about weekly hours, in the order in which it says it; empty when it names none."""
    return _Reader(speakable(text)).read()
