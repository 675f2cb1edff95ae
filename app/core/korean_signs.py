"""Signs in a text that is read aloud: made uniform before the figures are read, spoken or silent afterwards.

Behind :func:`prepare` a text holds ASCII, Hangul syllables and a few signs; behind :func:`silence` and
:func:`tidy` Hangul, Latin words, single spaces and ``, . ! ?``.
"""

from __future__ import annotations

import re
import unicodedata

from app.core.korean_numbers import digits
from app.core.korean_particles import MARK

# -- before the figures -------------------------------------------------------------------------------

_ROMAN = {chr(0x2160 + n): str(n + 1) for n in range(12)} | {chr(0x2170 + n): str(n + 1) for n in range(12)}
_CIRCLED = {chr(0x2460 + n): f" {n + 1}) " for n in range(20)}
_HANJA = dict(
    zip(
        "一二三四五六七八九十百千萬億月火水木金土日年時分前後上下大中小新男女本店社長員株式會有限公司韓國美英佛獨北南東西"
        "内內外無料休業每毎週初末午夜全各可不番號室館院校生學無免稅税圓元現金",
        "일이삼사오육칠팔구십백천만억월화수목금토일년시분전후상하대중소신남녀본점사장원주식회유한공사한국미영불독북남동서"
        "내내외무료휴업매매주초말오야전각가불번호실관원교생학무면세세원원현금",
        strict=True,
    )
)
_PAUSES = "→⇒➜➡▶▷►▸◀◁☞※■□◆◇●○◎★☆✓✔✅☑▪▫◦‣⁃¶§│┃─━═…‥、。|"
_FIXED = (
    _ROMAN
    | _CIRCLED
    | _HANJA
    | dict.fromkeys(_PAUSES, " , ")
    | dict.fromkeys("‘’‚‛“”„‟`´ˋ′″「」『』〈〉〝〞", "'")
    | dict.fromkeys("《【〔〖［", "[")
    | dict.fromkeys("》】〕〗］", "]")
    | dict.fromkeys("~～〜∼∽˜", "~")
    | dict.fromkeys("-–—―‐‑‒−﹣", "-")
    | dict.fromkeys("·ㆍ•‧∙・･‧⋅", "·")
    | dict.fromkeys("™®©℗", "")
    | dict.fromkeys("☎☏📞📱℡", " ☎ ")
    | {
        MARK: MARK, "…": " . ", "。": ". ", "、": ", ", "￦": "₩", "￥": "¥", "℃": "°C", "℉": "°F", "№": "No.",
        "½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⁄": "/", "∕": "/", "㏄": "cc",
        "\t": " ", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "✕": "×", "✖": "×", "➕": "+", "➖": "-",
    }
)  # fmt: skip
_JAMO_NAMES = dict(
    zip(
        "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
        "기역 니은 디귿 리을 미음 비읍 시옷 이응 지읒 치읓 키읔 티읕 피읖 히읗".split(),
        strict=True,
    )
)
_JAMO = re.compile("[\u3131-\u318c\u318e]+")
_KEPT = frozenset("₩€£¥°·×÷±☎\n")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#\d{1,5});", re.IGNORECASE)
_ENTITIES = {"amp": "&", "nbsp": " "}
_TAGS = re.compile(
    r"</?(?:b|i|u|s|p|br|em|h[1-6]|ul|ol|li|hr|div|span|strong|font|script|style|speak|break|prosody)"
    r"(?: [^<>\n]{0,200})?/?>"
)
_SUPERSCRIPT = re.compile(r"(\d)([²³])(?!\d)")
_SQUARE_BEFORE_DIGIT = re.compile(r"([㎡㎥㎠㎢㎤]|(?<=[A-Za-z])[²³])(?=\d)")
_KEYCAP = re.compile("([0-9])\ufe0f?\u20e3")
_FACES = re.compile(r"(?<!\S)[:;=]'?-?[)DP](?!\w)|\^[_.o-]{0,2}\^|(?<![A-Za-z])[TㅠㅜQ][_.][TㅠㅜQ](?![A-Za-z])")
_LONG_RUN = re.compile(r"\d{17,}")
_BULLET = re.compile(r"(?m)^ ?(?:[-+=>·]{1,3}|[*#]{1,6}) (?! ?(?:표|를|을|버튼|키|또는|이나|와|과|,))")
_SHORT_YEAR = re.compile(r"'(\d\d)(?:년|[./-] ?(\d{1,2})[./-] ?(\d{1,2})(?!\d)\.?)")
_LIST = re.compile(r"(?<![\d.,:/-])(\d{1,2})[.)] ?(?=\(?[가-힣A-Za-z])")


