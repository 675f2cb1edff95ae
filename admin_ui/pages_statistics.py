"""통계: the reports as pages, one template for all of them, and their Excel files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request

from admin_ui.api.figures import excel
from admin_ui.context import for_managers, manager, services
from admin_ui.pages_common import period_from_query
from app.core.periods import Unit
from app.core.reporting import ServiceLevelFormula
from app.reports.columns import Column, Kind, text
from app.services.figures import StatisticsFilter

blueprint = Blueprint("statistics_pages", __name__)

TITLES = {"queues": "상담큐통계", "agents": "상담원별통계", "contact-types": "상담유형별통계"}
UNITS = {"whole": "전체", "hour": "시간별", "day": "일별", "week": "주별", "month": "월별"}
FORMULAS = {
    "answered": "SL내호수 ÷ 응답",
    "offered": "SL내호수 ÷ (응답 + 포기)",
    "offered_without_short": "SL내호수 ÷ (응답 + 포기 − 인정시간내 포기)",
}


def _filter() -> tuple[StatisticsFilter, dict[str, Any]]:
    """The filter in the address, and the same for the form; what cannot be read is left at its default."""
    wanted = period_from_query()
    unit = request.args.get("unit", "whole")
    formula = request.args.get("formula", "answered")
    found = StatisticsFilter(
        first=wanted["date_from"],
        last=wanted["date_to"],
        unit=Unit(unit) if unit in UNITS else Unit.WHOLE,
        subjects=tuple(
            int(value)
            for value in request.args.getlist("id")
            if value.isascii() and value.isdigit() and len(value) < 10
        ),
        service_level_seconds=_seconds("service_level_seconds", 1),
        short_abandon_seconds=_seconds("short_abandon_seconds", 0),
        formula=ServiceLevelFormula(formula if formula in FORMULAS else "answered"),
    )
    if wanted["from_time"]:
        found = replace(found, from_time=wanted["from_time"])
    if wanted["to_time"]:
        found = replace(found, to_time=wanted["to_time"])
    return found, wanted


def _seconds(name: str, least: int) -> int | None:
    value = request.args.get(name, "")
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 5 else None
    return number if number is not None and least <= number <= 3600 else None


def headings(columns: Sequence[Column]) -> list[tuple[str, list[Column]]]:
    """Neighbouring columns of one group together; one without a group stands alone."""
    found: list[tuple[str, list[Column]]] = []
    for group, members in groupby(columns, key=lambda column: column.group or column.key):
        together = list(members)
        found.append((group if together[0].group else "", together))
    return found


@blueprint.get("/statistics/<any('queues','agents','contact-types'):kind>")
@for_managers
def report(kind: str) -> str:
    """One of the reports."""
    who = manager()
    wanted, form = _filter()
    made = services()
    shown = made.statistics.show(who, kind, wanted)
    options = {"queues": made.staff.queues, "agents": made.staff.agents}.get(kind)
    return render_template(
        "statistics/report.html",
        kind=kind,
        title=TITLES[kind],
        shown=shown,
        wanted=form,
        filter=wanted,
        headings=headings(shown.columns),
        text=text,
        Kind=Kind,
        units=UNITS,
        formulas=FORMULAS,
        options=options(who) if options else [],
    )


@blueprint.get("/statistics/<any('queues','agents','contact-types'):kind>.xlsx")
@for_managers
def workbook(kind: str) -> Response:
    """Excel of exactly what is shown."""
    wanted, _ = _filter()
    return excel(*services().statistics.workbook(manager(), kind, wanted))
