"""Reads the rows of an uploaded workbook of agents, whatever was uploaded: within limits, and never as code.

Before anything is parsed the archive is looked at: how many parts, how large unpacked, no macros. XML entities
are refused by defusedxml. Cells are texts, numbers and yes or no; formulas, dates and errors are problems of
their cell.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import defusedxml  # noqa: F401 - openpyxl parses with it where it is installed; without it nothing is read here
import openpyxl
from openpyxl.utils import get_column_letter

from app.reports.agent_columns import COLUMNS, EXAMPLE_MARKS, NO, YES
from app.reports.agent_workbook import SHEET

LARGEST_FILE = 900_000
LARGEST_UNPACKED = 8_000_000
MOST_PARTS = 300
MOST_AGENTS = 1000
LAST_ROW = 5000
"""Rows behind this one are not looked at: a sheet that goes so far down is refused."""
HEADER_WITHIN = 10
WIDEST = 30
LONGEST_CELL = 1000

_OLD_OR_ENCRYPTED = b"\xd0\xcf\x11\xe0"


class SheetRefused(Exception):
    """The file as a whole cannot be taken. ``code``: not_xlsx, sheet_old_format, sheet_macros,
    sheet_file_too_big, sheet_too_big, sheet_too_long, sheet_too_many, sheet_no_header,
    sheet_unknown_column, sheet_column_twice, sheet_empty."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in Excel, its texts by column key, and problems by column key (a code)."""

    number: int
    values: Mapping[str, str]
    problems: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AgentSheet:
    """What was read; ``letters``: each column's letter, ``examples``: example rows that were passed over."""

    rows: tuple[SheetRow, ...]
    letters: Mapping[str, str]
    examples: int = 0

    def cell(self, row: int, key: str) -> str:
        """``C5``; for a column that is not there the row alone."""
        return f"{self.letters.get(key, '')}{row}"


def read_agents(body: bytes) -> AgentSheet:
    """The rows of the sheet 상담사 (Agents), else of the first. Raises SheetRefused."""
    _check_archive(body)
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, keep_links=False, keep_vba=False)
        try:
            names = [name for name in SHEET if name in book.sheetnames]
            sheet: Any = book[names[0]] if names else book.worksheets[0]
            sheet.reset_dimensions()
            return _rows(sheet.iter_rows(max_col=WIDEST))
        finally:
            book.close()
    except SheetRefused:
        raise
    except Exception as error:  # whatever openpyxl makes of a damaged file
        raise SheetRefused("not_xlsx") from error


def _check_archive(body: bytes) -> None:
    if len(body) > LARGEST_FILE:
        raise SheetRefused("sheet_file_too_big", kilobytes=LARGEST_FILE // 1000)
    if body.startswith(_OLD_OR_ENCRYPTED):
        raise SheetRefused("sheet_old_format")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise SheetRefused("not_xlsx") from None
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") for name in names):
        raise SheetRefused("sheet_macros")
    if "xl/workbook.xml" not in names:
        raise SheetRefused("not_xlsx")
    # zipfile reads no more of a part than the archive says it has, so this bounds what is unpacked
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise SheetRefused("sheet_too_big", megabytes=LARGEST_UNPACKED // 1_000_000)


def _rows(rows: Iterator[Any]) -> AgentSheet:
    places: dict[str, int] = {}
    found: list[SheetRow] = []
    examples = 0
    for number, cells in enumerate(rows, start=1):
        if number > LAST_ROW:
            raise SheetRefused("sheet_too_long", limit=LAST_ROW)
        if not any(cell.value is not None and str(cell.value).strip() for cell in cells):
            continue
        if not places:
            if number > HEADER_WITHIN:
                break
            places = _header(cells)
            continue
        row = _row(number, cells, places)
        if row.values.get("login", "").startswith(EXAMPLE_MARKS):
            examples += 1
            continue
        found.append(row)
        if len(found) > MOST_AGENTS:
            raise SheetRefused("sheet_too_many", limit=MOST_AGENTS)
    if not places:
        raise SheetRefused("sheet_no_header")
    if not found:
        raise SheetRefused("sheet_empty")
    letters = {key: get_column_letter(place + 1) for key, place in places.items()}
    return AgentSheet(tuple(found), letters, examples)


def _header(cells: Any) -> dict[str, int]:
    """Column key → place; empty when this row is not the header (a title above it, say)."""
    known = {title.casefold(): column.key for column in COLUMNS for title in column.titles}
    titles = [str(cell.value or "").strip().rstrip("*").strip() for cell in cells]
    keys = [known.get(title.casefold()) for title in titles]
    if not {"login", "name"} <= set(keys):
        return {}
    places: dict[str, int] = {}
    for place, (key, title) in enumerate(zip(keys, titles, strict=True)):
        if key is None and title:
            raise SheetRefused("sheet_unknown_column", column=title[:40])
        if key is not None and key in places:
            raise SheetRefused("sheet_column_twice", column=title[:40])
        if key is not None:
            places[key] = place
    return places


def _row(number: int, cells: Any, places: Mapping[str, int]) -> SheetRow:
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    for key, place in places.items():
        cell = cells[place] if place < len(cells) else None
        value = None if cell is None else cell.value
        kind = "" if cell is None else getattr(cell, "data_type", "")
        if kind == "f":
            problems[key] = "cell_formula"
        elif kind == "e":
            problems[key] = "cell_error"
        elif isinstance(value, date | time | timedelta):
            problems[key] = "cell_date"
        else:
            values[key] = _text(value)
            if len(values[key]) > LONGEST_CELL:
                problems[key] = "cell_too_long"
    return SheetRow(number, values, problems)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES[0] if value else NO[0]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.strip() if isinstance(value, str) else str(value)
