"""The statistics as Excel workbooks: exactly what is on the screen, with filter and definitions."""

from __future__ import annotations

from app.core.periods import Period, Unit
from app.core.reporting import ContactReport, QueueReport
from app.core.reporting_agents import AgentReport
from app.reports.columns import agent_columns, contact_columns, queue_columns, target_lines
from app.reports.workbook import write_workbook

_UNITS = {Unit.WHOLE: "전체", Unit.HOUR: "시간별", Unit.DAY: "일별", Unit.WEEK: "주별", Unit.MONTH: "월별"}

_COUNTED = (
    "집계 기준",
    "호가 상담큐에 들어온 시각을 기준으로, 대기가 끝난 호를 셉니다. 시간은 호마다 초로 반올림합니다.",
)


def queue_workbook(report: QueueReport, tenant_name: str, subject: str = "전체") -> bytes:
    """상담큐 통계. ``subject`` says which queues were chosen (대상)."""
    targets = target_lines(report.targets)
    return write_workbook(
        "상담큐 통계",
        queue_columns(report.period.unit is not Unit.WHOLE),
        report.lines,
        total=report.total,
        heading=[*period_lines(report.period, tenant_name, subject), *targets],
        definitions=[*targets, _COUNTED],
        timezone=report.period.timezone,
    )


def agent_workbook(report: AgentReport, tenant_name: str, subject: str = "전체") -> bytes:
    """상담원별 통계."""
    return write_workbook(
        "상담원별 통계",
        agent_columns(report.period.unit is not Unit.WHOLE, tenant_name),
        report.lines,
        total=report.total,
        heading=period_lines(report.period, tenant_name, subject),
        definitions=[_COUNTED],
        timezone=report.period.timezone,
    )


def contact_workbook(report: ContactReport, tenant_name: str, subject: str = "전체") -> bytes:
    """상담유형별 통계."""
    return write_workbook(
        "상담유형별 통계",
        contact_columns(report.period.unit is not Unit.WHOLE),
        report.lines,
        total=report.total,
        heading=period_lines(report.period, tenant_name, subject),
        definitions=[("집계 기준", "통화가 시작된 시각을 기준으로, 후처리가 저장된 통화를 셉니다.")],
        timezone=report.period.timezone,
    )


def period_lines(period: Period, tenant_name: str, subject: str) -> list[tuple[str, str]]:
    """The filter as the screen shows it."""
    return [
        ("서비스명", tenant_name),
        ("조회기간", f"{period.first.isoformat()} ~ {period.last.isoformat()}"),
        ("시간", f"{period.from_time:%H:%M} ~ {period.to_time:%H:%M} ({period.timezone})"),
        ("단위", _UNITS[period.unit]),
        ("대상", subject),
    ]
