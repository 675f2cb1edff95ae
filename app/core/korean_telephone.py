"""Telephone numbers and other numbers that nobody counts: extensions, short numbers, accounts, codes."""

from __future__ import annotations

import re

from app.core.korean_numbers import digits, telephone
from app.core.korean_particles import MARK

_SEP = r"(?: ?[-.)·/]{1,2} ?| )"
_NOT_BEFORE = r"(?<![\d.,A-Za-z-])"
_FOREIGN = re.compile(r"(?<![\w+])\+ ?(82|[1-9]\d{0,2})((?:[-. ()]{0,2}\d{1,4}){2,6})(?![\d-])")
_FOREIGN_RUN = re.compile(r"(?<![\w+])\+82(0?)(2|\d{2})(\d{3,4})(\d{4})(?!\d)")
_NUMBER = re.compile(
    _NOT_BEFORE
    + "(?:"
    + rf"\(?(?P<area>0(?:50\d|\d{{1,2}}))\)?{_SEP}(?P<middle>\d{{3,4}}){_SEP}(?P<last>\d{{4}})"
    + rf"|\((?P<area2>0\d{{1,2}})\) ?(?P<middle2>\d{{3,4}}){_SEP}(?P<last2>\d{{4}})"
    + r"|(?P<plain>0\d{8,11}|1[5-9](?:44|[0-9]{2})\d{4})"
    + r"|(?P<short>1[5-9]\d\d)(?: ?[-.] ?| )(?P<short2>\d{4})"
    + r"|(?P<local>\d{3,4})-(?P<local2>\d{4})"
    + r")(?![\d-]|\.\d|,\d{3}|원)(?:~(?P<until>\d{1,4})(?![\d-]))?(?:[,/] ?(?P<second>\d{4})(?![\d-]| ?[가-힣]))?"
)
_GROUPS = re.compile(r"(?<![\d.,A-Za-z-])\d{2,8}(?:-\d{1,14}){1,6}(?![\d-]|\.\d)")
_DIGITS_APART = 3
_MORE = ("until", "second")
_MASKED = re.compile(r"(?<![\w*-])[\d*]{2,4}-[\d*]{3,4}-[\d*]{4}(?![\d*-])")
_REPORT = re.compile(r"제(\d{4})-([가-힣]{2,12})-(\d{3,6})호")
_PLATE = re.compile(
    r"(?<![\d.,])(\d{2,3})"
    r"([가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주허하호배]) ?(\d{4})(?!\d)"
)
_LABEL = re.compile(r"(?<![A-Za-z])(?:(TEL|Tel|tel|T)|(FAX|Fax|fax|F)|(H\.P|HP|H/P|M))[.:)]? ?(?=[(+]?[01]\d?\d)")
_ABBREVIATED = re.compile(r"(?<![A-Za-z])(TEL|Tel|FAX|Fax|HP|No|NO)\.(?= )")
_CALLS = re.compile(r"(전화(?:번호)?|문의|연락처|(?:TEL|Tel|T)\.?)([ :(]{0,3})☎ ?|☎(?= ?(?:☎|전화|TEL|Tel|T\.))")

_EXTENSION = re.compile(r"((?:내선|교환|[Ee]xt\.?)(?: ?번호)?[ :]{0,3})#?(\d{3,6})(?!\d)")
_NATIONAL = re.compile(r"국번 ?없이 ?(\d{3,4})(?![\d-])")
_SERVICE = re.compile(
    r"(?<![\d.,~:/-])(11[24789]|113|129|131|182|13(?:3[0-69]|4[135]|5[05-79]|66|7[27]|8[258]|9[0-9]))"
    r"(?![\d%:/~-]|[.,]\d| ?(?:명|개|원|건|곳|호|일|년|월|층|분|초|회|점|만|천|백|억|km|m|kg|g|%|도|번째|동|주|차|위"
    r"|등|살|세|인|평|시|대|장|권|쪽|페이지|달러|퍼센트))"
)
_NO_SERVICE_BEFORE = re.compile(r"(?:대기 ?번호|번호표|순번|호출 ?번호|버스|총|약|최대) ?$|[가-힣]로 ?$")
_NO_SERVICE_BEHIND = re.compile(r"번 ?(?:버스|출구|창구|승강장|고객)|번길")
_CODE_BEFORE = re.compile(
    r"(?:번호|코드|계좌|비밀번호|우편번호|핀번호|[Pp][Ii][Nn]|OTP|ID|아이디|No\.?)(?:는|은|가|이)?[ :(]{0,3}$"
)
_CODE = re.compile(r"(?<![\d.,-])\d{4,16}(?![\d-]|[.,]\d|[가-힣]{0,2}자리)(?! ?(?:명|개|원|년|월|건|%))")


