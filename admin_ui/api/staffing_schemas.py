"""Shapes of 상담서비스: agents, groups, skills, assignments, lists, settings. What a field may hold is checked by the
use cases, which say so in both languages; here only types and sizes."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import validate

from admin_ui.api.schemas import STORABLE, AgentShape, Schema
from app.services.work_settings import CHOICES, RANGES

SHORT = validate.Length(max=500)


class LevelArgs(Schema):
    id = ma.fields.Integer(required=True, validate=STORABLE)
    level = ma.fields.Integer(load_default=1, metadata={"description": "1 is first; 9 at most"})


class LevelShape(ma.Schema):
    id = ma.fields.Integer()
    level = ma.fields.Integer()


class ManagedAgent(AgentShape):
    """An agent; what stands here beside ``AgentShape`` is for managers only."""

    group_id = ma.fields.Integer(allow_none=True)
    skills = ma.fields.List(ma.fields.Nested(LevelShape))
    queues = ma.fields.List(ma.fields.Nested(LevelShape))
    locked_until = ma.fields.AwareDateTime(allow_none=True)


class NewAgentArgs(Schema):
    login = ma.fields.String(required=True, validate=SHORT)
    name = ma.fields.String(required=True, validate=SHORT)
    password = ma.fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=200),
        metadata={"description": "Without one it is made, and shown in this answer only"},
    )  # fmt: skip
    group_id = ma.fields.Integer(load_default=None, allow_none=True, validate=STORABLE)
    active = ma.fields.Boolean(load_default=True)
    skills = ma.fields.List(ma.fields.Nested(LevelArgs), load_default=list, validate=validate.Length(max=100))


class AgentChangeArgs(Schema):
    """What is left out stays. The login and the extension never change."""

    name = ma.fields.String(load_default=None, validate=SHORT)
    group_id = ma.fields.Integer(load_default=None, validate=STORABLE)
    active = ma.fields.Boolean(load_default=None)
    skills = ma.fields.List(ma.fields.Nested(LevelArgs), load_default=None, validate=validate.Length(max=100))


class MadeAgent(ma.Schema):
    agent = ma.fields.Nested(ManagedAgent)
    password = ma.fields.String(allow_none=True, metadata={"description": "Shown this once; null when it was given"})


class ChangedAgent(ma.Schema):
    agent = ma.fields.Nested(ManagedAgent)
    effective = ma.fields.String(metadata={"description": "now, or after_call: a call is finished first"})


class Effective(ma.Schema):
    effective = ma.fields.String(metadata={"description": "now, or after_call: a call is finished first"})


class NewPasswordArgs(Schema):
    password = ma.fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class NewPassword(ma.Schema):
    password = ma.fields.String(allow_none=True, metadata={"description": "Shown this once; null when it was given"})


class SipSecret(ma.Schema):
    user = ma.fields.String()
    password = ma.fields.String(metadata={"description": "Shown this once"})
    domain = ma.fields.String()
    server = ma.fields.String(metadata={"description": "Where phones register: host:port, UDP or TCP"})


class Licences(ma.Schema):
    used = ma.fields.Integer()
    licences = ma.fields.Integer()


class NameArgs(Schema):
    name = ma.fields.String(required=True, validate=SHORT)


class Group(ma.Schema):
    id = ma.fields.Integer()
    name = ma.fields.String()
    agents = ma.fields.Integer()
    common = ma.fields.Boolean(metadata={"description": "공통그룹, which stays"})


class Skill(ma.Schema):
    id = ma.fields.Integer()
    name = ma.fields.String()
    agents = ma.fields.Integer()
    queues = ma.fields.List(ma.fields.Integer(), metadata={"description": "Queues that ask for it"})


class Moved(ma.Schema):
    moved = ma.fields.Integer(metadata={"description": "Agents who are in 공통그룹 now"})


class TierArgs(Schema):
    agent_id = ma.fields.Integer(required=True, validate=STORABLE)
    level = ma.fields.Integer(load_default=1)


class QueueTiersArgs(Schema):
    id = ma.fields.Integer(required=True, validate=STORABLE)
    tiers = ma.fields.List(ma.fields.Nested(TierArgs), required=True, validate=validate.Length(max=1000))
    skill_id = ma.fields.Integer(load_default=None, allow_none=True, validate=STORABLE)


class AssignmentsArgs(Schema):
    """Queues that are not named keep what they have."""

    queues = ma.fields.List(ma.fields.Nested(QueueTiersArgs), required=True, validate=validate.Length(1, 200))
    revision = ma.fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=40),
        metadata={"description": "Of the last answer; refused when somebody changed anything since"},
    )  # fmt: skip


class TierShape(ma.Schema):
    agent_id = ma.fields.Integer()
    level = ma.fields.Integer()


class AssignedQueue(ma.Schema):
    id = ma.fields.Integer()
    name = ma.fields.String()
    keys = ma.fields.String(metadata={"description": "What a caller presses, one after the other"})
    live = ma.fields.Boolean(metadata={"description": "false: only the draft's menu leads here so far"})
    skill_id = ma.fields.Integer(allow_none=True)
    tiers = ma.fields.List(ma.fields.Nested(TierShape))
    by_skill = ma.fields.List(ma.fields.Nested(TierShape))


class AssignmentsShape(ma.Schema):
    queues = ma.fields.List(ma.fields.Nested(AssignedQueue))
    unassigned = ma.fields.List(ma.fields.Integer(), metadata={"description": "Active agents whom no menu rings"})
    revision = ma.fields.String()


def whole(description: str, **options: Any) -> ma.fields.Field:
    """A whole number as it came: what is none is said at its field, and 5.5 never becomes 5."""
    return ma.fields.Raw(allow_none=True, metadata={"type": "integer", "description": description}, **options)


class ContactTypeArgs(Schema):
    name = ma.fields.String(required=True, validate=SHORT)
    code = whole("Without one: the next", load_default=None)


class ContactTypeChangeArgs(Schema):
    name = ma.fields.String(load_default=None, validate=SHORT)
    code = whole("Without one: as before", load_default=None)


class OrderArgs(Schema):
    ids = ma.fields.List(ma.fields.Integer(validate=STORABLE), required=True, validate=validate.Length(max=200))


class SettingsShape(ma.Schema):
    status_after_login = ma.fields.String()
    status_after_call = ma.fields.String()
    recall_seconds = ma.fields.Integer()
    misses_before_break = ma.fields.Integer(metadata={"description": "0: never"})
    service_level_seconds = ma.fields.Integer()
    short_abandon_seconds = ma.fields.Integer()
    service_level_target = ma.fields.Integer(metadata={"description": "Per cent"})
    response_target = ma.fields.Integer(metadata={"description": "Per cent"})
    integration_url = ma.fields.String()
    allowed_addresses = ma.fields.List(ma.fields.String())
    timezone = ma.fields.String(metadata={"description": "IANA name, in whose time hours and reports are meant"})
    ranges = ma.fields.Dict(metadata={"description": "Lowest and highest value by field"})


class SettingsArgs(Schema):
    """What is left out stays."""

    status_after_login = ma.fields.String(metadata={"description": " | ".join(CHOICES["status_after_login"])})
    status_after_call = ma.fields.String(metadata={"description": " | ".join(CHOICES["status_after_call"])})
    recall_seconds = whole(str(RANGES["recall_seconds"]))
    misses_before_break = whole(str(RANGES["misses_before_break"]))
    service_level_seconds = whole(str(RANGES["service_level_seconds"]))
    short_abandon_seconds = whole(str(RANGES["short_abandon_seconds"]))
    service_level_target = whole(str(RANGES["service_level_target"]))
    response_target = whole(str(RANGES["response_target"]))
    integration_url = ma.fields.String(
        validate=validate.Length(max=2000), metadata={"description": "{number} {agent} {menu} {call} are filled in"}
    )
    allowed_addresses = ma.fields.List(ma.fields.String(validate=SHORT), validate=validate.Length(max=200))
    timezone = ma.fields.String(
        validate=SHORT, metadata={"description": "Refused where FreeSWITCH cannot express how its clock changes"}
    )


class UrlArgs(Schema):
    url = ma.fields.String(required=True, validate=validate.Length(max=2000))


class IntegrationResult(ma.Schema):
    url = ma.fields.String(metadata={"description": "As it was called, with sample values"})
    address = ma.fields.String()
    status = ma.fields.Integer()
    location = ma.fields.String(metadata={"description": "Where it redirects to; not followed"})
    first_line = ma.fields.String()
    seconds = ma.fields.Float()


class Address(ma.Schema):
    address = ma.fields.String()


class ImportArgs(Schema):
    dry_run = ma.fields.Boolean(load_default=False, metadata={"description": "Only say what it would do"})


class ImportedRow(ma.Schema):
    row = ma.fields.Integer()
    action = ma.fields.String(metadata={"description": "new | change"})
    login = ma.fields.String()
    name = ma.fields.String()
    changes = ma.fields.List(ma.fields.String())


class Workbook(ma.Schema):
    name = ma.fields.String()
    content = ma.fields.String(metadata={"description": "An .xlsx file, base64"})


class ImportResult(ma.Schema):
    new = ma.fields.Integer()
    changed = ma.fields.Integer()
    same = ma.fields.Integer()
    examples = ma.fields.Integer(metadata={"description": "Example rows that were passed over"})
    errors = ma.fields.Integer()
    new_groups = ma.fields.List(ma.fields.String())
    new_skills = ma.fields.List(ma.fields.String())
    rows = ma.fields.List(ma.fields.Nested(ImportedRow))
    problems = ma.fields.List(ma.fields.Dict())
    passwords = ma.fields.Nested(
        Workbook, allow_none=True, metadata={"description": "Passwords of the new agents, this once"}
    )


