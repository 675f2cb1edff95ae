"""Figures with what they count: 세 명, 삼만 오천원, 오 퍼센트, 두세 시간, 이분의 일; and figures alone."""

from __future__ import annotations

import re

from app.core.korean_counters import UNIT, Unit, Way, read, read_span, unit
from app.core.korean_latin import floor
from app.core.korean_numbers import about, decimal, digits, native, sino
from app.core.korean_particles import MARK

_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,16})(?:\.\d{1,10})?(?!\d)"
_LARGE = "(?:[십백천]?[만억조]|[십백천])"
_SUM = rf"{_NUMBER}(?:{_LARGE}(?: ?{_NUMBER}{_LARGE}){{0,6}}(?: ?{_NUMBER}(?= ?(?:원|달러|개|명)))?)?"
_BEFORE = r"(?<![\d.])"

_SINGLE = re.compile(_NUMBER)
_QUANTITY = re.compile(rf"(?<!\d)(?P<sum>{_SUM})(?P<unit>{UNIT})?")
_MORE_QUANTITY = re.compile(rf"{_BEFORE}(?P<sum>{_SUM})여 ?(?P<unit>{UNIT})")
_RANGE = re.compile(
    rf"{_BEFORE}(?P<first>{_NUMBER})(?P<first_large>{_LARGE}?)(?P<first_unit>{UNIT})?"
    rf" ?(?P<sign>[~-]) ?(?P<last>{_NUMBER})(?P<large>{_LARGE}?)(?P<unit>{UNIT})?(?P<until> ?까지)?"
)
_LISTED = re.compile(r"(?<![\d.])(\d{1,2}(?:[,·] ?\d{1,2}){0,5})(번째|째)(주?)")
_WEEKS = re.compile(
    r"(?:(?<=매월)|(?<=매달)|(?<![\d.])(?=\d ?[,·])) ?(\d(?:[,·] ?\d){0,4}) ?(주)()(?= ?차? ?[월화수목금토일]요일)"
)
_QUARTER = re.compile(r"(?<![\d/.,])([1-4])/4 ?분기")
_GENERATIONS = re.compile(r"(?<!\d)[1-7]0[2-9]0(?= ?세대)")
_FLOORS = re.compile(r"(?<![A-Za-z0-9])[bB]([1-9])(?:층|F)? ?[~-] ?[bB]?([1-9])(?:층|F)(?:에(?![가-힣]))?")
_FLOOR = re.compile(r"(?<![A-Za-z0-9-])[bB]([1-9])(?:층|F(?![A-Za-z])|(?![\dA-Za-z.,:%-]))")
_FLOOR_ABOVE = re.compile(r"(?<![A-Za-z0-9.,])(\d{1,2})F(?![A-Za-z0-9])")
_EACH = re.compile(
    r"(\d[\d,.]{0,14})(원|₩)/ ?(\d{0,4}) ?"
    r"(초|분|시간|일|월|년|개|명|인|박|회|건|km|kg|m|L|GB|MB)(?![가-힣A-Za-z])"
)
_SPEED = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,3})?) ?(km|m)/([hs])(?![A-Za-z])")
_PREFIXED = re.compile(rf"(?:US|us)?([$₩€£¥\\]) ?({_SUM})")
_CENTS = re.compile(r"(?:US)?\$ ?(\d{1,3}(?:,\d{3}){1,3}|\d{1,9})\.(\d\d)(?!\d)")
_CURRENCIES = {"$": " 달러", "₩": "원", "\\": "원", "€": " 유로", "£": " 파운드", "¥": " 엔"}
_NEGATIVE = re.compile(r"(?<![\w)~.-])-(?=\d{1,4}(?:\.\d{1,3})? ?(%|°|도(?![가-힣])))")
_SUMS = (
    (re.compile(r"(?<=\d) ?\+ ?(?=\d)"), "더하기"),
    (re.compile(r"(?<=\d) ?[×xX*] ?(?=\d)"), "곱하기"),
    (re.compile(r"(?<=\d) ?÷ ?(?=\d)"), "나누기"),
)
_EQUALS = re.compile(r"(?<=\d) ?= ?(?=\d)")
_AGAINST = re.compile(r"(?<![\d.,])(\d{1,3})(?:대| 대 )(\d{1,3})(?![\d.,:]| ?(?:명|개|원|만|천|분|시|일|월|층|번|%))")
_TENS = re.compile(r"(?<![\d.,])([1-8]),([2-9])0(?= ?(명|개|분|초|일|년|대|곳|건|만|살|세|%))")
_AFTER_NAME = re.compile(r"(?<=[가-힣A-Za-z])-(?=\d)")
_RATIO = re.compile(r"(?<![\d:.,])(\d{1,3}) ?: ?(\d{1,3})(?![\d:])")
_FRACTION = re.compile(r"(?<![\d/.,])(\d{1,4})/(\d{1,4})(?![\d/])")
_PARTS = re.compile(r"(?<![\d.,])(\d{1,6}) ?분의 ?(\d{1,6})(?![\d.,])")
_VERSION = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){2,5}(?![\d])")
_PAIR = re.compile(r"(?<![\d-])(\d{1,5})-(\d{1,5})(?![\d-])")
_STREET = re.compile(r"(?<=로)( ?)([1-9])(가)(?=역|[^가-힣]|$)")
_IDENTIFIES = 6
"""A figure alone with so many digits is a number of something, unless it is round: each digit by itself."""