def read_telephones(text: str) -> str:
    """Digit by digit, with a pause between the groups: 일오칠칠, 공공공공."""
    text = _CALLS.sub(lambda match: f"{match[1]}{match[2]}" if match[1] else "", text).replace("☎", "전화")
    text = _LABEL.sub(_label, text)
    text = _ABBREVIATED.sub(r"\1", text)
    text = _REPORT.sub(lambda m: f"제{digits(m[1])}, {m[2]}, {digits(m[3])}호", text)
    text = _NATIONAL.sub(lambda match: f"국번 없이 {digits(match[1])}{MARK}", text)
    text = _EXTENSION.sub(lambda match: f"{match[1].rstrip(' :')} {digits(match[2])}{MARK}", text)
    text = _FOREIGN_RUN.sub(lambda m: f"국가번호 팔이, {', '.join(digits(g) for g in m.groups()[1:])}{MARK}", text)
    text = _FOREIGN.sub(_foreign, text)
    text = _NUMBER.sub(_telephone, _MASKED.sub(_masked, text))
    text = _GROUPS.sub(_groups, text)
    text = _PLATE.sub(lambda m: f"{digits(m[1])}{m[2]} {digits(m[3])}{MARK}", text)
    text = _CODE.sub(_code, text)
    return _SERVICE.sub(_service, text)


def _label(match: re.Match[str]) -> str:
    return ("전화 " if match[1] else "팩스 " if match[2] else "휴대전화 ") + (", " if ":" in match[0] else "")


def _foreign(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[2])
    if sum(map(len, groups)) < 7:
        return match[0]
    return f"국가번호 {digits(match[1])}, " + ", ".join(map(digits, groups)) + MARK


def _telephone(match: re.Match[str]) -> str:
    if match["plain"]:
        said = telephone(match["plain"])
    else:
        said = ", ".join(digits(group) for name, group in match.groupdict().items() if group and name not in _MORE)
    if match["until"]:
        said += "에서 " + digits(match["until"])
    if match["second"]:
        said += ", " + digits(match["second"])
    open_ = "(" if match[0].startswith("(") and ")" not in match[0] else ""
    return open_ + said + MARK


def _masked(match: re.Match[str]) -> str:
    """010-36**-37**: what is covered is said as one star."""
    if "*" not in match[0]:
        return match[0]
    groups = [re.sub(r"\*+", "별표", re.sub(r"\d+", lambda m: digits(m[0]), group)) for group in match[0].split("-")]
    return ", ".join(groups) + MARK


def _groups(match: re.Match[str]) -> str:
    """Accounts, registration and parcel numbers: three groups, or two that are long."""
    groups = match[0].split("-")
    if len(groups) < _DIGITS_APART and max(map(len, groups)) <= 5:
        return match[0]
    return ", ".join(map(digits, groups)) + MARK


def _code(match: re.Match[str]) -> str:
    before = match.string[max(0, match.start() - 16) : match.start()]
    return digits(match[0]) + MARK if _CODE_BEFORE.search(before) else match[0]


def _service(match: re.Match[str]) -> str:
    """119, 1332: the short numbers of public services, unless something is counted or numbered with them."""
    text = match.string
    before, behind = text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 6]
    if _NO_SERVICE_BEFORE.search(before) or _NO_SERVICE_BEHIND.match(behind):
        return match[0]
    return digits(match[0]) + MARK
