"""What stands behind a figure decides how it is read: 세 명, 삼층, 삼 분, 오 킬로그램.

Where it matters the tables name the beginnings of longer words that a word is not (3대학 is no 세 대).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from app.core.korean_numbers import about, decimal, native, sino


class Way(enum.Enum):
    """How people count with a word."""

    COUNT = "세 명"
    """native, apart"""
    AMOUNT = "삼 분"
    """Sino-Korean, apart"""
    TIMES = "삼회"
    """Sino-Korean, together; a span of two neighbours is 이삼일"""
    ORDER = "삼층"
    """Sino-Korean, together; a span is 일층부터 삼층까지"""
    SUM = "삼만원"
    """Sino-Korean, together; a span is 삼만원에서 오만원"""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word behind a figure: how it is counted and what is said for it."""

    way: Way
    said: str


_COUNT = """
시간!표 명!함|절|품|세서
개!월|국|소|년|발|강|념|별|인|원|통|점|봉|시|정|업|교|장|최|편|선|설|량|학|근|방|회|막 살!림|균 마리
대!학|표|기업|리점|회|상|교|륙|통령|출|여|행|형 잔!액|여|금|고 병!원|동|실 곳 가지 번째 달!러|성|력|인
장!소|비|애|기|관|점|바|학|례|단|르|미|치 권!역|리|장|한 통!화|신|합|증|관|장|원|계|역 벌!금|점 켤레 송이
그루 자루 봉지 상자 박스 세트 팩!스|토 캔!들|디 컵 알!림|바|레|러 포!인|함|장|스|터|항|토 쌍!용|둥|방
건!물|강|축|설|조|반|전 차례 바퀴 끼 배!송|달|우|경|당|포|수|상|관|터 줄 칸!막 군데 사람 자리 글자 종류
과목 강좌 조각 접시 그릇 스푼 방울 다발 묶음 뭉치 채!널|용|팅|무|권 판!매|정|단|촉|교 테이블 가구!점 문제
팀!장|원|플 코스!트|피|닥 매!장|주|월|일|출|입|니|년
"""
_AMOUNT = """
분!의|기|야|실|류|점|석|양|할|리|납|원|쇄|권 초!등|과|기|반|중|급|보|음
주!년|문|소|말|방|식|택|요|류|변|유 주일 주간!지|보 인분 퍼센트 퍼센트포인트 프로!그|모|젝|필|덕|세 달러
유로 엔!진|지|터 위안 파운드 센트!럴 킬로 킬로그램 그램 톤 리터 미터 킬로미터 센티미터 밀리미터 센티 밀리
인치 포인트 와트 볼트 킬로와트 기가 메가 테라 기가바이트 메가바이트 칼로리 킬로칼로리 헤르츠 데시벨
제곱미터 세제곱미터 헥타르 캐럿 마일 문항 병상 페이지 온스
"""
_TIMES = """
일 개월 년 회 인 세 박 개국 개소 개년 끼니 학년 인용 인승 인실 인조
"""
_ORDER = """
년도 년생 년차 일차 월 층 호 호점 호선 호실 호차 호기 번 번지 번길 번가 등 등급 급 위 순위 차 학년도 교시
학기 분기 단계 단지 종 형 절 항 편 탄 쪽 세기 구역 주차
"""
_SUM = "원 점 평 도"

_LATIN = {
    "%p": "퍼센트포인트", "%": "퍼센트", "kg": "킬로그램", "Kg": "킬로그램", "KG": "킬로그램",
    "g": "그램", "mg": "밀리그램", "km": "킬로미터", "Km": "킬로미터", "KM": "킬로미터", "m": "미터",
    "cm": "센티미터", "CM": "센티미터", "mm": "밀리미터", "MM": "밀리미터", "km2": "제곱킬로미터",
    "m2": "제곱미터", "cm2": "제곱센티미터", "m3": "세제곱미터", "cm3": "세제곱센티미터", "L": "리터",
    "l": "리터", "ml": "밀리리터", "mL": "밀리리터", "ML": "밀리리터", "cc": "씨씨", "CC": "씨씨",
    "KB": "킬로바이트", "MB": "메가바이트", "GB": "기가바이트", "TB": "테라바이트", "G": "기가",
    "bps": "비피에스", "Kbps": "킬로비피에스", "Mbps": "메가비피에스", "Gbps": "기가비피에스",
    "Hz": "헤르츠", "kHz": "킬로헤르츠", "MHz": "메가헤르츠", "GHz": "기가헤르츠", "W": "와트",
    "kW": "킬로와트", "KW": "킬로와트", "kWh": "킬로와트시", "V": "볼트", "mAh": "밀리암페어시",
    "°C": "도", "°F": "도", "°": "도", "kcal": "킬로칼로리", "Kcal": "킬로칼로리", "cal": "칼로리",
    "dB": "데시벨", "ppm": "피피엠", "px": "픽셀", "inch": "인치", "in": "인치", "ft": "피트",
    "oz": "온스", "lb": "파운드", "ha": "헥타르", "t": "톤", "ton": "톤", "P": "포인트", "min": "분",
    "sec": "초", "s": "초", "EA": "개", "ea": "개", "USD": "달러", "KRW": "원", "$": "달러", "₩": "원",
    "€": "유로", "¥": "엔",
}  # fmt: skip
_ATTACHED = frozenset("g m L l t W V s G P in $ ₩ € ¥".split())
"""Must stand right behind the figure: 3 m is no metre."""

