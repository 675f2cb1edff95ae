"""FreeSWITCH's events, one by one, and what the core is told of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from app.adapters.freeswitch.translate import (
    CUSTOM_NAMES,
    EVENT_NAMES,
    UNFILTERED,
    application_token,
    event_uuid,
    time_of,
    translate,
)
from app.core import events as ev
from esl.frames import Event

from .fakenode import AT, event

LEG, OTHER = "leg-a", "leg-b"
CALLER = {"Caller_Caller_ID_Number": "01012345678", "Caller_Caller_ID_Name": "홍길동"}
QUEUED = {
    "variable_sangdam_tenant": "1", "variable_sangdam_queue": "7", "variable_sangdam_step": "queue",
    "variable_sangdam_did": "07040000001", "variable_sangdam_menu": "1",
    "Caller_Channel_Created_Time": "1795419430000000",
}  # fmt: skip
CREATED = datetime(2026, 11, 23, 7, 37, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            event("CHANNEL_PARK", LEG, **QUEUED, **CALLER),
            ev.CallQueued("n1", AT, LEG, 1, 7, "07040000001", "01012345678", "홍길동", CREATED, "1"),
        ),
        (event("CHANNEL_PARK", LEG), ev.LegParked("n1", AT, LEG)),
        (event("CHANNEL_PARK", LEG, **{**QUEUED, "variable_sangdam_step": "adopted"}), ev.LegParked("n1", AT, LEG)),
        (event("CHANNEL_PARK", LEG, **{**QUEUED, "variable_sangdam_queue": "x"}), ev.LegParked("n1", AT, LEG)),
        (
            event(
                "CHANNEL_PARK", LEG, variable_sangdam_step="dial", variable_sangdam_tenant="1",
                variable_sangdam_agent="11", Caller_Destination_Number="0212345678",
            ),
            ev.AgentDialled("n1", AT, LEG, 1, 11, "0212345678"),
        ),
        (event("CHANNEL_PARK", LEG, variable_sangdam_step="dial"), ev.LegParked("n1", AT, LEG)),
        (event("CHANNEL_ANSWER", LEG), ev.LegAnswered("n1", AT, LEG)),
        (
            event("CHANNEL_BRIDGE", LEG, Bridge_A_Unique_ID=LEG, Bridge_B_Unique_ID=OTHER),
            ev.LegsBridged("n1", AT, LEG, OTHER),
        ),
        (
            event("CHANNEL_UNBRIDGE", LEG, Bridge_A_Unique_ID=LEG, Bridge_B_Unique_ID=OTHER),
            ev.LegsUnbridged("n1", AT, LEG, OTHER),
        ),
        (
            event(
                "CHANNEL_HANGUP_COMPLETE", LEG, Hangup_Cause="NORMAL_CLEARING",
                variable_sip_hangup_disposition="recv_bye", variable_sangdam_tenant="1", variable_sangdam_call="c",
            ),
            ev.LegHungUp("n1", AT, LEG, "NORMAL_CLEARING", True, 1, "c"),
        ),
        (
            event("CHANNEL_HANGUP_COMPLETE", LEG, Hangup_Cause="NO_ANSWER",
                  variable_sip_hangup_disposition="send_cancel"),
            ev.LegHungUp("n1", AT, LEG, "NO_ANSWER", False),
        ),
        (event("DTMF", LEG, DTMF_Digit="#"), ev.DigitPressed("n1", AT, LEG, "#")),
        (
            event("RECORD_STOP", LEG, Record_File_Path="/rec/x.wav", variable_record_ms="12760"),
            ev.RecordingStopped("n1", AT, LEG, "/rec/x.wav", 12.76),
        ),
        (
            event("CUSTOM", LEG, "sangdam::ars", sangdam_step="did", variable_sangdam_tenant="1",
                  variable_sangdam_did="07040000001", **CALLER),
            ev.CallArrived("n1", AT, LEG, 1, "07040000001", "01012345678", "홍길동"),
        ),
        (
            event("CUSTOM", LEG, "sangdam::ars", sangdam_step="menu", sangdam_detail="2", variable_sangdam_tenant="1"),
            ev.ArsStep("n1", AT, LEG, 1, "menu", "2"),
        ),
        (
            event("CUSTOM", "", "sofia::register", from_user="demo-1001", user_agent="JsSIP", network_ip="10.0.0.1"),
            ev.PhoneRegistered("n1", AT, "demo-1001", "JsSIP", "10.0.0.1"),
        ),
        (event("CUSTOM", "", "sofia::unregister", from_user="demo-1001"), ev.PhoneUnregistered("n1", AT, "demo-1001")),
        (event("CUSTOM", "", "sofia::expire", user="demo-1001"), ev.PhoneUnregistered("n1", AT, "demo-1001")),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, Event) else value.subclass or value.name,
)  # fmt: skip
def test_an_event_means(said: Event, told: ev.SwitchEvent) -> None:
    assert translate(said, "n1") == [told]


@pytest.mark.parametrize(
    ("application", "more", "cause"),
    [
        ("bridge", {"variable_originate_disposition": "USER_BUSY"}, "USER_BUSY"),
        ("bridge", {"variable_originate_disposition": "SUCCESS"}, "NORMAL_CLEARING"),
        # early media, then refused: the bridge was a success, the call was not
        (
            "bridge",
            {"variable_originate_disposition": "SUCCESS", "variable_bridge_hangup_cause": "USER_BUSY"},
            "USER_BUSY",
        ),
        ("playback", {"Application_Response": "FILE PLAYED"}, ""),
        ("playback", {"Application_Response": "FILE NOT FOUND"}, "FILE NOT FOUND"),
    ],
)  # fmt: skip
def test_our_applications_end_with_their_cause(application: str, more: dict[str, str], cause: str) -> None:
    said = event("CHANNEL_EXECUTE_COMPLETE", LEG, Application=application, Application_UUID="sg-t1", **more)
    assert translate(said, "n1") == [ev.AppFinished("n1", AT, LEG, "t1", application, cause)]


@pytest.mark.parametrize(
    "token", ["t1", "script:8c524d75-75f7-4fb7-9f63-5f7066486298:12", "Z", "aZ3ab", "a_b.c/d"]
)
def test_tokens_come_back_as_they_went(token: str) -> None:
    sent = event_uuid(token)
    assert re.fullmatch(r"sg-[0-9A-Za-z-]{1,61}", sent)
    assert application_token(event("CHANNEL_EXECUTE_COMPLETE", LEG, Application_UUID=sent)) == token


@pytest.mark.parametrize(
    "said",
    [
        event("CHANNEL_EXECUTE_COMPLETE", LEG, Application="answer", Application_UUID="687843c5-afc0-40b2"),
        event("CHANNEL_EXECUTE_COMPLETE", LEG, Application="playback", Application_UUID="sg-music"),
        event("CHANNEL_CREATE", LEG),
        event("HEARTBEAT"),
        event("CUSTOM", LEG, "sangdam::ars", sangdam_step="did"),
        event("CUSTOM", LEG, "conference::maintenance"),
        event("DTMF", LEG, DTMF_Digit="12"),
        event("DTMF", LEG, DTMF_Digit="w"),
        Event("CHANNEL_PARK", "", {"Unique-ID": LEG}),
        Event("CHANNEL_PARK", "", {"Unique-ID": LEG, "Event-Date-Timestamp": "soon"}),
    ],
    ids=lambda said: said.get("Application-UUID") or said.subclass or said.name,
)
def test_what_means_nothing_to_the_core(said: Event) -> None:
    assert translate(said, "n1") == []


def test_a_callers_words_are_never_identity() -> None:
    hostile = {
        "Caller_Caller_ID_Number": "010\nvariable_sangdam_tenant: 99",
        "Caller_Caller_ID_Name": "x\nUnique-ID: 11111111",
        "variable_sip_h_X-Sangdam-Tenant": "99",
    }
    (told,) = translate(event("CHANNEL_PARK", LEG, **QUEUED, **hostile), "n1")
    assert isinstance(told, ev.CallQueued)
    assert (told.leg, told.tenant_id, told.caller_number) == (LEG, 1, "")
    assert told.caller_name == "x Unique-ID: 11111111"


@pytest.mark.parametrize("text", ["", "0", "-5", "1e9", "9" * 30, "１"])
def test_times_that_are_none(text: str) -> None:
    assert time_of(text) is None


def test_everything_that_is_subscribed_is_handled_or_filtered() -> None:
    assert set(EVENT_NAMES) - set(UNFILTERED) == {"CHANNEL_EXECUTE_COMPLETE"}
    for name in EVENT_NAMES:
        said = event(name, LEG, DTMF_Digit="1", Application_UUID="sg-t", Application="bridge")
        assert translate(said, "n1"), name
    for custom in CUSTOM_NAMES:
        said = event("CUSTOM", LEG, custom, sangdam_step="menu", variable_sangdam_tenant="1", from_user="u")
        assert translate(said, "n1"), custom
