"""What a leg is doing, told from a dump as FreeSWITCH gives it (each taken from a real one, abridged)."""

from __future__ import annotations

import pytest

from app.adapters.freeswitch.legs import Legs
from app.adapters.freeswitch.snapshot import leg_snapshot, read_legs, read_registrations, restore, state_of
from esl.errors import CommandFailed

MUSIC = "local_stream://sangdam"
BASE = {"Channel-State": "CS_EXECUTE", "Answer-State": "answered", "Call-Direction": "inbound"}


def dump(app: str = "", data: str = "", dest: str = "", step: str = "", **more: str) -> dict[str, str]:
    found = {
        **BASE, "variable_current_application": app, "variable_current_application_data": data,
        "Caller-Destination-Number": dest, "variable_sangdam_step": step,
    }  # fmt: skip
    found |= {k.replace("_", "-") if k[0].isupper() else k: v for k, v in more.items()}
    return {k: v for k, v in found.items() if v}


@pytest.mark.parametrize(
    ("what", "given", "state"),
    [
        ("greeting", dump("playback", "/p/greeting.wav", "greeting", "did"), "dialplan"),
        ("connecting prompt", dump("playback", "/p/connecting.wav", "queue-7", "queue"), "dialplan"),
        ("parked, not adopted", dump("park", "", "queue-7", "queue"), "parked"),
        ("parked, the guard's music", dump("playback", MUSIC, "queue-7", "queue"), "parked"),
        ("adopted, in music", dump("playback", MUSIC, "queue-7", "adopted"), "parked"),
        ("adopted, in a prompt", dump("playback", "/p/delay.wav", "queue-7", "adopted"), "parked"),
        ("an agent rings for him", dump("bridge", "{x}user/a@b", "queue-7", "adopted"), "parked"),
        ("in talk", dump("bridge", "{x}user/a@b", "queue-7", "talk", variable_bridge_to="b"), "bridged"),
        ("held, in music", dump("playback", MUSIC, "park", "talk"), "parked"),
        ("joined again", dump("park", "", "park", variable_bridge_to="b", Channel_State="CS_SOFT_EXECUTE"), "bridged"),
        ("the guard fired", dump("playback", "/p/unavailable.wav", "unavailable", "adopted"), "dialplan"),
        ("diverted", dump("playback", "/p/x.wav", "forced-end", "diverted"), "dialplan"),
        ("the fallback rings agents", dump("bridge", "user/a", "fallback-7", "fallback"), "dialplan"),
        ("agent's leg after a refusal", dump("bridge", "{x}user/a@b", "0212345678", "adopted"), "parked"),
        ("called agent after a refusal", dump("bridge", "x", "demo-1001", Call_Direction="outbound"), "parked"),
        ("agent's phone rings", {**BASE, "Call-Direction": "outbound", "Answer-State": "ringing"}, "ringing"),
        ("agent talks", {**BASE, "Channel-State": "CS_EXCHANGE_MEDIA", "variable_bridge_to": "a"}, "bridged"),
        ("agent dialled", dump("park", "", "0212345678", "dial", Answer_State="ringing"), "parked"),
        ("hanging up", {**BASE, "Channel-State": "CS_HANGUP"}, "dialplan"),
    ],
)  # fmt: skip
def test_state(what: str, given: dict[str, str], state: str) -> None:
    assert state_of(given) == state, what


def test_legs_without_identity_or_time_are_left_out() -> None:
    assert leg_snapshot({}) is None
    assert leg_snapshot({"Unique-ID": "a", "Caller-Channel-Created-Time": "0"}) is None


@pytest.mark.parametrize("answer", ['{"row_count":0}', '{"rows": []}', '{"rows": [1]}'])
def test_no_rows_are_no_legs_and_no_phones(answer: str) -> None:
    assert read_legs(lambda call: answer) == []
    assert read_registrations(lambda call: answer) == frozenset()


@pytest.mark.parametrize("answer", ["", "-ERR x", "[]", '{"rows": "x"}', '{"rows": [{"uuid"'])
def test_an_answer_that_cannot_be_read_is_not_taken_for_a_switch_without_calls(answer: str) -> None:
    """Every call would be closed, and who talks be hung up."""
    for read in (read_legs, read_registrations):
        with pytest.raises(CommandFailed):
            read(lambda call: answer)


def test_how_the_legs_were_left_is_known_again() -> None:
    legs = Legs()
    held = dump("playback", MUSIC, "park", "talk", variable_hangup_after_bridge="false", variable_ringback=MUSIC,
                variable_api_before_bridge="sched_del a", variable_sangdam_tenant="3")  # fmt: skip
    new = dump("park", "", "queue-7", "queue", variable_sangdam_tenant="3")
    restore(legs, [{**held, "Unique-ID": "a"}, {**new, "Unique-ID": "b"}])
    a, b = legs["a"], legs["b"]
    assert (a.held, a.prepared, a.ends_with_bridge, a.music, a.ringback, a.tenant_id) == (
        True,
        True,
        False,
        MUSIC,
        MUSIC,
        3,
    )
    assert (b.guarded, b.prepared, b.held, b.music) == (True, False, False, "")