def read_quantities(text: str) -> str:
    """Every figure that is left becomes words."""
    text = _STREET.sub(lambda match: f"{match[1]}{sino(int(match[2]))}가", text)
    text = _FLOORS.sub(lambda match: f"{floor(match[1])}부터 {floor(match[2])}까지", text)
    text = _FLOOR.sub(lambda match: floor(match[1]) + MARK, text)
    text = _FLOOR_ABOVE.sub(r"\1층", text)
    text = _CENTS.sub(r"\1달러 \2센트", text)
    text = _SPEED.sub(_speed, _EACH.sub(_each, text))
    text = _NEGATIVE.sub(lambda match: "마이너스 " if match[1] == "%" else "영하 ", text)
    text = _PREFIXED.sub(lambda match: match[2] + _CURRENCIES[match[1]], text)
    text = re.sub(r"± ?(?=\d)", "플러스 마이너스 ", text)
    for sign, said in _SUMS:
        text = sign.sub(f"{MARK} {said} ", text)
    text = _EQUALS.sub(f"{MARK}은(는) ", text)
    text = _WEEKS.sub(_listed, _LISTED.sub(_listed, text))
    text = _QUARTER.sub(lambda match: f"{sino(int(match[1]))}사분기", text)
    text = _GENERATIONS.sub(lambda match: digits(match[0]), text)
    text = _AGAINST.sub(r"\1:\2", _TENS.sub(_tens, text))
    text = _RATIO.sub(_ratio, text)
    text = _PARTS.sub(lambda match: f"{sino(int(match[1]))}분의 {sino(int(match[2]))}{MARK}", text)
    text = _FRACTION.sub(_fraction, text)
    text = _VERSION.sub(lambda match: " 점 ".join(sino(int(part)) for part in match[0].split(".")) + MARK, text)
    text = _RANGE.sub(_range, text)
    text = _AFTER_NAME.sub(" ", _PAIR.sub(_pair, text))
    text = _MORE_QUANTITY.sub(_more_than, text)
    return _QUANTITY.sub(_quantity, text)


def _quantity(match: re.Match[str]) -> str:
    figures, written = match["sum"], match["unit"]
    if not written:
        return _spaced(match, _alone(figures), apart=False)
    counted = _counted(match, figures, unit(written))
    if counted is None:
        return _spaced(match, f"{_sum(figures)}{unit(written).said}", apart=False)
    said = read(figures, counted) if _SINGLE.fullmatch(figures) else read_large(figures, counted)
    return _spaced(match, said, apart=True)


