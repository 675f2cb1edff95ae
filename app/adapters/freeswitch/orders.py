"""The core's effects → Event Socket commands. No I/O: given an effect and how the legs were left, what to say.

How FreeSWITCH 1.11.0 is made to do what an effect means (each was tried on it):

- *Ordering.* ``api`` commands and ``sendmsg`` are carried out in the order in which they are written to one
  connection, so everything short goes as ``api`` (below 1 ms each), never as ``bgapi`` whose threads
  race. Only ``originate``, which waits for the answer, is a background job.
- *Nesting.* An application sent to a leg that is parked runs inside park; one that is sent while music
  plays runs inside the music, which waits and then goes on. So an offer starts at once (42 ms to
  the bridge with and without music; a ``uuid_break`` before it only costs time), and when it fails, the
  music is back by itself. Music is therefore started once and not again on top of itself:
  FreeSWITCH allows 16 levels.
- *Music* is ``playback``, not ``endless_playback``: the latter leaves pressed keys unread.
  ``playback_terminators=none``, or ``*`` would end it.
- *Ringback* has to be a channel variable of the leg that waits; in a dial string it has no effect. With
  ``instant_ringback`` it starts before the phone rings, so nobody hears silence.
- *Guard.* ``api_before_bridge=sched_del <leg>`` makes FreeSWITCH itself cancel the guard (longest wait) when a
  talk begins, controller or not; an offer that fails leaves the guard in place.
- *Who ends with whom.* ``hangup_after_bridge=true`` and ``continue_on_fail=true``: after talk either side's hangup
  ends the other, after a failed offer the leg is back in park; both without the controller. On a
  held pair it is false, so that the end of a consultation brings the agent back to park.
- *Hold.* ``uuid_dual_transfer`` of both legs to ``park``; a recording goes on. Then ``uuid_bridge``.
- *Headers.* FreeSWITCH copies a caller's own ``X-…`` headers to whom he is bridged to, where an
  ``X-Sangdam-Auto-Answer`` would pass for ours; ``sip_copy_custom_headers=false`` ends that.
- ``leg_timeout`` counts whole seconds of the epoch and may run out a second early: one is added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from app.adapters.freeswitch import clean
from app.adapters.freeswitch.legs import Legs
from app.adapters.freeswitch.translate import MUSIC_TOKEN, event_uuid
from app.core import effects as fx
from app.core.definitions import Leg, TenantId
from esl import commands as esl
from esl.dialstring import DialString, Endpoint, Gateway, User, display_name
from esl.errors import UnsafeValue

HOLD_GUARD_SECONDS = 3600
"""A held pair that nobody takes up again (the controller is dead) is told so and ended after this time."""

RINGBACK_TONE = "%(1000,2000,440,480)"
"""The Korean ringing tone: an agent who calls out hears it until the carrier sends its own."""

ANONYMOUS = "anonymous"

_STANDING = ("continue_on_fail=true", "playback_terminators=none", "sip_copy_custom_headers=false")

_PATH = re.compile(r"[0-9A-Za-z가-힣_./=-]{1,400}")
_EXTENSION = re.compile(r"[0-9a-z_-]{1,64}")
_STREAM = re.compile(r"(local_stream|tone_stream|silence_stream)://[0-9A-Za-z_./%=;:@()*+,-]{1,200}")


@dataclass(frozen=True, slots=True)
class Params:
    """What is the same for every effect on a node."""

    sip_domain: str
    recordings_dir: str
    gateway: str = "carrier"


@dataclass(frozen=True, slots=True)
class Order:
    """One command, and whom to blame when FreeSWITCH refuses it."""

    command: esl.Command
    leg: Leg
    token: str = ""
    job: bool = False
    """A background job (``command`` is then an api call)."""


def orders(effect: fx.Effect, legs: Legs, params: Params) -> list[Order]:
    """The commands for one effect; ``legs`` is brought up to date. Raises UnsafeValue before any is made.

    Effects that are not the switch's raise TypeError.
    """
    plan = _PLANS.get(type(effect))
    if plan is None:
        raise TypeError(f"not an effect of the switch: {type(effect).__name__}")
    return plan(effect, legs, params)


def context_of(tenant_id: TenantId) -> str:
    """The dialplan context of a tenant."""
    return f"t{int(tenant_id)}"


# --- building blocks --------------------------------------------------------------------------


def _variables(leg: Leg, variables: Mapping[str, str]) -> Order:
    return Order(esl.UuidSetVars(leg, variables), leg)


def _disarm(leg: Leg, legs: Legs) -> list[Order]:
    legs[leg].guarded = False
    return [Order(esl.SchedDel(leg), leg)]


def _standing(leg: Leg, legs: Legs) -> list[Order]:
    """What every leg that we have in hand needs once. Without it a failed offer would end the call."""
    state, found = legs[leg], []
    if state.guarded:
        # No longer new: when it parks again, it is not a call that has just come.
        found += [*_disarm(leg, legs), _variables(leg, {"sangdam_step": "adopted"})]
    if not state.prepared:
        state.prepared = True
        # esl refuses variables whose value FreeSWITCH executes; this one is made of a checked UUID only.
        leg = esl.values.uuid(leg)
        text = ";".join((*_STANDING, f"api_before_bridge=sched_del {leg}"))
        found.append(Order(esl.Api("uuid_setvar_multi", f"{leg} {text}"), leg))
    return found


def _before_bridge(leg: Leg, legs: Legs, ringback: str) -> list[Order]:
    state = legs[leg]
    found, wanted = _standing(leg, legs), {}
    if not state.held and state.ends_with_bridge is not True:
        state.ends_with_bridge = True
        wanted["hangup_after_bridge"] = "true"
    if state.ringback != ringback:
        state.ringback = ringback
        # For an answered leg FreeSWITCH asks transfer_ringback first, else ringback.
        wanted |= {"ringback": ringback, "transfer_ringback": ringback}
    return [*found, _variables(leg, wanted)] if wanted else found


def _music(music: str) -> str:
    if not _STREAM.fullmatch(music) and not (music.startswith("/") and _PATH.fullmatch(music)):
        raise UnsafeValue(f"not music: {music[:80]!r}")
    return music


def _path(path: str) -> str:
    if not path.startswith("/") or not _PATH.fullmatch(path) or ".." in path.split("/"):
        raise UnsafeValue(f"not the path of a sound file: {path[:80]!r}")
    return path


def _shown(number: str, name: str) -> dict[str, str]:
    """Whom the phone shows. Always set: else the caller's own words would be in the From header."""
    cleaned = clean.number(number) or ANONYMOUS
    return {
        "origination_caller_id_number": cleaned,
        "origination_caller_id_name": display_name(clean.name(name)) or cleaned,
    }


