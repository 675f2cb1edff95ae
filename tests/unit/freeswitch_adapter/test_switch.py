"""Effects as FreeSWITCH is told them, and what the node remembers in order to speak rightly."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.adapters.freeswitch import switch as module
from app.adapters.freeswitch.switch import FreeSwitchNode
from app.core import effects as fx
from app.core import events as ev
from app.ports import SwitchUnavailable
from esl.errors import CommandFailed, Disconnected

from .fakenode import AT, CORE, World, event

A, B, C = "leg-a", "leg-b", "leg-c"
MUSIC = "local_stream://sangdam"
STANDING = (
    "api uuid_setvar_multi {0} continue_on_fail=true;playback_terminators=none;sip_copy_custom_headers=false;"
    "api_before_bridge=sched_del {0}"
)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(module, "SETTLE_SECONDS", 0)
    return World()


@pytest.fixture
def node(world: World) -> Iterator[FreeSwitchNode]:
    started, world.heard = world.node()  # type: ignore[attr-defined]
    yield started
    started.stop()


def said(world: World) -> list[str]:
    """Each command since the last look: the api line, or leg, application and argument of a sendmsg."""
    world.settle()
    found = []
    for text in world.said:
        head, _, body = text.partition("\n\n")
        lines = dict(line.partition(": ")[::2] for line in head.split("\n")[1:])
        if text.startswith("sendmsg "):
            argument = lines.get("execute-app-arg", body)
            found.append(
                f"{head.split()[1]} {lines['execute-app-name']}({argument}) {lines.get('event-uuid', '')}"
            )
        else:
            found.append(head)
    world.said.clear()
    return found


def heard(world: World) -> list[ev.SwitchEvent]:
    world.settle()
    events: list[ev.SwitchEvent] = world.heard  # type: ignore[attr-defined]
    copy = list(events)
    events.clear()
    return copy


def offer(leg: str = A, new: str = B, **changes: object) -> fx.Offer:
    values = dict(
        leg=leg, agent_leg=new, tenant_id=1, agent_id=11, sip_user="demo-1001", timeout_seconds=30,
        shown_number="01012345678", shown_name="홍길동", music=MUSIC, call_id=A, queue_id=7, queue_name="상담",
    )  # fmt: skip
    return fx.Offer(**{**values, **changes})  # type: ignore[arg-type]


def park(leg: str, step: str = "") -> object:
    more = {"variable_sangdam_step": step, "variable_sangdam_tenant": "1", "variable_sangdam_queue": "7"}
    return event("CHANNEL_PARK", leg, **(more if step else {}))


def test_adoption_cancels_the_guard_sets_the_long_one_and_marks_the_leg(
    world: World, node: FreeSwitchNode
) -> None:
    world.say(park(A, "queue"))  # type: ignore[arg-type]
    node.perform(fx.Adopt(A, 1, 600, {"call": A, "entered": "12;3"}))
    assert said(world) == [
        f"api sched_del {A}",
        f"api sched_transfer +600 {A} unavailable XML t1",
        STANDING.format(A),
        f"api uuid_setvar_multi {A} sangdam_step=adopted;sangdam_call={A};sangdam_entered=12 3",
    ]


def test_an_offer_sets_the_ringback_once_and_bridges(world: World, node: FreeSwitchNode) -> None:
    node.perform(fx.Adopt(A, 1, 600))
    said(world)
    node.perform(offer())
    first, second = said(world)
    assert first == (
        f"api uuid_setvar_multi {A} hangup_after_bridge=true;ringback={MUSIC};transfer_ringback={MUSIC}"
    )
    assert second == (
        f"{A} bridge({{origination_uuid={B},leg_timeout=31,instant_ringback=true,"
        "origination_caller_id_number=01012345678,origination_caller_id_name=홍길동,"
        f"sangdam_tenant=1,sangdam_call={A},sangdam_role=agent,sangdam_agent=11,sangdam_offer={B},"
        f"sip_h_X-Sangdam-Call={A},sip_h_X-Sangdam-Number=01012345678,"
        "sip_h_X-Sangdam-Name=%ED%99%8D%EA%B8%B8%EB%8F%99,sip_h_X-Sangdam-Queue=%EC%83%81%EB%8B%B4,"
        f"sangdam_queue=7}}user/demo-1001@sangdam.local) sg-{B}"
    )
    node.perform(offer(new=C))
    assert len(said(world)) == 1


def test_a_caller_without_a_number_is_shown_as_anonymous(world: World, node: FreeSwitchNode) -> None:
    node.perform(offer(shown_number="evil\n", shown_name="{x},"))
    assert "origination_caller_id_number=anonymous,origination_caller_id_name=x," in said(world)[-1]


def test_a_dialling_agents_guard_is_cancelled_by_what_is_done_first(
    world: World, node: FreeSwitchNode
) -> None:
    world.say(
        event("CHANNEL_PARK", A, variable_sangdam_step="dial", variable_sangdam_tenant="1",
              variable_sangdam_agent="11", Caller_Destination_Number="0212345678")
    )  # fmt: skip
    node.perform(fx.CallOut(A, B, 1, "0212345678", "07040000001", 60, A))
    commands = said(world)
    assert commands[:3] == [
        f"api sched_del {A}",
        f"api uuid_setvar_multi {A} sangdam_step=adopted",
        STANDING.format(A),
    ]
    assert "ringback=%(1000,2000,440,480)" in commands[3]
    assert commands[4].startswith(f"{A} bridge({{origination_uuid={B},leg_timeout=61,")
    assert commands[4].endswith(f"}}sofia/gateway/carrier/0212345678) sg-{B}")


def test_the_agents_own_phone_is_a_background_job(world: World, node: FreeSwitchNode) -> None:
    node.perform(fx.CallAgent(B, 1, 11, "demo-1001", 20, "0212345678", "고객", B))
    assert said(world) == []
    line, job = world.jobs[-1]
    assert line.startswith(f"originate '{{origination_uuid={B},")
    assert "sip_h_X-Sangdam-Auto-Answer=true,sip_auto_answer=true}user/demo-1001@sangdam.local" in line
    assert line.endswith("'&park()' undef undef undef undef 21") or line.endswith(
        "&park() undef undef undef undef 21"
    )
    job.set_exception(CommandFailed("originate", "USER_NOT_REGISTERED"))
    assert heard(world) == [ev.EffectFailed("n1", AT, B, B, "USER_NOT_REGISTERED")]


def test_music_is_started_once_and_the_prompt_is_what_stops(world: World, node: FreeSwitchNode) -> None:
    node.perform(fx.PlayMusic(A, MUSIC))
    assert said(world) == [STANDING.format(A), f"{A} playback({MUSIC}) sg-music"]
    node.perform(fx.PlayMusic(A, MUSIC))
    assert said(world) == []
    node.perform(fx.PlayPrompt(A, ("/p/a.wav", "/p/b.wav"), "t1"))
    assert said(world) == [f"{A} playback(file_string:///p/a.wav!/p/b.wav) sg-t1"]
    node.perform(fx.StopPlaying(A))
    assert said(world) == [f"api uuid_break {A}"]
    ended = event("CHANNEL_EXECUTE_COMPLETE", A, Application="playback", Application_UUID="sg-t1",
                  Application_Response="FILE PLAYED")  # fmt: skip
    world.say(ended)
    assert heard(world) == [ev.AppFinished("n1", AT, A, "t1", "playback")]
    node.perform(fx.PlayMusic(A, MUSIC))
    assert said(world) == [], "the music beneath goes on by itself"
    node.perform(fx.StopPlaying(A))
    assert said(world) == [f"api uuid_break {A}"]
    node.perform(fx.StopPlaying(A))
    assert said(world) == [], "a break without anything to stop would stop what comes next"
    node.perform(fx.PlayMusic(A, MUSIC))
    assert said(world) == [f"{A} playback({MUSIC}) sg-music"]


@pytest.mark.parametrize(
    ("what", "after", "more", "again"),
    [
        ("hit by a break meant for a prompt", 1.0, {"Application_Response": "FILE PLAYED"}, True),
        ("the stream does not play", 0.1, {"Application_Response": "FILE PLAYED"}, False),
        ("sent away", 1.0, {"Application_Response": "PLAYBACK ERROR"}, False),
        ("hung up", 1.0, {"Application_Response": "FILE PLAYED", "Hangup_Cause": "NORMAL_CLEARING"}, False),
    ],
)
def test_music_that_ended_unbidden(
    world: World, node: FreeSwitchNode, what: str, after: float, more: dict[str, str], again: bool
) -> None:
    node.perform(fx.PlayMusic(A, MUSIC))
    said(world)
    world.clock.ahead += after
    ended = {"Application": "playback", "Application_UUID": "sg-music", "Application_Data": MUSIC, **more}
    world.say(event("CHANNEL_EXECUTE_COMPLETE", A, **ended))
    assert heard(world) == []
    assert said(world) == ([f"{A} playback({MUSIC}) sg-music"] if again else []), what
    node.perform(fx.PlayMusic(A, MUSIC))
    assert said(world) == ([] if again else [f"{A} playback({MUSIC}) sg-music"]), what


def test_effects_wait_until_a_parted_leg_has_come_to_rest(world: World, node: FreeSwitchNode) -> None:
    node.perform(fx.Adopt(A, 1, 600))
    said(world)
    node.perform(fx.Part(A, (A, B)))
    assert said(world)[-1] == f"api uuid_dual_transfer {A} park/inline park/inline"
    node.perform(fx.PlayMusic(A, MUSIC))
    node.perform(fx.Join(A, B))
    assert said(world) == []
    world.say(park(B))  # type: ignore[arg-type]
    assert said(world) == []
    world.say(park(A))  # type: ignore[arg-type]
    commands = said(world)
    assert commands[0] == f"{A} playback({MUSIC}) sg-music"
    assert commands[-1] == f"api uuid_bridge {A} {B}"
    node.perform(fx.HangUpLeg(B))
    assert said(world) == [f"api uuid_kill {B} NORMAL_CLEARING"], "hanging up never waits"


def test_what_waits_is_done_when_the_rest_never_comes(
    world: World, node: FreeSwitchNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gevent

    monkeypatch.setattr(module, "REST_SECONDS", 0.01)
    node.perform(fx.Part(A, (A,)))
    node.perform(fx.PlayMusic(A, MUSIC))
    said(world)
    gevent.sleep(0.03)
    assert said(world) == [f"{A} playback({MUSIC}) sg-music"]


@pytest.mark.parametrize(
    ("keep", "transfer", "ends"),
    [
        ((A, B), f"api uuid_dual_transfer {A} park/inline park/inline", "false"),
        ((A,), f"api uuid_transfer {A} park inline", "true"),
    ],
)
def test_who_ends_with_whom_after_parting(
    world: World, node: FreeSwitchNode, keep: tuple[str, ...], transfer: str, ends: str
) -> None:
    """A consultation must bring the agent back to park; after a blind transfer both ends go together."""
    node.perform(fx.Part(A, keep))
    for leg in keep:
        world.say(park(leg))  # type: ignore[arg-type]
    first = said(world)
    assert first[-1] == transfer
    node.perform(offer(A, C))
    commands = [*first, *said(world)]
    last = [c for c in commands if f"uuid_setvar_multi {A} " in c and "hangup_after_bridge=" in c][-1]
    assert f"hangup_after_bridge={ends}" in last


def test_talk_begins_with_the_answer_not_with_early_media(world: World, node: FreeSwitchNode) -> None:
    world.say(event("CHANNEL_BRIDGE", A, Bridge_A_Unique_ID=A, Bridge_B_Unique_ID=B))
    assert heard(world) == []
    world.say(event("CHANNEL_ANSWER", B))
    assert heard(world) == [ev.LegAnswered("n1", AT, B), ev.LegsBridged("n1", AT, A, B)]
    world.say(event("CHANNEL_BRIDGE", A, Bridge_A_Unique_ID=A, Bridge_B_Unique_ID=C))
    world.say(event("CHANNEL_UNBRIDGE", A, Bridge_A_Unique_ID=A, Bridge_B_Unique_ID=C))
    assert heard(world) == [], "what was never joined is not parted"


@pytest.mark.parametrize(
    ("refused", "effect", "token"),
    [
        ("api uuid_bridge", fx.Join(A, B), ""),
        (f"sendmsg {A}", offer(), B),
        (f"sendmsg {A}", fx.PlayPrompt(A, ("/p/a.wav",), "t1"), "t1"),
        ("api uuid_kill", fx.HangUpLeg(A), ""),
    ],
)
def test_what_freeswitch_refuses_is_reported(
    world: World, node: FreeSwitchNode, refused: str, effect: fx.Effect, token: str
) -> None:
    world.refusals[refused] = "-ERR No such channel!\n"
    node.perform(effect)
    assert ev.EffectFailed("n1", AT, A, token, "No such channel!") in heard(world)


def test_nothing_is_remembered_of_legs_that_never_were(world: World, node: FreeSwitchNode) -> None:
    node.perform(offer())
    world.say(
        event(
            "CHANNEL_EXECUTE_COMPLETE", A, Application="bridge", Application_UUID=f"sg-{B}",
            variable_originate_disposition="USER_NOT_REGISTERED",
        )
    )  # fmt: skip
    node.perform(fx.CallAgent(C, 1, 11, "demo-1001", 20, "1", "", C))
    world.settle()
    world.jobs[-1][1].set_exception(CommandFailed("originate", "USER_NOT_REGISTERED"))
    world.say(event("CHANNEL_HANGUP_COMPLETE", A, Hangup_Cause="NORMAL_CLEARING"))
    world.refusals[f"sendmsg {B}"] = "-ERR invalid session id [leg-b]"
    node.perform(fx.PlayPrompt(B, ("/p/a.wav",), "t1"))
    world.settle()
    assert dict(node._legs) == {}


def test_a_refused_value_leaves_no_trace(world: World, node: FreeSwitchNode) -> None:
    with pytest.raises(ValueError, match="extension"):
        node.perform(offer(sip_user="demo,user/x"))
    assert said(world) == []
    node.perform(offer())
    assert len(said(world)) == 3, "what was not said the first time is said now"


def test_recordings_stay_in_their_directory(world: World, node: FreeSwitchNode) -> None:
    node.perform(fx.StartRecording(A, "t1/2026/11/23/a.wav"))
    assert said(world) == [
        f"api uuid_setvar_multi {A} RECORD_STEREO=true;RECORD_MIN_SEC=0",
        f"api uuid_record {A} start /rec/t1/2026/11/23/a.wav",
    ]
    world.say(event("RECORD_STOP", A, Record_File_Path="/rec/t1/2026/11/23/a.wav", variable_record_ms="1000"))
    assert heard(world) == [ev.RecordingStopped("n1", AT, A, "t1/2026/11/23/a.wav", 1.0)]


@pytest.mark.parametrize(
    ("effect", "command"),
    [
        (fx.SetVariables(A, {"talk": B}), f"api uuid_setvar_multi {A} sangdam_talk={B}"),
        (fx.MuteLeg(A, True), f"api uuid_audio {A} start read mute -1"),
        (fx.MuteLeg(A, False), f"api uuid_audio {A} stop"),
        (fx.SendTones(A, "12#"), f"api uuid_send_dtmf {A} 12#"),
        (fx.AnswerPhone(A), f"api uuid_phone_event {A} talk"),
        (fx.Divert(A, 1, "forced_end"), f"api uuid_transfer {A} forced-end XML t1"),
        (fx.HangUpLeg(A, "ORIGINATOR_CANCEL"), f"api uuid_kill {A} ORIGINATOR_CANCEL"),
    ],
)
def test_the_short_effects(world: World, node: FreeSwitchNode, effect: fx.Effect, command: str) -> None:
    node.perform(effect)
    assert said(world)[-1] == command


def test_effects_of_others_are_a_mistake(node: FreeSwitchNode) -> None:
    with pytest.raises(TypeError):
        node.perform(fx.StartTimer("x", 1.0))


# --- coming and going -------------------------------------------------------------------------


def test_a_new_connection_filters_and_tells_what_is_there(world: World) -> None:
    dump = {
        "Unique-ID": A, "Channel-State": "CS_EXECUTE", "Answer-State": "answered", "Call-Direction": "inbound",
        "Caller-Channel-Created-Time": "1795419430000000", "Caller-Channel-Answered-Time": "1795419432498220",
        "Caller-Destination-Number": "queue-7", "Caller-Caller-ID-Number": "01012345678",
        "variable_current_application": "playback", "variable_current_application_data": MUSIC,
        "variable_sangdam_step": "adopted", "variable_sangdam_tenant": "1", "variable_api_before_bridge": "x",
    }  # fmt: skip
    world.answers["show channels as json"] = json.dumps({"row_count": 2, "rows": [{"uuid": A}, {"uuid": B}]})
    world.answers[f"uuid_dump {A} json"] = json.dumps(dump)
    world.answers[f"uuid_dump {B} json"] = "-ERR No such channel!"
    world.answers["show registrations as json"] = json.dumps({"rows": [{"reg_user": "demo-1001"}]})
    heard: list[ev.SwitchEvent] = []
    node, _ = world.node()
    node.stop()
    node._sink = heard.append
    node.start()
    try:
        assert node.wait_up(3)
        (up,) = [e for e in heard if isinstance(e, ev.NodeUp)]
        assert (up.core_uuid, up.restarted, up.registered) == (CORE, False, frozenset({"demo-1001"}))
        (leg,) = up.legs
        assert (leg.leg, leg.state, leg.caller_number) == (A, "parked", "01012345678")
        assert leg.variables == {"step": "adopted", "tenant": "1"}
        assert leg.answered_at == AT
        assert [s.split()[2] for s in world.settings[-2:]] == ["Event-Name", "Application-UUID"]
        node.perform(fx.PlayMusic(A, MUSIC))
        assert said(world) == [], "its music plays already"
    finally:
        node.stop()


def test_a_restarted_freeswitch_is_told_from_a_lost_connection(world: World, node: FreeSwitchNode) -> None:
    for core, restarted in ((CORE, False), ("c0000000-0000-4000-8000-000000000002", True)):
        world.core_uuid = core
        gone = world.connections[-1]
        gone.reason = Disconnected("lost")
        gone.close()
        import gevent

        with gevent.Timeout(3):
            while not any(isinstance(e, ev.NodeUp) for e in world.heard):  # type: ignore[attr-defined]
                gevent.sleep(0.01)
        down, up = heard(world)
        assert down == ev.NodeDown("n1", AT, "lost")
        assert isinstance(up, ev.NodeUp)
        assert up.restarted is restarted


def test_nothing_is_promised_without_a_connection(world: World, node: FreeSwitchNode) -> None:
    node.stop()
    with pytest.raises(SwitchUnavailable):
        node.perform(fx.HangUpLeg(A))


def test_music_that_a_break_ended_waits_until_nothing_else_is_under_way(world: World, node: FreeSwitchNode) -> None:
    """An offer cuts a prompt short: begun within the bridge that calls, the music would never let it connect."""
    over = {"Application": "playback", "Application_UUID": "sg-music", "Application_Data": MUSIC,
            "Application_Response": "FILE PLAYED"}  # fmt: skip
    node.perform(fx.PlayMusic(A, MUSIC))
    node.perform(fx.PlayPrompt(A, ("/p/a.wav",), "t1"))
    world.clock.ahead += 5
    node.perform(fx.StopPlaying(A))
    node.perform(fx.Offer(A, B, 1, 11, "demo-1001", 20, "0212345678", "", MUSIC, A))
    said(world)
    world.say(event("CHANNEL_EXECUTE_COMPLETE", A, Application="playback", Application_UUID="sg-t1",
                    Application_Response="FILE PLAYED"))  # fmt: skip
    world.say(event("CHANNEL_EXECUTE_COMPLETE", A, **over))
    assert said(world) == []
    refused = {"Application": "bridge", "Application_UUID": f"sg-{B}", "variable_originate_disposition": "USER_BUSY"}
    world.say(event("CHANNEL_EXECUTE_COMPLETE", A, **refused))
    assert said(world) == [f"{A} playback({MUSIC}) sg-music"]

    node.perform(fx.PlayPrompt(A, ("/p/a.wav",), "t2"))
    world.clock.ahead += 5
    node.perform(fx.StopPlaying(A))
    node.perform(fx.PlayPrompt(A, ("/p/b.wav",), "t3"))
    said(world)
    for token in ("t2", ""):
        ended = {**over, "Application_UUID": f"sg-{token}"} if token else over
        world.say(event("CHANNEL_EXECUTE_COMPLETE", A, **ended))
    assert said(world) == [], "the next prompt is said first"
    world.say(event("CHANNEL_EXECUTE_COMPLETE", A, **{**over, "Application_UUID": "sg-t3"}))
    assert said(world) == [f"{A} playback({MUSIC}) sg-music"]