def read_large(figures: str, counted: Unit) -> str:
    """1만 5천, 원 → 만 오천원; 5천, 명 → 오천 명."""
    apart = " " if counted.way in (Way.COUNT, Way.AMOUNT) else ""
    return f"{_sum(figures)}{apart}{counted.said}"


def _sum(figures: str) -> str:
    """1만 5천 → 만 오천: figures between 천, 만, 억."""
    said = ""
    for number, large in re.findall(rf"({_NUMBER})({_LARGE}?)", figures):
        word = decimal(number)
        if number == "1" and large and (large[0] in "십백천" or (large == "만" and not said)):
            word = ""
        said += word + large + (" " if large.endswith(("만", "억", "조")) else "")
    return said.strip()


def _alone(figures: str) -> str:
    if not figures[-1].isdigit():
        return _sum(figures)
    identifies = figures.isdecimal() and len(figures) >= _IDENTIFIES and not figures.endswith("000")
    if identifies or (len(figures) > 1 and figures.isdecimal() and figures.startswith("0")):
        return digits(figures)
    return _sum(figures)


_APART_BEHIND = re.compile("이하|이상|미만|초과|정도|이내|내외|[전후](?![가-힣])")
_GLUED = re.compile(
    "(?:은|는|이|가|을|를|과|와|의|에|로|으로|도|만|대|쯤|이나|나|인)(?![가-힣])"
    "|입니|이며|이고|이라|씩|당|까지|부터|에서|에는|에도|인데|짜리|가량"
)


def _spaced(match: re.Match[str], said: str, *, apart: bool) -> str:
    """Room before and behind where the writer left none: 총3명, GS25, 20kg이하, 10%할인, 30분전."""
    text, end = match.string, match.end()
    before, behind = text[match.start() - 1 : match.start()], text[end : end + 1]
    lead = tail = ""
    if _is_latin(before) or (apart and _is_hangul(before) and before != "제"):
        lead = " "
    if apart and _is_hangul(behind):
        sign = not _is_hangul(match[0][-1])
        tail = " " if _APART_BEHIND.match(text, end) or (sign and not _GLUED.match(text, end)) else ""
    elif _is_latin(behind):
        tail = " "
    return f"{lead}{said}{MARK}{tail}"


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _is_hangul(char: str) -> bool:
    return "가" <= char <= "힣"


# -- words that are counted in two ways ---------------------------------------------------------------

_TIMES_BEFORE = re.compile(
    r"(?:하루에?|[일주월년달간]에|매[일주월년]|[주연월총단]|최대|최소|모두|벌써|이미|다시) ?$"
)
_TIMES_BEHIND = re.compile(r" ?(?:이상|이하|정도|씩|연속|더(?![가-힣])|만에|틀리|틀릴|잘못|반복|이나 )")
_PEOPLE_BEFORE = re.compile(r"(?:선착순|추첨|추첨을 통해|당첨자?|고객님?|회원님?|어르신|앞에) ?$")
_PEOPLE_BEHIND = re.compile(r"(?:께|이 ?(?:기다|대기|계|더)|의 (?:고객|회원)|을 ?(?:모|추첨|선정))")
_CARS_BEFORE = re.compile(r"(?:차량?|버스|자동차|주차|기기|컴퓨터|전화기|단말기|택시|트럭|총|최대) ?$")


def _counted(match: re.Match[str], figures: str, found: Unit) -> Unit | None:
    """The unit as it is meant here; None when the figure only stands before it (영업1팀, 제3장, 20대)."""
    text = match.string
    before, behind = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 8]
    if before.endswith("제"):
        return None
    if found.said == "번" and (_TIMES_BEFORE.search(before) or _TIMES_BEHIND.match(behind)):
        return Unit(Way.COUNT, "번")
    if found.said == "분" and (_PEOPLE_BEFORE.search(before) or _PEOPLE_BEHIND.match(behind)):
        return Unit(Way.COUNT, "분")
    if found.said == "팀" and "가" <= before[-1:] <= "힣":
        return None
    if found.said == "대" and figures.isdecimal() and int(figures) in range(10, 100, 10):
        return found if _CARS_BEFORE.search(before) else None
    return found