def _own(tenant_id: TenantId, call_id: str, role: str, **more: str) -> dict[str, str]:
    variables = {"tenant": str(int(tenant_id)), "call": call_id, "role": role, **more}
    return {f"sangdam_{name}": value for name, value in variables.items()}


def _bridge(leg: Leg, new: Leg, endpoint: Endpoint, variables: Mapping[str, str], seconds: int) -> Order:
    timing = {"leg_timeout": str(max(1, int(seconds)) + 1), "instant_ringback": "true"}
    dial = DialString((endpoint,), {"origination_uuid": new, **timing, **variables})
    return Order(esl.Execute(leg, "bridge", dial.text(), event_uuid(new)), leg, new)


# --- one for each effect ----------------------------------------------------------------------


def _adopt(e: fx.Adopt, legs: Legs, params: Params) -> list[Order]:
    state = legs[e.leg]
    state.tenant_id, state.guarded = e.tenant_id, False
    guard = esl.SchedTransfer(
        e.longest_wait_seconds, e.leg, esl.Extension("unavailable", context_of(e.tenant_id))
    )
    named = {"step": "adopted", **e.variables}
    return [
        Order(esl.SchedDel(e.leg), e.leg),
        Order(guard, e.leg),
        *_standing(e.leg, legs),
        *_set_variables(fx.SetVariables(e.leg, named), legs, params),
    ]


def _set_variables(e: fx.SetVariables, legs: Legs, params: Params) -> list[Order]:
    pairs = {f"sangdam_{name}": clean.variable_value(value) for name, value in e.variables.items()}
    return [_variables(e.leg, pairs)] if pairs else []