_NATIVE_HOURS = 20
"""From here on a span of hours is Sino-Korean: 열다섯 시간, but 이십사 시간."""


def _words(text: str) -> list[tuple[str, str]]:
    """Name and expression of each entry of a table; after ! the ways in which a longer word goes on."""
    found = []
    for entry in text.split():
        name, _, longer = entry.partition("!")
        found.append((name, f"{name}(?!{longer})" if longer else name))
    return found


_TABLES = (
    (_COUNT, Way.COUNT), (_AMOUNT, Way.AMOUNT), (_TIMES, Way.TIMES), (_ORDER, Way.ORDER), (_SUM, Way.SUM)
)  # fmt: skip
_HANGUL_UNITS = {name: way for table, way in _TABLES for name, _ in _words(table)}
_PATTERNS = dict(entry for table, _ in _TABLES for entry in _words(table))

_PARTICLE = (
    "(?![가-힣])|(?=(?:은|는|이|가|을|를|과|와|의|에|로|도|만|씩|당|간|후|전|내|외|쯤|경|째|부터|까지|이상|이하|이내|정도"
    "|입니|이며|이고|으로|에서|이나|미만|초과)(?:[^가-힣]|니|다|서|는|도|만|$))"
)
_NEAR = "|".join(_PATTERNS[name] for name in sorted(_PATTERNS, key=len, reverse=True))
_APART = "|".join(re.escape(name) for name in sorted(_PATTERNS, key=len, reverse=True))
_NEAR_LATIN = "|".join(re.escape(name) for name in sorted(_LATIN, key=len, reverse=True))
_APART_LATIN = "|".join(re.escape(name) for name in sorted(set(_LATIN) - _ATTACHED, key=len, reverse=True))

_WHOLE = r"(?![A-Za-z]|(?<=\d)\d)"

UNIT = (
    rf"(?:(?:{_NEAR_LATIN}){_WHOLE}| (?:{_APART_LATIN}){_WHOLE}|{_NEAR}| (?:{_APART})(?:{_PARTICLE}))"
)
"""Regular expression of a unit with the space before it."""


def unit(written: str) -> Unit:
    """The unit for what ``UNIT`` found."""
    name = written.strip()
    if name in _LATIN:
        said = _LATIN[name]
        return Unit(Way.SUM if said == "원" else Way.COUNT if said == "개" else Way.AMOUNT, said)
    return Unit(_HANGUL_UNITS[name], name)


def read(figures: str, counted: Unit) -> str:
    """The figure with its unit: 3, 명 → 세 명. ``figures`` may have thousands and decimals."""
    number = figures.replace(",", "")
    if "." in number:
        return _joined(decimal(number), counted, apart=True)
    value = int(number)
    if counted.said == "주일" and value == 1:
        return "일주일"
    if counted.said == "월":
        return {6: "유월", 10: "시월"}.get(value, sino(value) + "월")
    if counted.way is Way.COUNT and value:
        if counted.said == "번째" and value == 1:
            return "첫 번째"
        if counted.said == "시간" and value >= _NATIVE_HOURS:
            return f"{sino(value)} 시간"
        return f"{native(value)} {counted.said}"
    return _joined(sino(value), counted, apart=value == 0 and counted.way is not Way.ORDER)


def _joined(number: str, counted: Unit, *, apart: bool = False) -> str:
    space = " " if apart or counted.way in (Way.COUNT, Way.AMOUNT) else ""
    return f"{number}{space}{counted.said}"


def read_span(first: str, last: str, counted: Unit) -> str:
    """From one figure to another with the same unit: 두세 명, 이삼일, 세 명에서 다섯 명, 일층부터 삼층까지."""
    if first.isdecimal() and last.isdecimal() and int(last) == int(first) + 1 and 1 <= int(first) <= 8:
        if counted.way is Way.COUNT and counted.said != "번째":
            return f"{about(int(first), counted=True)} {counted.said}"
        if counted.way in (Way.TIMES, Way.AMOUNT) or counted.said == "학년":
            return _joined(about(int(first), counted=False), counted, apart=counted.said == "개월")
    if counted.way is Way.ORDER or counted.said == "학년":
        return f"{read(first, counted)}부터 {read(last, counted)}까지"
    return f"{read(first, counted)}에서 {read(last, counted)}"
