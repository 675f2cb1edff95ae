"""통계, as JSON and as Excel, and today's figures."""

from __future__ import annotations

from datetime import time
from typing import Any
from urllib.parse import quote

from flask import Response
from flask.views import MethodView

from admin_ui.api import schemas
from admin_ui.context import manager, person, services
from admin_ui.i18n import translate
from admin_ui.json_bodies import Blueprint
from app.core.periods import Unit
from app.core.reporting import ServiceLevelFormula
from app.services.figures import StatisticsFilter
from app.services.people import Person
from app.services.periods import today

blueprint = Blueprint("statistics", __name__, description="Statistics; PRODUCT's formulas, raw values")

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def statistics_filter(who: Person, args: dict[str, Any]) -> StatisticsFilter:
    """The filter that the arguments mean; without days: today."""
    day = today(services().clock.now(), who.timezone)
    first = args["date_from"] or args["date_to"] or day
    return StatisticsFilter(
        first=first,
        last=args["date_to"] or max(first, day),
        from_time=args["from_time"] or time(0, 0),
        to_time=args["to_time"] or time(23, 59),
        unit=Unit(args["unit"]),
        subjects=tuple(args["id"]),
        service_level_seconds=args["service_level_seconds"],
        short_abandon_seconds=args["short_abandon_seconds"],
        formula=ServiceLevelFormula(args["formula"]),
    )


def excel(body: bytes, name: str) -> Response:
    """A workbook to be saved under a Korean name (RFC 6266, with a plain one for old programs)."""
    response = Response(body, mimetype=EXCEL)
    plain = f"statistics{name[name.rfind('_') :]}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    return response


@blueprint.route("/statistics/<any('queues','agents','contact-types'):kind>")
class ReportView(MethodView):
    @blueprint.arguments(schemas.StatisticsArgs, location="query")
    @blueprint.response(200, schemas.Report)
    def get(self, args: dict[str, Any], kind: str) -> dict[str, Any]:
        """상담큐, 상담원별 or 상담유형별 통계 of a period. Titles and definitions in the reader's language."""
        who = manager()
        shown = services().statistics.show(who, kind, statistics_filter(who, args)).as_json()
        told = ("title", "group", "definition")
        columns = [{**column, **{part: translate(column[part]) for part in told}} for column in shown["columns"]]
        return {**shown, "columns": columns}


@blueprint.route("/statistics/<any('queues','agents','contact-types'):kind>.xlsx")
class ReportFile(MethodView):
    @blueprint.arguments(schemas.StatisticsArgs, location="query")
    @blueprint.response(200, content_type=EXCEL)
    def get(self, args: dict[str, Any], kind: str) -> Response:
        """The same as an Excel workbook, definitions on its second sheet."""
        who = manager()
        return excel(*services().statistics.workbook(who, kind, statistics_filter(who, args)))


@blueprint.route("/summary")
class Summary(MethodView):
    @blueprint.response(200)
    def get(self) -> dict[str, Any]:
        """Today and yesterday of the tenant, and for an agent the own results today."""
        return services().statistics.summary(person())


@blueprint.route("/dashboard")
class Dashboard(MethodView):
    @blueprint.response(200)
    def get(self) -> dict[str, Any]:
        """통합대시보드's figures of today; what is going on now is in /live and /events."""
        return services().statistics.dashboard(manager())
