"""An Excel workbook of one report: the filter, the lines under grouped headers, the sum; and the definitions
on a second sheet. Every text is written as text: what begins like a formula stays what it says."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from app.reports.columns import Column, Kind

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
LONGEST_TEXT = 32767
"""Characters that a cell of Excel can hold."""

_NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.COUNT: "#,##0",
    Kind.RATIO: "0.00 %",
    Kind.DURATION: "[hh]:mm:ss",
    Kind.TIME: "yyyy-mm-dd hh:mm:ss",
}

_FIRST_ROW_NUMBER = "번호"


def write_workbook(
    title: str,
    columns: Sequence[Column],
    lines: Sequence[Any],
    *,
    total: Any | None = None,
    heading: Sequence[tuple[str, str]] = (),
    definitions: Sequence[tuple[str, str]] = (),
    timezone: str = "Asia/Seoul",
) -> bytes:
    """The workbook's bytes. ``heading`` are name and value of the filter, printed above the table;
    ``definitions`` go before the columns' own on the second sheet."""
    buffer = io.BytesIO()
    book = open_book(buffer)
    pen = Pen(book, ZoneInfo(timezone))
    sheet = book.add_worksheet(title[:31])
    row = 0
    pen.text(sheet, row, 0, title, pen.title)
    for name, value in heading:
        row += 1
        pen.text(sheet, row, 0, name, pen.label)
        pen.text(sheet, row, 2, value)
    row += 2
    row = _header(pen, sheet, row, columns)
    sheet.freeze_panes(row, 0)
    first = row
    for number, line in enumerate(lines, start=1):
        sheet.write_number(row, 0, number, pen.cell(Kind.COUNT))
        for place, column in enumerate(columns, start=1):
            pen.value(sheet, row, place, column.value(line), column.kind)
        row += 1
    if total is not None:
        pen.text(sheet, row, 0, "합계", pen.cell(Kind.TEXT, bold=True))
        for place, column in enumerate(columns, start=1):
            shown = None if column.kind is Kind.TEXT else column.value(total)
            pen.value(sheet, row, place, shown, column.kind, bold=True)
        row += 1
    if lines:
        sheet.autofilter(first - 1, 0, first + len(lines) - 1, len(columns))
    _widths(sheet, columns, lines)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first - 2, first - 1)
    _definitions(pen, book.add_worksheet("정의"), columns, definitions)
    book.close()
    return buffer.getvalue()


def open_book(buffer: io.BytesIO) -> Any:
    """A workbook into ``buffer`` that takes every text for a text."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    return xlsxwriter.Workbook(buffer, options)


class Pen:
    """Formats of one workbook, and the only ways to write a cell."""

    def __init__(self, book: Any, zone: ZoneInfo) -> None:
        self._book = book
        self._zone = zone
        self._formats: dict[tuple[Kind, bool, bool], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.label = book.add_format({"bold": True, "font_color": "#475569"})
        shared = {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True}
        self.header = book.add_format({**shared, "bg_color": "#E2E8F0"})
        self._plain_quoted = book.add_format({"quote_prefix": True})

    def cell(self, kind: Kind, *, bold: bool = False, quoted: bool = False) -> Any:
        key = kind, bold, quoted
        if key not in self._formats:
            wanted = {"num_format": _NUMBER_FORMATS[kind], "border": 1, "bold": bold, "quote_prefix": quoted}
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]

    def text(self, sheet: Any, row: int, column: int, value: str, style: Any = None) -> None:
        if style is None and value.startswith(_DANGEROUS):
            style = self._plain_quoted
        sheet.write_string(row, column, value[:LONGEST_TEXT], style)

    def value(self, sheet: Any, row: int, column: int, value: Any, kind: Kind, *, bold: bool = False) -> None:
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.cell(kind, bold=bold))
        elif kind is Kind.TEXT:
            shown = str(value)
            style = self.cell(kind, bold=bold, quoted=shown.startswith(_DANGEROUS))
            sheet.write_string(row, column, shown[:LONGEST_TEXT], style)
        elif isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None)
            sheet.write_datetime(row, column, local, self.cell(kind, bold=bold))
        else:
            number = value / 86400 if kind is Kind.DURATION else value
            sheet.write_number(row, column, number, self.cell(kind, bold=bold))


def _header(pen: Pen, sheet: Any, row: int, columns: Sequence[Column]) -> int:
    """Two rows: groups above their titles; a column without a group fills both. The row below."""
    sheet.merge_range(row, 0, row + 1, 0, _FIRST_ROW_NUMBER, pen.header)
    place = 1
    while place <= len(columns):
        column = columns[place - 1]
        if not column.group:
            sheet.merge_range(row, place, row + 1, place, column.title, pen.header)
            place += 1
            continue
        last = place
        while last < len(columns) and columns[last].group == column.group:
            last += 1
        if last > place:
            sheet.merge_range(row, place, row, last, column.group, pen.header)
        else:
            sheet.write_string(row, place, column.group, pen.header)
        for each in range(place, last + 1):
            sheet.write_string(row + 1, each, columns[each - 1].title, pen.header)
        place = last + 1
    sheet.set_row(row + 1, 30)
    return row + 2


def _widths(sheet: Any, columns: Sequence[Column], lines: Sequence[Any]) -> None:
    sheet.set_column(0, 0, 6)
    fixed = {Kind.COUNT: 9, Kind.RATIO: 10, Kind.DURATION: 10, Kind.TIME: 20}
    for place, column in enumerate(columns, start=1):
        longest = _width(column.title) if column.kind is Kind.TEXT else 0
        if column.kind is Kind.TEXT:
            longest = max([longest, *(_width(str(column.value(line) or "")) for line in lines[:500])])
        sheet.set_column(place, place, min(50, max(fixed.get(column.kind, 8), longest + 2)))


def _width(shown: str) -> int:
    """Korean letters are twice as wide as Latin ones."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)


def _definitions(
    pen: Pen, sheet: Any, columns: Sequence[Column], definitions: Sequence[tuple[str, str]]
) -> None:
    pen.text(sheet, 0, 0, "항목", pen.header)
    pen.text(sheet, 0, 1, "정의", pen.header)
    row = 1
    own = [(f"{c.group} {c.title}".strip(), c.definition) for c in columns if c.definition]
    for name, meaning in [*definitions, *own]:
        pen.value(sheet, row, 0, name, Kind.TEXT)
        pen.value(sheet, row, 1, meaning, Kind.TEXT)
        row += 1
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 80)