def _more_than(match: re.Match[str]) -> str:
    counted = unit(match["unit"])
    return _spaced(match, f"{_sum(match['sum'])}여 {counted.said}", apart=True)


# -- spans, ratios, fractions -------------------------------------------------------------------------


def _range(match: re.Match[str]) -> str:
    first, last, written = match["first"], match["last"], match["unit"] or match["first_unit"]
    hyphen = match["sign"] == "-"
    rising = float(first.replace(",", "")) < float(last.replace(",", ""))
    if hyphen and not (written and rising and not written.strip().startswith(("호", "번지", "번길"))):
        return match[0]
    until = match["until"] or ""
    large, first_large = match["large"], match["first_large"]
    if not written:
        return f"{_sum(first + first_large)}에서 {_sum(last + large)}{until}{MARK}"
    second = unit(written)
    one = unit(match["first_unit"]) if match["first_unit"] and match["unit"] else second
    if not match["first_unit"]:
        first_large = first_large or large
    if second.said == "대" and not int(float(first.replace(",", ""))) % 10:
        said = f"{_sum(first)}대에서 {_sum(last)}대"
    elif one == second and not large and first.isdecimal() and last.isdecimal():
        said = read_span(first, last, second)
    else:
        said = f"{_amount(first, first_large, one)}에서 {_amount(last, large, second)}"
    return _spaced(match, said + ("" if said.endswith("까지") else until), apart=True)


def _amount(figures: str, large: str, counted: Unit) -> str:
    return read_large(figures + large, counted) if large else read(figures, counted)


def _each(match: re.Match[str]) -> str:
    """14원/10초 → 십 초당 십사원; 3,300원/월 → 월 삼천삼백원."""
    amount, many, per = match[1], match[3], match[4]
    lead = {"월": "월", "년": "연", "일": "일"}.get(per) if not many else None
    return f"{lead or f'{many}{per}당'} {amount}원"


def _speed(match: re.Match[str]) -> str:
    """100km/h → 시속 100km."""
    return f"{'시' if match[3] == 'h' else '초'}속 {match[1]}{match[2]}"


def _listed(match: re.Match[str]) -> str:
    """2, 4째 → 둘째, 넷째; 1, 3번째 → 첫 번째, 세 번째."""
    numbers = [int(number) for number in re.findall(r"\d+", match[1])]
    names = ("", "첫째", "둘째", "셋째", "넷째", "다섯째")
    if match[2] in ("째", "주"):
        said = [names[number] if 1 <= number <= 5 else native(number) + "째" for number in numbers]
    else:
        said = [("첫" if number == 1 else native(number)) + " 번째" for number in numbers]
    lead = " " if match[0].startswith(" ") else ""
    return lead + ", ".join(said) + (" 주" if match[2] == "주" or match[3] else MARK)


def _tens(match: re.Match[str]) -> str:
    """2,30분 → 이삼십 분."""
    first, second = int(match[1]), int(match[2])
    return f"{about(first, counted=False)}십 " if second == first + 1 else match[0]


def _ratio(match: re.Match[str]) -> str:
    space = "" if len(match[1]) == len(match[2]) == 1 else " "
    return f"{sino(int(match[1]))}{space}대{space}{sino(int(match[2]))}{MARK}"


def _fraction(match: re.Match[str]) -> str:
    above, below = int(match[1]), int(match[2])
    if below < 2:
        return f"{sino(above)}, {sino(below)}{MARK}"
    return f"{sino(below)}분의 {sino(above)}{MARK}"


_ADDRESS_BEFORE = re.compile(r"[동리가로길읍면] ?$")


def _pair(match: re.Match[str]) -> str:
    """서초동 123-45 → 백이십삼의 사십오; 3-1 → 삼 다시 일."""
    text = match.string
    address = _ADDRESS_BEFORE.search(text[max(0, match.start() - 2) : match.start()])
    joined = "의" if address or text.startswith("번지", match.end()) else " 다시"
    return f"{sino(int(match[1]))}{joined} {match[2]}"


