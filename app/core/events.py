"""What the core is told: events of the switch, of timers and of scripts, and commands of people.

The adapter translates FreeSWITCH's events into these and nothing else reaches the core. ``at`` is
the switch's own time of the event (aware, UTC); records use it. Commands carry the identity of who asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.core.definitions import AgentId, AgentStatus, CallId, Leg, Node, QueueId, TenantConfig, TenantId


@dataclass(frozen=True, slots=True)
class SwitchEvent:
    """Anything that a FreeSWITCH node reported."""

    node: Node
    at: datetime


# --- legs -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallArrived(SwitchEvent):
    """A call entered a DID (custom event of the dialplan, step ``did``)."""

    leg: Leg
    tenant_id: TenantId
    did: str
    caller_number: str
    caller_name: str


@dataclass(frozen=True, slots=True)
class ArsStep(SwitchEvent):
    """The dialplan marked its way: ``step`` in greeting, menu, announcement, after_hours, holiday,
    lines_full, no_digit, wrong_digit, queue, fallback; ``detail`` is the digit, the queue id or empty."""

    leg: Leg
    tenant_id: TenantId
    step: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CallQueued(SwitchEvent):
    """A caller leg was parked for a queue: adopt it."""

    leg: Leg
    tenant_id: TenantId
    queue_id: QueueId
    did: str
    caller_number: str
    caller_name: str
    arrived_at: datetime
    menu: str = ""


@dataclass(frozen=True, slots=True)
class AgentDialled(SwitchEvent):
    """An agent's phone dialled by itself and was parked: ``number`` is what it dialled."""

    leg: Leg
    tenant_id: TenantId
    agent_id: AgentId
    number: str


@dataclass(frozen=True, slots=True)
class LegParked(SwitchEvent):
    """A leg that is not new came to rest in park (after originate, after a bridge, after hold)."""

    leg: Leg


@dataclass(frozen=True, slots=True)
class LegAnswered(SwitchEvent):
    leg: Leg


@dataclass(frozen=True, slots=True)
class LegsBridged(SwitchEvent):
    leg: Leg
    other: Leg


@dataclass(frozen=True, slots=True)
class LegsUnbridged(SwitchEvent):
    leg: Leg
    other: Leg


@dataclass(frozen=True, slots=True)
class LegHungUp(SwitchEvent):
    """A leg is gone. ``cause`` is FreeSWITCH's hangup cause, verbatim; ``by_far_end`` says that the
    telephone hung up (and not the switch or we)."""

    leg: Leg
    cause: str
    by_far_end: bool = False
    tenant_id: TenantId | None = None
    call_id: CallId | None = None


@dataclass(frozen=True, slots=True)
class DigitPressed(SwitchEvent):
    leg: Leg
    digit: str


@dataclass(frozen=True, slots=True)
class AppFinished(SwitchEvent):
    """An application that an effect executed on a leg has ended. ``token`` is the effect's token;
    for a bridge (an offer, an outbound call) ``cause`` is why it did not connect, or NORMAL_CLEARING after talk."""

    leg: Leg
    token: str
    app: str
    cause: str = ""
    digits: str = ""


@dataclass(frozen=True, slots=True)
class RecordingStopped(SwitchEvent):
    leg: Leg
    path: str
    seconds: float


@dataclass(frozen=True, slots=True)
class EffectFailed(SwitchEvent):
    """The switch refused what an effect asked (no such leg, -ERR …); ``reason`` is its word."""

    leg: Leg
    token: str
    reason: str


@dataclass(frozen=True, slots=True)
class PhoneRegistered(SwitchEvent):
    sip_user: str
    user_agent: str = ""
    network_ip: str = ""


@dataclass(frozen=True, slots=True)
class PhoneUnregistered(SwitchEvent):
    sip_user: str


