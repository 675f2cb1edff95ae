"""Shapes of what the API takes and gives. Unknown members of bodies are refused, so that a typing mistake shows."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

STORABLE = validate.Range(0, 2**63 - 1)
"""Identities: what a database can be asked for."""


class Schema(ma.Schema):
    """Base: unknown members of a body are refused."""

    class Meta:
        unknown = ma.RAISE


class ErrorSchema(ma.Schema):
    code = ma.fields.String(metadata={"description": "Stable, for programs"})
    message = ma.fields.String(metadata={"description": "What happened and what to do, for people"})
    details = ma.fields.Dict()


class Done(Schema):
    """The controller's word on what it did."""

    ok = ma.fields.Boolean(dump_default=True)
    data = ma.fields.Dict()


class LogInArgs(Schema):
    service_name = ma.fields.String(required=True, validate=validate.Length(1, 40))
    login = ma.fields.String(required=True, validate=validate.Length(1, 60))
    password = ma.fields.String(required=True, validate=validate.Length(1, 200))
    role = ma.fields.String(load_default="agent", validate=validate.OneOf(["agent", "manager"]))


class SipAccount(Schema):
    user = ma.fields.String()
    password = ma.fields.String()
    domain = ma.fields.String()
    ws_url = ma.fields.String()


class Me(Schema):
    role = ma.fields.String()
    id = ma.fields.Integer()
    login = ma.fields.String()
    name = ma.fields.String()
    service_name = ma.fields.String()
    timezone = ma.fields.String()
    may_unmask = ma.fields.Boolean()
    extension = ma.fields.String(allow_none=True)
    group = ma.fields.String(allow_none=True)
    status_after_login = ma.fields.String()
    status_after_call = ma.fields.String()
    recall_seconds = ma.fields.Integer()
    service_level_seconds = ma.fields.Integer()
    sip = ma.fields.Nested(SipAccount, allow_none=True)
    simulated = ma.fields.Boolean()
    language = ma.fields.String()
    csrf_token = ma.fields.String(allow_none=True)


class PasswordArgs(Schema):
    old = ma.fields.String(required=True, validate=validate.Length(1, 200))
    new = ma.fields.String(required=True, validate=validate.Length(1, 200))


class PageArgs(Schema):
    page = ma.fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    per_page = ma.fields.Integer(load_default=50, validate=validate.Range(1, 500))


class PeriodArgs(PageArgs):
    """Days in the tenant's time zone, both included; today when left out."""

    date_from = ma.fields.Date(data_key="from", load_default=None)
    date_to = ma.fields.Date(data_key="to", load_default=None)


class CallArgs(PeriodArgs):
    from_time = ma.fields.Time(load_default=None)
    to_time = ma.fields.Time(load_default=None)
    queue_id = ma.fields.Integer(load_default=None, validate=STORABLE)
    agent_id = ma.fields.Integer(load_default=None, validate=STORABLE)
    contact_type_id = ma.fields.Integer(load_default=None, validate=STORABLE)
    direction = ma.fields.String(
        load_default=None, validate=validate.OneOf(["inbound", "outbound", "internal"])
    )
    number = ma.fields.String(load_default="", validate=validate.Regexp(r"^[0-9+*# -]{0,24}$"))
    missed = ma.fields.Boolean(load_default=None)
    unmask = ma.fields.Boolean(load_default=False)


class UnmaskArgs(Schema):
    unmask = ma.fields.Boolean(load_default=False)


class RecordingArgs(Schema):
    download = ma.fields.Boolean(load_default=False)


class Call(ma.Schema):
    id = ma.fields.String()
    direction = ma.fields.String()
    started_at = ma.fields.AwareDateTime()
    answered_at = ma.fields.AwareDateTime(allow_none=True)
    ended_at = ma.fields.AwareDateTime(allow_none=True)
    did = ma.fields.String()
    number = ma.fields.String(metadata={"description": "Masked unless unmask=true is allowed"})
    name = ma.fields.String()
    queue_id = ma.fields.Integer(allow_none=True)
    queue = ma.fields.String()
    menu = ma.fields.String()
    agent_id = ma.fields.Integer(allow_none=True)
    agent = ma.fields.String()
    extension = ma.fields.String()
    contact_type_id = ma.fields.Integer(allow_none=True)
    contact_type = ma.fields.String()
    talk_seconds = ma.fields.Float()
    hold_seconds = ma.fields.Float()
    wait_seconds = ma.fields.Float()
    billed_seconds = ma.fields.Integer()
    outcome = ma.fields.String()
    outcome_text = ma.fields.String()
    cause = ma.fields.String()
    ended_by = ma.fields.String()
    callback = ma.fields.Boolean()
    recorded = ma.fields.Boolean()
    recording_seconds = ma.fields.Float()


