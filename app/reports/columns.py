"""Columns of the statistics, in the seeds' order and words: one table serves screens, Excel and API."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.reporting import ContactLine, QueueLine, ServiceLevelFormula, Targets
from app.core.reporting_agents import AgentLine


class Kind(enum.StrEnum):
    """How a cell's value is meant."""

    TEXT = "text"
    COUNT = "count"
    RATIO = "ratio"  # 0.9677 is shown as 96.77 %
    DURATION = "duration"  # whole seconds, shown as 00:13:39
    TIME = "time"  # an aware datetime, shown in the tenant's time zone


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``group`` stands above several titles; ``definition`` goes to the second sheet."""

    key: str
    title: str
    kind: Kind
    value: Callable[[Any], Any]
    group: str = ""
    definition: str = ""


def _column(
    key: str, title: str, kind: Kind, group: str = "", definition: str = "", attribute: str = ""
) -> Column:
    name = attribute or key
    return Column(key, title, kind, lambda line: getattr(line, name), group, definition)


def text(value: Any, kind: Kind) -> str:
    """A value as screens show it. Ratios round halves up at the second decimal, as the seeds do."""
    if value is None:
        return ""
    if kind is Kind.RATIO:
        hundredths = int(value * 10000 + 0.5)
        return f"{hundredths // 100}.{hundredths % 100:02d} %"
    if kind is Kind.DURATION:
        seconds = int(value)
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


_BUCKET = _column("bucket", "기간", Kind.TEXT, definition="단위에 따른 기간. 주는 ISO 8601 주차(월요일 시작)")

_IN, _HANDLED, _LEVEL = "인입호수", "처리호수", "서비스레벨"
_WAIT, _ABANDON_WAIT, _TALK = "인입호 대기시간", "포기호 대기시간", "응답호 처리시간"

_QUEUE: tuple[Column, ...] = (
    _column("number", "CTI 큐번호", Kind.TEXT, definition="상담큐의 번호"),
    _column("name", "CTI 큐이름", Kind.TEXT, definition="상담큐(ARS 메뉴)의 이름"),
    _column(
        "total", "총인입", Kind.COUNT, _IN, "실인입 + 타큐인입 + 타센터인입 + 내선호전환 (대기가 끝난 호)"
    ),
    _column("direct", "실인입", Kind.COUNT, _IN, "ARS 메뉴에서 바로 들어온 호"),
    _column("from_queue", "타큐인입", Kind.COUNT, _IN, "다른 상담큐에서 넘어온 호"),
    _column("from_centre", "타센터인입", Kind.COUNT, _IN, "다른 센터에서 넘어온 호"),
    _column("from_extension", "내선호전환", Kind.COUNT, _IN, "상담사가 상담큐로 전환한 호"),
    _column("answered", "응답", Kind.COUNT, _HANDLED, "상담사가 받은 호"),
    _column("abandoned", "포기", Kind.COUNT, _HANDLED, "고객이 기다리다 끊은 호"),
    _column("refused", "거부", Kind.COUNT, _HANDLED, "상담사가 거부하여 끝난 호"),
    _column(
        "failed", "실패", Kind.COUNT, _HANDLED, "대기시간 초과, 연결불가, 장애 등 그 밖의 사유로 끝난 호"
    ),
    _column("to_queue", "타큐전송", Kind.COUNT, _HANDLED, "다른 상담큐로 넘긴 호"),
    _column("to_centre", "타센터전송", Kind.COUNT, _HANDLED, "다른 센터로 넘긴 호"),
    _column("to_callback", "IR/콜백전환", Kind.COUNT, _HANDLED, "콜백을 남긴 호"),
    _column("response_rate", "응답률", Kind.RATIO, _LEVEL, "응답 ÷ 실인입 (실인입이 없으면 0)"),
    _column("within_level", "SL내호수", Kind.COUNT, _LEVEL, "서비스레벨 기준시간(T) 이내에 응답한 호"),
    _column("service_level", "SL", Kind.RATIO, _LEVEL, "SL 산식에 따른 비율 (분모가 없으면 0)"),
    _column("short_abandons", "인정시간내 포기호수", Kind.COUNT, "", "인정시간(A) 이내에 포기한 호"),
    _column("wait_max", "최대대기", Kind.DURATION, _WAIT, "인입호의 가장 긴 대기시간"),
    _column("wait_mean", "평균대기", Kind.DURATION, _WAIT, "총 대기시간 ÷ 총인입 (포기 포함, 초 단위 올림)"),
    _column("abandon_wait_max", "최대대기", Kind.DURATION, _ABANDON_WAIT, "포기호의 가장 긴 대기시간"),
    _column(
        "abandon_wait_mean",
        "평균대기",
        Kind.DURATION,
        _ABANDON_WAIT,
        "포기호 대기시간 합 ÷ 포기 (초 단위 올림)",
    ),
    _column(
        "talk_total",
        "총통화",
        Kind.DURATION,
        _TALK,
        "응답한 상담사의 통화시간 합 (보류 포함, 호마다 초 반올림)",
    ),
    _column("talk_mean", "평균통화", Kind.DURATION, _TALK, "총통화 ÷ 응답 (초 단위 올림)"),
)

_IB, _OB, _CONSULT = "IB", "OB", "협의통화"

_AGENT: tuple[Column, ...] = (
    _column("login", "로그인ID", Kind.TEXT, definition="상담사ID"),
    _column("name", "상담사명", Kind.TEXT, definition="상담사의 이름"),
    _column("group", "상담그룹명", Kind.TEXT, definition="상담사가 속한 그룹"),
    _column("offered", "분배", Kind.COUNT, _IB, "응답 + 포기 + 거부 + 실패"),
    _column("answered", "응답", Kind.COUNT, _IB, "분배되어 받은 호"),
    _column("abandoned", "포기", Kind.COUNT, _IB, "벨이 울리는 동안 고객이 끊은 호"),
    _column("refused", "거부", Kind.COUNT, _IB, "상담사가 거부한 호"),
    _column("failed", "실패", Kind.COUNT, _IB, "응답대기시간 초과, 전화기 연결 실패 등"),
    _column("inbound_talk", "통화시간", Kind.DURATION, _IB, "상담큐에서 받은 호의 통화시간 합"),
    _column("inbound_mean", "평균통화시간", Kind.DURATION, _IB, "통화시간 ÷ 응답 (초 단위 올림)"),
    _column("internal_in", "내선", Kind.COUNT, _IB, "받은 내선통화"),
    _column("internal_in_talk", "내선통화시간", Kind.DURATION, _IB, "받은 내선통화의 시간 합"),
    _column("attempts", "통화시도", Kind.COUNT, _OB, "성공 + 실패"),
    _column("reached", "성공", Kind.COUNT, _OB, "상대방과 연결된 발신"),
    _column("missed", "실패", Kind.COUNT, _OB, "연결되지 않은 발신"),
    _column("outbound_talk", "통화시간", Kind.DURATION, _OB, "발신 통화시간 합"),
    _column("outbound_mean", "평균통화시간", Kind.DURATION, _OB, "통화시간 ÷ 통화시도 (초 단위 올림)"),
    _column("internal_out", "내선", Kind.COUNT, _OB, "건 내선통화"),
    _column("internal_out_talk", "내선통화시간", Kind.DURATION, _OB, "건 내선통화의 시간 합"),
    _column("consults", "통화", Kind.COUNT, _CONSULT, "전환 전에 다른 상담사와 협의한 통화"),
    _column("consult_talk", "통화시간", Kind.DURATION, _CONSULT, "협의통화의 시간 합"),
    _column("transfers_received", "전환수신", Kind.COUNT, _CONSULT, "전환받은 고객 통화"),
)

_ALL = "총계"

_CONTACT: tuple[Column, ...] = (
    _column("name", "상담유형명", Kind.TEXT, definition="후처리에서 고른 상담유형 (고르지 않은 것은 기타)"),
    _column("inbound", "인입", Kind.COUNT, _IB, "후처리된 착신 통화"),
    _column("inbound_talk", "총 통화시간", Kind.DURATION, _IB, "그 통화시간의 합"),
    _column("inbound_mean", "평균 통화시간", Kind.DURATION, _IB, "총 통화시간 ÷ 인입 (초 단위 올림)"),
    _column("outbound", "인입", Kind.COUNT, _OB, "후처리된 발신 통화"),
    _column("outbound_talk", "총 통화시간", Kind.DURATION, _OB, "그 통화시간의 합"),
    _column("outbound_mean", "평균 통화시간", Kind.DURATION, _OB, "총 통화시간 ÷ 인입 (초 단위 올림)"),
    _column("total", "합계", Kind.COUNT, _ALL, "IB 인입 + OB 인입"),
    _column("total_talk", "총 통화시간", Kind.DURATION, _ALL, "IB와 OB 통화시간의 합"),
    _column("mean", "평균 통화시간", Kind.DURATION, _ALL, "총 통화시간 ÷ 합계 (초 단위 올림)"),
)

_FORMULAS = {
    ServiceLevelFormula.ANSWERED: "SL내호수 ÷ 응답",
    ServiceLevelFormula.OFFERED: "SL내호수 ÷ (응답 + 포기)",
    ServiceLevelFormula.OFFERED_WITHOUT_SHORT: "SL내호수 ÷ (응답 + 포기 − 인정시간내 포기)",
}


def queue_columns(divided: bool = False) -> Sequence[Column]:
    """상담큐 통계; ``divided`` by hour, day, week or month has the part of the period in front."""
    return (_BUCKET, *_QUEUE) if divided else _QUEUE


def agent_columns(divided: bool = False, tenant_name: str = "") -> Sequence[Column]:
    """상담원별 통계, with the tenant's name in front as in the seeds."""
    tenant = Column("tenant", "테넌트명", Kind.TEXT, lambda line: tenant_name, "", "서비스명")
    return (_BUCKET, tenant, *_AGENT) if divided else (tenant, *_AGENT)


def contact_columns(divided: bool = False) -> Sequence[Column]:
    """상담유형별 통계."""
    return (_BUCKET, *_CONTACT) if divided else _CONTACT


def target_lines(targets: Targets) -> list[tuple[str, str]]:
    """T, A and the formula of SL, as every report prints them."""
    return [
        ("서비스레벨 기준시간 (T)", f"{targets.service_level_seconds}초 이내 (경계 포함)"),
        ("인정시간 (A)", f"{targets.short_abandon_seconds}초 이내 (경계 포함)"),
        ("SL 산식", _FORMULAS[targets.formula]),
    ]


def as_json(line: QueueLine | AgentLine | ContactLine, columns: Sequence[Column]) -> dict[str, Any]:
    """A line for programs: raw values by column key (ratios unrounded, durations in seconds)."""
    return {column.key: column.value(line) for column in columns}