# --- nodes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegSnapshot:
    """One live leg as found on a node when (re)connecting, with our own variables (``sangdam_*``
    without the prefix) that make it known again."""

    leg: Leg
    other: Leg | None
    state: str  # parked, bridged, dialplan, ringing
    created_at: datetime
    answered_at: datetime | None
    caller_number: str
    caller_name: str
    destination: str
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeUp(SwitchEvent):
    """Connected. ``restarted`` when the node's core UUID is not the one we knew: its old legs are gone."""

    core_uuid: str
    restarted: bool
    legs: tuple[LegSnapshot, ...]
    registered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NodeDown(SwitchEvent):
    reason: str


# --- ourselves --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer set by ``StartTimer`` ran out (monotonic time; the runner delivers it)."""

    key: str


@dataclass(frozen=True, slots=True)
class ScriptEnded:
    """A script driven on a leg has come to its end with ``result`` (callback, timeout, done …)."""

    leg: Leg
    script: str
    result: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScriptEngaged:
    """The caller on a leg has begun to say something that must not be cut off (``on``), or is done."""

    leg: Leg
    on: bool


@dataclass(frozen=True, slots=True)
class TenantPublished:
    """A tenant's settings were published (or loaded at start): decide by these from now on."""

    config: TenantConfig


@dataclass(frozen=True, slots=True)
class TenantRemoved:
    tenant_id: TenantId


@dataclass(frozen=True, slots=True)
class AgentRestored:
    """What the journal last said of an agent, told to a controller that has just taken the tenant over.

    To be given after ``TenantPublished`` and before ``NodeUp``. ``wrap_up_call`` is the call that the agent
    was writing up, if ``status`` is wrap-up."""

    tenant_id: TenantId
    agent_id: AgentId
    status: AgentStatus
    reason: str
    since: datetime
    wrap_up_call: CallId | None = None


# --- commands of people -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """What a person (or a program for one) asks. ``command_id`` is echoed in the reply."""

    command_id: str
    tenant_id: TenantId
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class LogIn(Command):
    platform: str = ""


@dataclass(frozen=True, slots=True)
class LogOut(Command):
    pass


@dataclass(frozen=True, slots=True)
class SetStatus(Command):
    """대기 / 휴식 (with a reason) / 후처리. Refused while in a call."""

    status: AgentStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Dial(Command):
    """Call a number or an extension: the agent's own phone is called first, then the other side.

    ``callback_id`` names the callback that this call carries out, if any."""

    number: str
    callback_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer(Command):
    """Have the agent's phone accept the ringing offer (a phone that can be told to)."""


@dataclass(frozen=True, slots=True)
class Reject(Command):
    pass


@dataclass(frozen=True, slots=True)
class HangUp(Command):
    pass


@dataclass(frozen=True, slots=True)
class Hold(Command):
    pass


@dataclass(frozen=True, slots=True)
class Resume(Command):
    pass


@dataclass(frozen=True, slots=True)
class Mute(Command):
    on: bool


@dataclass(frozen=True, slots=True)
class SendDigits(Command):
    digits: str


@dataclass(frozen=True, slots=True)
class BlindTransfer(Command):
    """To another agent (``target_agent``, must be available and idle) or queue or outside number."""

    target_agent: AgentId | None = None
    target_queue: QueueId | None = None
    target_number: str = ""


@dataclass(frozen=True, slots=True)
class Consult(Command):
    """Talk to another agent (or an outside number) first; the customer hears music meanwhile."""

    target_agent: AgentId | None = None
    target_number: str = ""


@dataclass(frozen=True, slots=True)
class CompleteTransfer(Command):
    """고객연결: join customer and consulted, leave oneself."""


@dataclass(frozen=True, slots=True)
class CancelTransfer(Command):
    """취소: back to the customer."""


@dataclass(frozen=True, slots=True)
class ForceEnd(Command):
    """강성종료: play the closing announcement to the customer and hang up."""


@dataclass(frozen=True, slots=True)
class Reconnect(Command):
    """The sound of the call is lost (page loaded anew, browser gone): call the agent's phone again."""


@dataclass(frozen=True, slots=True)
class WrapUpDone(Command):
    """The agent leaves wrap-up for 대기 or 휴식 (the texts are saved by the web)."""

    status: AgentStatus
    reason: str = ""
