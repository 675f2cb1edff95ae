"""Excel files of a tenant's agents: the list, the template to fill in, and the passwords of new agents."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from app.reports.agent_columns import BY_KEY, COLUMNS, LANGUAGES, NO, YES, SheetColumn
from app.reports.columns import Kind
from app.reports.workbook import Pen, open_book

SHEET = ("상담사", "Agents")
GUIDE = ("안내", "Guide")
LAST_ROW = 2000
"""So far down the template's cells are text, so that 0012 stays 0012."""


def agents_workbook(
    agents: Sequence[Mapping[str, str]], choices: Mapping[str, Sequence[tuple[str, str]]], language: str
) -> bytes:
    """The agents as they are, one a row, by the keys of ``COLUMNS``; it can be changed and taken in again.

    ``choices``: what menus, groups and skills there are, (key, name) each, for the second sheet.
    """
    return _book(agents, choices, language)


def template_workbook(choices: Mapping[str, Sequence[tuple[str, str]]], language: str) -> bytes:
    """An empty list with an example and a guide."""
    index = LANGUAGES.index(language)
    return _book([{column.key: column.example[index] for column in COLUMNS}], choices, language, example=True)


def passwords_workbook(
    rows: Sequence[Mapping[str, str]], service_name: str, address: str, language: str
) -> bytes:
    """``login``, ``name``, ``extension`` and ``password`` of agents who have just been made."""
    index = LANGUAGES.index(language)
    titles = (
        ("서비스명", "상담사ID", "이름", "내선번호", "비밀번호"),
        ("Service name", "Agent ID", "Name", "Extension", "Password"),
    )
    words = (
        "비밀번호는 이 파일에만 있습니다. 상담사에게 전한 후 파일을 삭제해 주세요.",
        "The passwords are in this file only. Hand them on, then delete the file.",
    )
    buffer = io.BytesIO()
    book = open_book(buffer)
    pen = Pen(book, ZoneInfo("Asia/Seoul"))
    sheet = book.add_worksheet(("비밀번호", "Passwords")[index])
    pen.text(sheet, 0, 0, words[index], pen.label)
    pen.text(sheet, 1, 0, address, pen.label)
    for place, title in enumerate(titles[index]):
        pen.text(sheet, 3, place, title, pen.header)
    for number, row in enumerate(rows, start=4):
        values = (service_name, row["login"], row["name"], row["extension"], row["password"])
        for place, value in enumerate(values):
            pen.value(sheet, number, place, value, Kind.TEXT)
    for place, width in enumerate((18, 18, 16, 12, 20)):
        sheet.set_column(place, place, width)
    book.close()
    return buffer.getvalue()


def _book(
    rows: Sequence[Mapping[str, str]],
    choices: Mapping[str, Sequence[tuple[str, str]]],
    language: str,
    example: bool = False,
) -> bytes:
    index = LANGUAGES.index(language)
    buffer = io.BytesIO()
    book = open_book(buffer)
    pen = Pen(book, ZoneInfo("Asia/Seoul"))
    sheet = book.add_worksheet(SHEET[index])
    as_text = book.add_format({"num_format": "@"})
    faint = book.add_format({"num_format": "@", "italic": True, "font_color": "#94A3B8", "border": 1})
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width, as_text)
        pen.text(sheet, 0, place, column.titles[index] + (" *" if column.required else ""), pen.header)
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(COLUMNS):
            if example:
                pen.text(sheet, number, place, row.get(column.key, ""), faint)
            else:
                pen.value(sheet, number, place, row.get(column.key, ""), Kind.TEXT)
    place = COLUMNS.index(BY_KEY["active"])
    sheet.data_validation(
        1, place, LAST_ROW, place, {"validate": "list", "source": [YES[index], NO[index]], "ignore_blank": True}
    )
    sheet.freeze_panes(1, 0)
    if rows and not example:
        sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    _guide(pen, book.add_worksheet(GUIDE[index]), choices, index)
    book.close()
    return buffer.getvalue()


def _guide(pen: Pen, sheet: Any, choices: Mapping[str, Sequence[tuple[str, str]]], index: int) -> None:
    heads = (("열", "필수", "쓰는 법"), ("Column", "Required", "What to write"))[index]
    for place, head in enumerate(heads):
        pen.text(sheet, 0, place, head, pen.header)
    row = 1
    for column in COLUMNS:
        pen.value(sheet, row, 0, column.titles[index], Kind.TEXT)
        pen.value(sheet, row, 1, "*" if column.required else "", Kind.TEXT)
        pen.value(sheet, row, 2, column.guide[index], Kind.TEXT)
        row += 1
    row = _notes(pen, sheet, row + 1, index)
    for key, found in choices.items():
        column: SheetColumn = BY_KEY[key]
        row += 1
        pen.text(sheet, row, 0, column.titles[index], pen.header)
        for short, name in found:
            row += 1
            pen.value(sheet, row, 0, short, Kind.TEXT)
            pen.value(sheet, row, 2, name, Kind.TEXT)
        row += 1
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 100)


def _notes(pen: Pen, sheet: Any, row: int, index: int) -> int:
    notes = (
        (
            "한 줄이라도 잘못되면 아무것도 저장하지 않고, 고칠 곳을 줄마다 알려 드립니다.",
            "파일에 없는 상담사는 그대로 둡니다. 열을 지우면 그 항목은 바뀌지 않고, 열이 있으면 빈 칸도 반영됩니다.",
            "새 상담사의 비밀번호는 자동으로 만들어지며, 가져오기가 끝나면 한 번만 내려받을 수 있습니다.",
            "'예:'로 시작하는 줄은 건너뜁니다. 수식은 쓸 수 없습니다.",
        ),
        (
            "If one row is wrong nothing is saved, and every place to mend is named.",
            "Agents who are not in the file stay as they are. Delete a column to leave it unchanged; where the column "
            "is there, an empty cell counts.",
            "Passwords of new agents are made automatically and can be downloaded once, after the import.",
            "Rows that begin with 'e.g.' are passed over. Formulas are not allowed.",
        ),
    )[index]
    for note in notes:
        pen.text(sheet, row, 0, note, pen.label)
        row += 1
    return row