def prepare(text: str) -> str:
    """One sign for each meaning; what nobody can say is dropped (emoji, other scripts, broken characters)."""
    text = _FACES.sub(" ", text.replace(MARK, "").replace("\r\n", "\n"))
    text = _TAGS.sub(" ", _ENTITY.sub(lambda match: _ENTITIES.get(match[1].lower(), "'"), text))
    text = _SQUARE_BEFORE_DIGIT.sub(r"\1 ", text)
    text = _SUPERSCRIPT.sub(lambda match: f"{match[1]}의 {'' if match[2] == '²' else '세'}제곱{MARK}", text)
    text = _JAMO.sub(lambda match: _JAMO_NAMES.get(match[0], " "), _KEYCAP.sub(r" \1) ", text))
    text = "".join(_FIXED.get(char, char) for char in text)
    text = "".join(map(_plain, unicodedata.normalize("NFKC", text)))
    text = re.sub(" {2,}", " ", text)
    text = _LONG_RUN.sub(lambda match: digits(match[0]) + MARK, text)
    text = _SHORT_YEAR.sub(lambda match: f"{match[1]}년" + (f" {match[2]}월 {match[3]}일" if match[2] else ""), text)
    text = re.sub("['\"{}]", "", text.replace("->", " , ").replace("=>", " , ").replace("${", ""))
    return _BULLET.sub("", text.translate({ord("["): "(", ord("]"): ")", ord("<"): "(", ord(">"): ")"}))


def _plain(char: str) -> str:
    if "가" <= char <= "힣" or " " <= char <= "~" or char in _KEPT or char == MARK:
        return char
    value = unicodedata.digit(char, None)
    if value is not None:
        return str(value)
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn", "Sk", "Lm"):
        return ""
    base = unicodedata.normalize("NFD", char)[0]
    if base.isascii() and base.isalpha():
        return base
    return " "


# -- after the figures --------------------------------------------------------------------------------

_COMPANIES = {
    "주": "주식회사", "유": "유한회사", "재": "재단법인", "사": "사단법인", "합": "합자회사", "우": "우편번호",
}  # fmt: skip
_COMPANY_BEFORE = re.compile(r"(?<![가-힣A-Za-z)])\(([주유재사합우])\) ?(?=[가-힣A-Za-z\d])")
_COMPANY_AFTER = re.compile(rf"([가-힣A-Za-z]{MARK}?) ?\(([주유])\)")


def read_companies(text: str) -> str:
    """(주)상담 → 주식회사 상담; 상담(주) → 상담 주식회사; (우) → 우편번호."""
    text = re.sub(r"(?<![가-힣])우\) ?(?=\d{5}(?!\d))", "우편번호 ", text)
    text = _COMPANY_BEFORE.sub(lambda match: _COMPANIES[match[1]] + " ", text)
    return _COMPANY_AFTER.sub(lambda match: f"{match[1]} {_COMPANIES[match[2]]}{MARK}", text)


def read_list(text: str) -> str:
    """1. 상담 2. 예약 → 일번, 상담 … when the points count up from 1."""
    expected = 1

    def numbered(match: re.Match[str]) -> str:
        nonlocal expected
        number, before = int(match[1]), text[max(0, match.start() - 3) : match.start()].rstrip(" ")
        begins = not before or before[-1] in "\n.,!?:;)"
        if number == 1 and begins:
            expected = 1
        if number != expected or (number == 1 and not begins):
            return match[0]
        expected += 1
        return f" , {match[1]}번, "

    return _LIST.sub(numbered, text)