class Calls(ma.Schema):
    total = ma.fields.Integer()
    page = ma.fields.Integer()
    per_page = ma.fields.Integer()
    items = ma.fields.List(ma.fields.Nested(Call))


class Visit(ma.Schema):
    queue_id = ma.fields.Integer()
    queue = ma.fields.String()
    origin = ma.fields.String()
    entered_at = ma.fields.AwareDateTime()
    left_at = ma.fields.AwareDateTime(allow_none=True)
    outcome = ma.fields.String()
    agent = ma.fields.String()
    wait_seconds = ma.fields.Float()


class Offered(ma.Schema):
    agent_id = ma.fields.Integer()
    agent = ma.fields.String()
    made_at = ma.fields.AwareDateTime()
    ended_at = ma.fields.AwareDateTime(allow_none=True)
    outcome = ma.fields.String()
    cause = ma.fields.String()
    ring_seconds = ma.fields.Float()


class TalkShape(ma.Schema):
    agent_id = ma.fields.Integer()
    agent = ma.fields.String()
    direction = ma.fields.String()
    number = ma.fields.String()
    started_at = ma.fields.AwareDateTime()
    ended_at = ma.fields.AwareDateTime(allow_none=True)
    talk_seconds = ma.fields.Float()
    hold_seconds = ma.fields.Float()


class WrapUp(ma.Schema):
    call_id = ma.fields.String()
    agent_id = ma.fields.Integer(allow_none=True)
    agent = ma.fields.String()
    contact_type_id = ma.fields.Integer(allow_none=True)
    contact_type = ma.fields.String()
    inquiry = ma.fields.String()
    action = ma.fields.String()
    updated_at = ma.fields.AwareDateTime(allow_none=True)


class WrapUpArgs(Schema):
    contact_type_id = ma.fields.Integer(load_default=None, validate=STORABLE, allow_none=True)
    inquiry = ma.fields.String(load_default="", metadata={"description": "1,024 characters at most"})
    action = ma.fields.String(load_default="", metadata={"description": "1,024 characters at most"})
    agent_id = ma.fields.Integer(load_default=None, validate=STORABLE, allow_none=True)


class AgentIdArgs(Schema):
    agent_id = ma.fields.Integer(load_default=None, validate=STORABLE, allow_none=True)


class CallDetail(Call):
    visits = ma.fields.List(ma.fields.Nested(Visit))
    offers = ma.fields.List(ma.fields.Nested(Offered))
    talks = ma.fields.List(ma.fields.Nested(TalkShape))
    wrap_ups = ma.fields.List(ma.fields.Nested(WrapUp))


class Current(ma.Schema):
    call = ma.fields.Dict(allow_none=True)
    customer_name = ma.fields.String()
    recent = ma.fields.List(ma.fields.Nested(Call))
    integration_url = ma.fields.String(metadata={"description": "연동 URL of this call; empty without one"})


class CallbackArgs(PageArgs):
    state = ma.fields.String(load_default=None, validate=validate.OneOf(["pending", "done", "deleted"]))
    date_from = ma.fields.Date(data_key="from", load_default=None)
    date_to = ma.fields.Date(data_key="to", load_default=None)


class CallbackShape(ma.Schema):
    id = ma.fields.Integer()
    requested_at = ma.fields.AwareDateTime()
    queue_id = ma.fields.Integer(allow_none=True)
    queue = ma.fields.String()
    caller = ma.fields.String()
    number = ma.fields.String()
    state = ma.fields.String()
    agent_id = ma.fields.Integer(allow_none=True)
    agent = ma.fields.String()
    done_at = ma.fields.AwareDateTime(allow_none=True)
    call_id = ma.fields.String()
    done_call_id = ma.fields.String(allow_none=True)


class Callbacks(ma.Schema):
    total = ma.fields.Integer()
    page = ma.fields.Integer()
    per_page = ma.fields.Integer()
    items = ma.fields.List(ma.fields.Nested(CallbackShape))


class AgentShape(ma.Schema):
    id = ma.fields.Integer()
    login = ma.fields.String()
    name = ma.fields.String()
    extension = ma.fields.String()
    group = ma.fields.String()
    active = ma.fields.Boolean()


class QueueShape(ma.Schema):
    id = ma.fields.Integer()
    number = ma.fields.String()
    name = ma.fields.String()
    strategy = ma.fields.String()


class ContactTypeShape(ma.Schema):
    id = ma.fields.Integer()
    code = ma.fields.Integer()
    name = ma.fields.String()


class BreakReasonShape(ma.Schema):
    id = ma.fields.Integer()
    name = ma.fields.String()


