"""What the core decides: effects, carried out by the runner in order. Values, never calls.

``token`` identifies an execution; its end comes back as ``AppFinished(token=…)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.definitions import AgentId, Leg, QueueId, TenantId
from app.core.journal import JournalEvent


class Effect:
    """Base of all effects."""

    __slots__ = ()


# --- the switch -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Adopt(Effect):
    """Take a parked caller over from the dialplan: cancel its guard, set the long one
    (``longest_wait_seconds`` → the dialplan's ``unavailable``) and keep it parked."""

    leg: Leg
    tenant_id: TenantId
    longest_wait_seconds: int
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetVariables(Effect):
    """Set ``sangdam_<name>`` variables on a leg, so that a later adoption knows it again."""

    leg: Leg
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer(Effect):
    """Present a call to an agent: ``bridge`` executed on ``leg`` (caller or customer), the agent's
    leg having the UUID ``agent_leg``; rings ``timeout_seconds`` at most; ``music`` is the ringback."""

    leg: Leg
    agent_leg: Leg
    tenant_id: TenantId
    agent_id: AgentId
    sip_user: str
    timeout_seconds: int
    shown_number: str
    shown_name: str
    music: str
    call_id: str
    queue_id: QueueId | None = None
    queue_name: str = ""


@dataclass(frozen=True, slots=True)
class CallAgent(Effect):
    """Call the agent's own phone (click to dial, takeover); it parks when it answers.
    ``auto_answer`` lets the agent's browser accept by itself: the agent asked for the call."""

    agent_leg: Leg
    tenant_id: TenantId
    agent_id: AgentId
    sip_user: str
    timeout_seconds: int
    shown_number: str
    shown_name: str
    call_id: str
    auto_answer: bool = True
    role: str = "agent"
    beside: Leg = ""
    """On the node of this leg; empty: on any."""


@dataclass(frozen=True, slots=True)
class CallOut(Effect):
    """``bridge`` on an agent's (or customer's) leg to an outside number through the tenant's gateway."""

    leg: Leg
    new_leg: Leg
    tenant_id: TenantId
    number: str
    caller_id: str
    timeout_seconds: int
    call_id: str
    role: str = "customer"


@dataclass(frozen=True, slots=True)
class Join(Effect):
    """Bridge two live legs."""

    leg: Leg
    other: Leg


@dataclass(frozen=True, slots=True)
class Part(Effect):
    """Take a bridged pair apart; each leg in ``keep`` is parked, the others end with the bridge."""

    leg: Leg
    keep: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class HangUpLeg(Effect):
    leg: Leg
    cause: str = "NORMAL_CLEARING"


@dataclass(frozen=True, slots=True)
class PlayPrompt(Effect):
    """Play sound files one after another on a parked leg; ``AppFinished(token)`` at the end."""

    leg: Leg
    paths: tuple[str, ...]
    token: str


@dataclass(frozen=True, slots=True)
class PlayMusic(Effect):
    """Endless music on a parked leg until ``StopPlaying`` or another application."""

    leg: Leg
    music: str


@dataclass(frozen=True, slots=True)
class StopPlaying(Effect):
    leg: Leg


@dataclass(frozen=True, slots=True)
class Divert(Effect):
    """Send a leg back into the tenant's dialplan at ``extension`` (``unavailable``, ``forced_end``…)."""

    leg: Leg
    tenant_id: TenantId
    extension: str


@dataclass(frozen=True, slots=True)
class StartRecording(Effect):
    """Record ``leg`` in stereo into ``path`` (relative to the recordings directory) until it ends."""

    leg: Leg
    path: str


@dataclass(frozen=True, slots=True)
class MuteLeg(Effect):
    leg: Leg
    on: bool


@dataclass(frozen=True, slots=True)
class SendTones(Effect):
    """Send DTMF digits to a leg's far end."""

    leg: Leg
    digits: str


@dataclass(frozen=True, slots=True)
class AnswerPhone(Effect):
    """Tell a ringing phone that can be told (talk event) to answer."""

    leg: Leg


# --- scripts ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunScript(Effect):
    """Let the script driver run ``ivr_scripts``' ``script`` on a parked leg from its beginning, or,
    when ``resume``, go on where an offer interrupted it."""

    leg: Leg
    script: str
    tenant_id: TenantId
    queue_id: QueueId | None = None
    resume: bool = False
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StopScript(Effect):
    """Stop the script on a leg; ``pause`` keeps it for ``RunScript(resume=True)``."""

    leg: Leg
    pause: bool = False


# --- ourselves ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StartTimer(Effect):
    """(Re)start the timer ``key``; ``TimerFired(key)`` after ``seconds`` of monotonic time."""

    key: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer(Effect):
    key: str


@dataclass(frozen=True, slots=True)
class Record(Effect):
    """Append to the journal."""

    event: JournalEvent


@dataclass(frozen=True, slots=True)
class AgentChanged(Effect):
    """The live view of this agent is to be published."""

    tenant_id: TenantId
    agent_id: AgentId


@dataclass(frozen=True, slots=True)
class QueueChanged(Effect):
    tenant_id: TenantId
    queue_id: QueueId


@dataclass(frozen=True, slots=True)
class Reply(Effect):
    """The answer to a command. ``error`` is a code of app.core.errors (None: done)."""

    command_id: str
    error: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