_KEY_WORD = r"(?= ?(?:을|를|은|는|이|가|과|와|이나|또는|버튼|키|이라|표|누르|눌러|입력|[,.)]|$))"
_STAR = re.compile(r"(?<!\*)\*(?!\*) ?(?:표|\( ?별표 ?\))|별표 ?\( ?\* ?\)|(?<![*\w])\*(?!\*)" + _KEY_WORD)
_HASH = re.compile(r"(?<!#)#(?!#) ?\( ?(?:우물 ?정자?|샵) ?\)|우물 ?정자? ?\( ?# ?\)|(?<![#\w])#(?!#)" + _KEY_WORD)


def read_keys(text: str) -> str:
    """* and # where a key of the telephone is meant; #1366 is 샵 and digits."""
    text = _STAR.sub("별표" + MARK, text)
    text = _HASH.sub("우물 정자" + MARK, text)
    text = re.sub(MARK + "(버튼|키)", r" \1", text)
    return re.sub(r"#(\d{2,8})(?!\d)", lambda match: f"샵 {digits(match[1])}{MARK}", text)


_BETWEEN = re.compile(rf"(?<=[가-힣A-Za-z{MARK}]) ?~ ?(?=[가-힣A-Za-z])")
_AND = re.compile(" ?& ?")
_PLUS = re.compile(r"(?<!\+) ?\+ ?(?!\+)")
_HYPHENATED = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])|_")
_SILENT = re.compile("[\\^@\"'`°₩€£¥$%×÷±#*]")
_PAUSE = re.compile(r"[~\-·:;|\\/=+(]+")
_SAME_AGAIN = re.compile(rf"([가-힣]{{1,20}}){MARK}*\( ?([가-힣]{{1,20}}){MARK}* ?\)")
_CLOSED = re.compile(
    r" ?\)(?=(?:은|는|이|가|을|를|과|와|의|에|에도|으로|로|도|만|께|님|이나|나|이라|라)(?![가-힣])"
    r"|(?:입니|이며|이고|이니|이므|까지|부터|에서|에게|에는))"
)
_BREAK = re.compile(r"[\s,.!?]+")


def silence(text: str) -> str:
    """What is left of signs: a word (앤, 플러스, 에서), a pause or nothing; brackets become pauses."""
    text = re.sub(r" ?\n ?\n[\n ]*", " . ", text).replace("\n", " , ")
    text = _BETWEEN.sub(_between, text)
    text = _HYPHENATED.sub(" ", text)
    text = _PLUS.sub(" 플러스 ", _AND.sub(" 앤 ", text.replace(" × ", " 곱하기 ")))
    text = _SAME_AGAIN.sub(_once, _SILENT.sub(" ", text))
    text = _CLOSED.sub(MARK, text)
    return _PAUSE.sub(" , ", text).replace(")", " , ")


def _between(match: re.Match[str]) -> str:
    """서울~부산 is a way; 안녕하세요~ only lengthens."""
    before = match.string[max(0, match.start() - 2) : match.start()].rstrip(MARK)
    return " , " if before[-1:] in ("다", "요", "네", "죠", "까", "") else "에서 "


def _once(match: re.Match[str]) -> str:
    """앱(App), 케이티(KT): what stands in brackets sounds the same."""
    return match[1] + MARK if match[1].endswith(match[2]) else match[0]


def tidy(text: str) -> str:
    """Of several stops in a row the strongest is kept; one space after it, none before, no pause at the ends."""

    def one(match: re.Match[str]) -> str:
        stop = next((stop for stop in "?!.," if stop in match[0]), "")
        at_end = match.end() == len(text)
        if match.start() == 0 or (at_end and stop in ("", ",")):
            return ""
        return stop if at_end else f"{stop} "

    return _BREAK.sub(one, text)