def _offer(e: fx.Offer, legs: Legs, params: Params) -> list[Order]:
    variables = {
        **_shown(e.shown_number, e.shown_name),
        **_own(e.tenant_id, e.call_id, "agent", agent=str(int(e.agent_id)), offer=e.agent_leg),
        **_facts(e.call_id, e.shown_number, e.shown_name, e.queue_name),
    }
    if e.queue_id is not None:
        variables["sangdam_queue"] = str(int(e.queue_id))
    order = _bridge(e.leg, e.agent_leg, User(e.sip_user, params.sip_domain), variables, e.timeout_seconds)
    legs[e.agent_leg].tenant_id = e.tenant_id
    before = _before_bridge(e.leg, legs, _music(e.music))
    legs[e.leg].bridging = e.agent_leg
    return [*before, order]


def _facts(call_id: str, number: str, name: str, queue: str = "") -> dict[str, str]:
    """The call's facts for the agent's browser, as SIP headers; values are percent-encoded UTF-8."""
    facts = {"Call": call_id, "Number": clean.number(number), "Name": name, "Queue": queue}
    return {f"sip_h_X-Sangdam-{key}": clean.header_value(value) for key, value in facts.items() if value}


def _call_agent(e: fx.CallAgent, legs: Legs, params: Params) -> list[Order]:
    variables = {
        "origination_uuid": e.agent_leg,
        **_shown(e.shown_number, e.shown_name),
        **_own(e.tenant_id, e.call_id, e.role, agent=str(int(e.agent_id))),
        **_facts(e.call_id, e.shown_number, e.shown_name),
    }
    if e.auto_answer:
        # The browser looks at the first, softphones and desk phones at Call-Info and the NOTIFY of the second.
        variables |= {"sip_h_X-Sangdam-Auto-Answer": "true", "sip_auto_answer": "true"}
    legs[e.agent_leg].tenant_id = e.tenant_id
    dial = DialString((User(e.sip_user, params.sip_domain),), variables)
    call = esl.Originate(dial, esl.App("park"), max(1, int(e.timeout_seconds)) + 1)
    return [Order(call, e.agent_leg, e.agent_leg, job=True)]


def _call_out(e: fx.CallOut, legs: Legs, params: Params) -> list[Order]:
    variables = {
        "origination_caller_id_number": e.caller_id,
        "origination_caller_id_name": e.caller_id,
        **_own(e.tenant_id, e.call_id, e.role),
    }
    order = _bridge(e.leg, e.new_leg, Gateway(params.gateway, e.number), variables, e.timeout_seconds)
    legs[e.new_leg].tenant_id = e.tenant_id
    before = _before_bridge(e.leg, legs, RINGBACK_TONE)
    legs[e.leg].bridging = e.new_leg
    return [*before, order]


def _join(e: fx.Join, legs: Legs, params: Params) -> list[Order]:
    found: list[Order] = []
    for leg in (e.leg, e.other):
        found += _standing(leg, legs)
        state = legs[leg]
        state.held = False
        state.silenced()
        if state.ends_with_bridge is not True:
            state.ends_with_bridge = True
            found.append(_variables(leg, {"hangup_after_bridge": "true"}))
    return [*found, Order(esl.UuidBridge(e.leg, e.other), e.leg)]


def _part(e: fx.Part, legs: Legs, params: Params) -> list[Order]:
    rest = esl.Inline((("park", ""),))
    found: list[Order] = []
    for leg in e.keep:
        state = legs[leg]
        found += _standing(leg, legs)
        state.silenced()
        state.held = len(e.keep) > 1
    if len(e.keep) < 2:
        return [*found, *(Order(esl.UuidTransfer(leg, rest), leg) for leg in e.keep)]
    for leg in e.keep:
        state = legs[leg]
        state.ends_with_bridge = False
        found.append(_variables(leg, {"hangup_after_bridge": "false"}))
        if state.tenant_id is not None:
            place = esl.Extension("unavailable", context_of(state.tenant_id))
            found.append(Order(esl.SchedTransfer(HOLD_GUARD_SECONDS, leg, place), leg))
    return [*found, Order(esl.UuidDualTransfer(e.leg, rest, rest), e.leg)]


def _hang_up(e: fx.HangUpLeg, legs: Legs, params: Params) -> list[Order]:
    return [Order(esl.UuidKill(e.leg, e.cause), e.leg)]