class Target(ma.Schema):
    id = ma.fields.Integer()
    name = ma.fields.String()
    extension = ma.fields.String()
    group = ma.fields.String()


class StatisticsArgs(Schema):
    """Days in the tenant's time zone, both included; today when left out. Repeat ``id`` for several."""

    date_from = ma.fields.Date(data_key="from", load_default=None)
    date_to = ma.fields.Date(data_key="to", load_default=None)
    from_time = ma.fields.Time(load_default=None)
    to_time = ma.fields.Time(load_default=None)
    unit = ma.fields.String(
        load_default="whole", validate=validate.OneOf(["whole", "hour", "day", "week", "month"])
    )
    id = ma.fields.List(
        ma.fields.Integer(validate=STORABLE), load_default=list, metadata={"description": "Queues or agents"}
    )
    service_level_seconds = ma.fields.Integer(load_default=None, validate=validate.Range(1, 3600))
    short_abandon_seconds = ma.fields.Integer(load_default=None, validate=validate.Range(0, 3600))
    formula = ma.fields.String(
        load_default="answered",
        validate=validate.OneOf(["answered", "offered", "offered_without_short"]),
        metadata={"description": "What the answers within T are divided by"},
    )


class ColumnShape(ma.Schema):
    key = ma.fields.String()
    title = ma.fields.String()
    group = ma.fields.String()
    kind = ma.fields.String(metadata={"description": "text, count, ratio (0…1), duration (s), time"})
    definition = ma.fields.String()


class Report(ma.Schema):
    date_from = ma.fields.Date(data_key="from", attribute="from")
    date_to = ma.fields.Date(data_key="to", attribute="to")
    from_time = ma.fields.Time()
    to_time = ma.fields.Time()
    unit = ma.fields.String()
    timezone = ma.fields.String()
    service_level_seconds = ma.fields.Integer()
    short_abandon_seconds = ma.fields.Integer()
    formula = ma.fields.String()
    columns = ma.fields.List(ma.fields.Nested(ColumnShape))
    lines = ma.fields.List(ma.fields.Dict())
    total = ma.fields.Dict()


class ForAgent(Schema):
    """Base of the commands: a manager names the agent, an agent's own login or token need not."""

    agent_id = ma.fields.Integer(
        load_default=None, validate=STORABLE, metadata={"description": "Needed with a manager's login"}
    )


class PlatformArgs(ForAgent):
    platform = ma.fields.String(load_default=None, validate=validate.Length(max=40))


_STATUS = ma.fields.String(
    required=True,
    validate=validate.OneOf(["available", "on_break", "wrap_up"]),
    metadata={"description": "available 대기, on_break 휴식, wrap_up 후처리"},
)


class StatusArgs(ForAgent):
    status = _STATUS
    reason = ma.fields.String(load_default="", validate=validate.Length(max=60))


class WrapUpDoneArgs(ForAgent):
    status = ma.fields.String(required=True, validate=validate.OneOf(["available", "on_break"]))
    reason = ma.fields.String(load_default="", validate=validate.Length(max=60))


class DialArgs(ForAgent):
    """``number``, or ``callback_id`` (call a callback back), or ``call_id`` (redial)."""

    number = ma.fields.String(load_default=None, validate=validate.Length(1, 30))
    callback_id = ma.fields.Integer(load_default=None, validate=STORABLE)
    call_id = ma.fields.String(load_default=None, validate=validate.Length(1, 64))

    @ma.validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if sum(data.get(name) is not None for name in ("number", "callback_id", "call_id")) != 1:
            raise ma.ValidationError("exactly one of number, callback_id, call_id", "number")


class MuteArgs(ForAgent):
    on = ma.fields.Boolean(required=True)


class DigitsArgs(ForAgent):
    digits = ma.fields.String(required=True, validate=validate.Length(1, 32))


class TransferArgs(ForAgent):
    """Exactly one target."""

    target_agent = ma.fields.Integer(load_default=None, validate=STORABLE)
    target_queue = ma.fields.Integer(load_default=None, validate=STORABLE)
    target_number = ma.fields.String(load_default=None, validate=validate.Length(1, 30))

    @ma.validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if sum(data.get(name) is not None for name in ("target_agent", "target_queue", "target_number")) != 1:
            raise ma.ValidationError(
                "exactly one of target_agent, target_queue, target_number", "target_agent"
            )


class ConsultArgs(ForAgent):
    """Exactly one target."""

    target_agent = ma.fields.Integer(load_default=None, validate=STORABLE)
    target_number = ma.fields.String(load_default=None, validate=validate.Length(1, 30))

    @ma.validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if sum(data.get(name) is not None for name in ("target_agent", "target_number")) != 1:
            raise ma.ValidationError("exactly one of target_agent, target_number", "target_agent")
