"""The columns in which a tenant's agents are written to Excel and read from it, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("ko", "en")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: titles, widths, what to write into it, and the example of the template."""

    key: str
    titles: tuple[str, str]
    width: int
    guide: tuple[str, str]
    example: tuple[str, str]
    required: bool = False

    def title(self, language: str) -> str:
        return self.titles[LANGUAGES.index(language)]


COLUMNS = (
    SheetColumn(
        "login",
        ("상담사ID", "Agent ID"),
        18,
        (
            "로그인할 때 쓰는 ID입니다. 영문자나 숫자로 시작하고 영문자·숫자·점·밑줄·붙임표로 2~60자, "
            "대소문자를 구분합니다. 이미 있는 ID를 쓰면 그 상담사를 수정하고, 없는 ID를 쓰면 새로 등록합니다.",
            "What the agent logs in with: 2 to 60 Latin letters, digits, dots, underscores or hyphens, beginning "
            "with a letter or digit; capitals matter. An ID that exists changes that agent, a new one makes one.",
        ),
        ("예: hong.gd", "e.g. hong.gd"),
        required=True,
    ),
    SheetColumn(
        "name",
        ("이름", "Name"),
        16,
        ("화면과 통계에 보이는 이름입니다. 60자까지.", "The name on screens and in statistics, 60 characters at most."),
        ("홍길동", "Hong Gil-dong"),
        required=True,
    ),
    SheetColumn(
        "group",
        ("그룹", "Group"),
        16,
        (
            "상담그룹의 이름입니다. 없는 이름을 쓰면 새 그룹이 만들어집니다. 비워 두면 공통그룹입니다.",
            "The agent group's name. A name that does not exist makes a group. Empty: 공통그룹.",
        ),
        ("공통그룹", "공통그룹"),
    ),
    SheetColumn(
        "extension",
        ("내선번호", "Extension"),
        12,
        (
            "자동으로 부여됩니다. 새 상담사는 비워 두고, 내려받은 파일에 적힌 번호는 그대로 두세요.",
            "Given automatically. Leave it empty for new agents, and as it is for those that you exported.",
        ),
        ("", ""),
    ),
    SheetColumn(
        "menus",
        ("상담메뉴", "Menus"),
        34,
        (
            "배정할 메뉴를 쉼표로 나누어 씁니다. 메뉴 이름이나 누르는 번호를 쓸 수 있고, 2차 이하는 괄호로 적습니다. "
            "보기: 배송 문의, 결제 문의(2차), 3",
            "Menus to serve, separated by commas: the name of the menu or its digits; a later tier goes in brackets. "
            "For example: Delivery, Payment(2), 3",
        ),
        ("1, 2(2차)", "1, 2(2)"),
    ),
    SheetColumn(
        "skills",
        ("스킬", "Skills"),
        24,
        (
            "상담사의 스킬을 쉼표로 나누어 씁니다. 없는 이름을 쓰면 새 스킬이 만들어집니다. 보기: 영어, 환불(2차)",
            "The agent's skills, separated by commas. A name that does not exist makes a skill. "
            "For example: English, Refunds(2)",
        ),
        ("", ""),
    ),
    SheetColumn(
        "active",
        ("사용", "Active"),
        8,
        ("예 또는 아니오. 비워 두면 예입니다.", "Yes or no. Empty: yes."),
        ("예", "yes"),
    ),
)

BY_KEY = {column.key: column for column in COLUMNS}

YES = ("예", "yes")
NO = ("아니오", "no")
TRUE_WORDS = frozenset({"예", "네", "사용", "y", "yes", "true", "o", "1"})
FALSE_WORDS = frozenset({"아니오", "아니요", "미사용", "n", "no", "false", "x", "0"})

EXAMPLE_MARKS = ("예:", "e.g. ")
"""A row whose ID begins so is the template's example and is passed over; no login can begin so."""