def _play_prompt(e: fx.PlayPrompt, legs: Legs, params: Params) -> list[Order]:
    paths = [_path(path) for path in e.paths]
    if not paths:
        raise UnsafeValue("a prompt without a file")
    # One application for all of them: one end, and nothing of another script in between.
    what = paths[0] if len(paths) == 1 else "file_string://" + "!".join(paths)
    order = Order(esl.Execute(e.leg, "playback", what, event_uuid(e.token)), e.leg, e.token)
    found = [*_standing(e.leg, legs), order]
    legs[e.leg].prompts.append(e.token)
    return found


def _play_music(e: fx.PlayMusic, legs: Legs, params: Params) -> list[Order]:
    state, music = legs[e.leg], _music(e.music)
    if state.music == music:
        return []
    found = _standing(e.leg, legs)
    if state.music:
        found.append(Order(esl.UuidBreak(e.leg, all_queued=False), e.leg))
    state.music, state.lost = music, ""
    # A file would end; a stream does not, and reads keys meanwhile.
    app = "playback" if _STREAM.fullmatch(music) else "endless_playback"
    return [*found, Order(esl.Execute(e.leg, app, music, event_uuid(MUSIC_TOKEN)), e.leg)]


def _stop_playing(e: fx.StopPlaying, legs: Legs, params: Params) -> list[Order]:
    """Stop the prompt. Without a prompt, stop the music.

    FreeSWITCH (switch_ivr_parse_event, CF_STOP_BROADCAST) then ends the music beneath the prompt as well, unless it
    has the next application in its hands by then; the adapter starts it again (switch.py).
    """
    state = legs[e.leg]
    if not state.prompts:
        if not state.music:
            # A break that finds nothing to stop would stop what is played next.
            state.lost = ""
            return []
        state.silenced()
    return [Order(esl.UuidBreak(e.leg, all_queued=False), e.leg)]


def _divert(e: fx.Divert, legs: Legs, params: Params) -> list[Order]:
    extension = e.extension.replace("_", "-")
    if not _EXTENSION.fullmatch(extension):
        raise UnsafeValue(f"not an extension of a tenant's dialplan: {e.extension[:80]!r}")
    place = esl.Extension(extension, context_of(e.tenant_id))
    state = legs[e.leg]
    state.silenced()
    state.held = False
    return [
        *_disarm(e.leg, legs),
        _variables(e.leg, {"sangdam_step": "diverted"}),
        Order(esl.UuidTransfer(e.leg, place), e.leg),
    ]


def _record(e: fx.StartRecording, legs: Legs, params: Params) -> list[Order]:
    relative = PurePosixPath(e.path)
    if relative.is_absolute() or ".." in relative.parts:
        raise UnsafeValue(f"not a path within the recordings: {e.path[:80]!r}")
    path = _path(f"{params.recordings_dir}/{relative}")
    # RECORD_MIN_SEC: FreeSWITCH deletes recordings of less than three seconds unless told otherwise.
    return [
        _variables(e.leg, {"RECORD_STEREO": "true", "RECORD_MIN_SEC": "0"}),
        Order(esl.UuidRecord(e.leg, "start", path), e.leg),
    ]


def _mute(e: fx.MuteLeg, legs: Legs, params: Params) -> list[Order]:
    return [Order(esl.UuidAudio(e.leg, "start" if e.on else "stop"), e.leg)]


def _tones(e: fx.SendTones, legs: Legs, params: Params) -> list[Order]:
    return [Order(esl.UuidSendDtmf(e.leg, e.digits), e.leg)]


def _answer_phone(e: fx.AnswerPhone, legs: Legs, params: Params) -> list[Order]:
    return [Order(esl.UuidPhoneEvent(e.leg, "talk"), e.leg)]


_PLANS: dict[type[fx.Effect], Callable[[Any, Legs, Params], list[Order]]] = {
    fx.Adopt: _adopt,
    fx.SetVariables: _set_variables,
    fx.Offer: _offer,
    fx.CallAgent: _call_agent,
    fx.CallOut: _call_out,
    fx.Join: _join,
    fx.Part: _part,
    fx.HangUpLeg: _hang_up,
    fx.PlayPrompt: _play_prompt,
    fx.PlayMusic: _play_music,
    fx.StopPlaying: _stop_playing,
    fx.Divert: _divert,
    fx.StartRecording: _record,
    fx.MuteLeg: _mute,
    fx.SendTones: _tones,
    fx.AnswerPhone: _answer_phone,
}
