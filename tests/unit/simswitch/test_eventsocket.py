"""The Event Socket's own commands, and api commands in FreeSWITCH's words (taken from the real one)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esl.codec import Decoder
from esl.frames import Event
from tests.scenarios.simswitch_harness import XML, Lab


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("filter", "-ERR command not found"),
        ("filter x", "-ERR invalid syntax"),
        ("filter add Unique-ID abc", "+OK filter added. [Unique-ID]=[abc]"),
        ("filter delete Unique-ID abc", "+OK filter deleted. [Unique-ID][abc]"),
        ("filter delete all", "+OK filter deleted. [all][]"),
        ("event json NOSUCH", "-ERR no keywords supplied"),
        ("event", "-ERR no keywords supplied"),
        ("event plain HEARTBEAT CUSTOM a::b", "+OK event listener enabled plain"),
        ("nixevent DTMF", "+OK events nixed"),
        ("noevents", "+OK no longer listening for events"),
        ("foo", "-ERR command not found"),
        ("bgapi", "-ERR command not found"),
        ("api", "-ERR command not found"),
        ("auth x", "-ERR command not found"),
        ("log 1", "+OK log level 1 [1]"),
        ("nolog", "+OK no longer logging"),
        ("linger", "-ERR not controlling a session"),
        ("sendmsg nope", "-ERR invalid session id [nope]"),
        ("sendmsg", "-ERR invalid session id []"),
    ],
)
def test_replies(lab: Lab, line: str, answer: str) -> None:
    assert lab.say(line) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("uuid_kill nope", "-ERR No such channel!\n"),
        ("uuid_kill", "-USAGE: <uuid> [cause]\n"),
        ("uuid_break nope all", "-ERR No such channel!\n"),
        ("uuid_transfer nope x XML y", "-ERR No such channel!\n"),
        ("uuid_bridge nope nope2", "-ERR Invalid uuid\n"),
        ("uuid_bridge {leg} nope", "-ERR Invalid uuid\n"),
        ("uuid_setvar nope a b", "-ERR No such channel!\n"),
        ("uuid_setvar {leg}", "-USAGE: <uuid> <var> [value]\n"),
        (
            "uuid_setvar_multi nope a=b",
            "-ERR No such channel!\n-USAGE: <uuid> <var>=<value>;<var>=<value>...\n",
        ),
        ("sched_del nope", "+OK Deleted: 0\n"),
        ("sched_transfer +5 nope a b c", "-ERR No such channel!\n"),
        ("sched_transfer", "-USAGE: [+]<time> <uuid> <extension> [<dialplan>] [<context>]\n"),
        ("sched_transfer +60 {leg} a XML b", "+OK\n"),
        ("uuid_audio nope start read mute -1", "-ERR No such channel!\n"),
        ("uuid_send_dtmf nope 1", "-ERR Cannot locate session!\n"),
        ("uuid_record nope start /tmp/x.wav", "-ERR Cannot locate session!\n"),
        ("uuid_record {leg} stop /tmp/none.wav", "-ERR Cannot stop record session!\n"),
        ("uuid_phone_event nope talk", "-ERR Operation failed\n"),
        ("uuid_phone_event {leg} talk", "+OK Success\n"),
        ("uuid_dump nope json", "-ERR No such channel!\n"),
        ("uuid_exists nope", "false"),
        ("uuid_exists {leg}", "true"),
        ("global_getvar nosuch", "-ERR no reply\n"),
        ("reloadxml", "+OK [Success]\n"),
        ("nosuchcommand x", "-ERR nosuchcommand Command not found!\n"),
        ("show registrations as json", '{"row_count": 0}\n'),
        ("show channels count", "\n1 total.\n"),
        ("uuid_getvar nope x", "-ERR No such channel!\n"),
        ("uuid_getvar {leg} nosuch", "_undef_"),
        ("uuid_getvar {leg} sangdam_tenant", "1"),
        ("originate user/nobody@sangdam.local &park()", "-ERR SUBSCRIBER_ABSENT\n"),
        ("originate user/demo-1002@sangdam.local &park()", "-ERR USER_NOT_REGISTERED\n"),
        ("uuid_park nope", "-ERR No such channel!\n"),
        ("uuid_broadcast nope x aleg", "-ERR invalid uuid\n"),
        ("uuid_hold nope", "+OK Success\n"),
        ("uuid_dual_transfer nope a/b/c d/e/f", "-ERR No such channel!\n"),
        ("uuid_answer nope", "-ERROR\n"),
        ("eval x", "x"),
        ("domain_exists sangdam.local", "true"),
        ("user_exists id demo-1001 sangdam.local", "true"),
        ("user_exists id nobody sangdam.local", "false"),
        ("sofia_contact demo-1002@sangdam.local", "error/user_not_registered"),
        ("sofia profile external rescan", "Reload XML [Success]\n+OK scan complete\n"),
        ("sofia profile nope rescan", "Invalid Profile [nope]"),
        ("unsched_api 99", "-ERR No such id\n"),
        ("limit_usage hash lines t1", "1"),
    ],
)
def test_api_answers(lab: Lab, line: str, answer: str) -> None:
    leg = lab.queued().channel.uuid
    assert lab.api(line.format(leg=leg)) == answer


def test_a_job_has_an_event(lab: Lab) -> None:
    assert lab.say("bgapi uuid_kill nope now", "Job-UUID: my-job") == "+OK Job-UUID: my-job"
    job = lab.one("BACKGROUND_JOB")
    assert (job["Job-UUID"], job["Job-Command"], job["Job-Command-Arg"]) == (
        "my-job",
        "uuid_kill",
        "nope now",
    )
    assert job["_body"] == "-ERR No such channel!\n"
    assert job["Content-Length"] == str(len(job["_body"]))


def test_who_does_not_know_the_password_is_sent_away(lab: Lab) -> None:
    connection = lab.switch.connect()
    connection.feed(b"api status\n\nauth wrong\n\n")
    said = connection.fetch().decode()
    assert "Content-Type: auth/request\n\n" in said
    assert "Reply-Text: -ERR command not found" in said
    assert "Reply-Text: -ERR invalid" in said and "text/disconnect-notice" in said
    assert connection.closed


def test_exit_says_goodbye(lab: Lab) -> None:
    lab.say("exit")
    assert [head["Content-Type"] for head, _ in lab.replies[-2:]] == [
        "command/reply",
        "text/disconnect-notice",
    ]
    assert lab.switch.subscriptions.total() == 0


@pytest.mark.parametrize("form", ["json", "plain"])
def test_both_forms_say_the_same(form: str) -> None:
    lab = Lab(form=form, events="CHANNEL_PARK")
    lab.queued(name="김 철수 100%", number="01011112222")
    (park,) = lab.events
    assert park["Caller-Caller-ID-Name"] == "김 철수 100%"
    assert park["variable_sangdam_tenant"] == "1"
    assert park["Channel-State"] == "CS_EXECUTE"


@pytest.mark.parametrize("form", ["json", "plain"])
def test_the_products_own_decoder_reads_it(form: str) -> None:
    switch = Lab(events="DTMF").switch
    connection = switch.connect()
    connection.feed(f"auth secret\n\nevent {form} CHANNEL_CREATE\n\n".encode())
    switch.call("07040000001", number="0101", name="A\nUnique-ID: x")
    switch.clock.drain()  # type: ignore[attr-defined]
    decoder = Decoder()
    decoder.feed(connection.fetch())
    frames = [frame for frame in iter(decoder.next_frame, None)]
    event = frames[-1]
    assert isinstance(event, Event)
    assert event.get("Caller-Caller-ID-Name") == "A\nUnique-ID: x"
    assert event.leg in switch.channels


def test_commands_in_any_slices(lab: Lab) -> None:
    leg = lab.queued().channel
    text = (
        f"sendmsg {leg.uuid}\ncall-command: execute\nexecute-app-name: set\n"
        "content-type: text/plain\ncontent-length: 3\n\na=bapi uuid_getvar " + leg.uuid + " a\n\n"
    ).encode()
    for position in range(len(text)):
        lab.connection.feed(text[position : position + 1])
        lab.clock.drain()
    lab.pump()
    assert [body for _, body in lab.replies[-1:]] == ["b"]


def test_a_filter_lets_only_its_own_through(lab: Lab) -> None:
    one, two = lab.queued().channel, lab.queued().channel
    lab.say(f"filter Unique-ID {two.uuid}")
    lab.forget()
    for leg in (one, two):
        lab.api(f"uuid_kill {leg.uuid}")
    lab.pass_time(0.1)
    assert {event["Unique-ID"] for event in lab.events} == {two.uuid}


def test_nothing_is_built_for_nobody(lab: Lab) -> None:
    lab.say("noevents")
    before = lab.switch.sequence
    lab.queued()
    assert lab.switch.sequence == before


def test_two_listeners_two_forms(lab: Lab) -> None:
    other = Lab.__new__(Lab)
    other.__dict__.update(lab.__dict__, events=[], replies=[])
    other.open("plain", "CHANNEL_PARK")
    lab.queued()
    other.pump()
    assert len(lab.seen("CHANNEL_PARK")) == len(other.seen()) == 1


def test_the_heart_beats(lab: Lab) -> None:
    lab.pass_time(61)
    beats = lab.seen("HEARTBEAT")
    assert [lab.at(beat) for beat in beats] == [20.0, 40.0, 60.0]
    assert beats[0]["Event-Info"] == "System Ready"
    assert beats[0]["Core-UUID"] == lab.api("global_getvar core_uuid")


def test_a_registration_is_told_and_listed(lab: Lab) -> None:
    lab.switch.phones.register("demo-1001", user_agent="softphone")
    event = lab.one("CUSTOM")
    assert event["Event-Subclass"] == "sofia::register"
    assert (event["from-user"], event["user-agent"], event["status"]) == (
        "demo-1001",
        "softphone",
        "Registered(UDP)",
    )
    (row,) = json.loads(lab.api("show registrations as json"))["rows"]
    assert (row["reg_user"], row["realm"]) == ("demo-1001", "sangdam.local")
    assert "User:       \tdemo-1001@sangdam.local" in lab.api("sofia status profile internal reg")
    lab.switch.phones.unregister("demo-1001")
    lab.switch.phones.register("demo-1001")
    lab.switch.phones.expire("demo-1001")
    assert [event["Event-Subclass"] for event in lab.seen("CUSTOM")][1:] == [
        "sofia::unregister", "sofia::register", "sofia::expire",
    ]  # fmt: skip


def test_channels_as_json(lab: Lab) -> None:
    leg = lab.queued(number="0101").channel
    found = json.loads(lab.api("show channels as json"))
    assert found["row_count"] == 1
    row = found["rows"][0]
    assert (row["uuid"], row["direction"], row["callstate"]) == (leg.uuid, "inbound", "ACTIVE")
    assert (row["cid_num"], row["dest"], row["context"]) == ("0101", "queue-1", "t1")
    assert (row["initial_dest"], row["initial_context"]) == ("07040000001", "public")
    assert (row["application"], row["call_uuid"]) == ("park", leg.uuid)


def test_dump_as_json(lab: Lab) -> None:
    leg = lab.queued().channel
    dump = json.loads(lab.api(f"uuid_dump {leg.uuid} json"))
    assert dump["Unique-ID"] == leg.uuid
    assert dump["variable_sangdam_queue"] == "1"
    assert isinstance(dump["variable_transfer_history"], list)


def test_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "freeswitch.xml"
    path.write_text(XML)
    lab = Lab(path)
    path.write_text(XML.replace("</context>", "", 1))
    assert lab.api("reloadxml").startswith("+OK [[error near line ")
    assert not lab.seen("RELOADXML")
    lab.queued()
    path.write_text(XML.replace("queue-1", "queue-2"))
    assert lab.api("reloadxml") == "+OK [Success]\n"
    lab.one("RELOADXML")
    lab.queued()
    assert lab.seen("CHANNEL_PARK")[-1]["Caller-Destination-Number"] == "queue-2"


def test_killed_and_back_with_another_identity(lab: Lab) -> None:
    leg = lab.queued().channel
    lab.switch.phones.register("demo-1001")
    before = lab.api("global_getvar core_uuid")
    lab.forget()
    lab.switch.kill()
    assert lab.connection.closed and not lab.switch.channels
    lab.pass_time(60)
    assert not lab.events
    lab.switch.restart()
    lab.open()
    assert lab.api("global_getvar core_uuid") not in ("", before)
    assert lab.api(f"uuid_exists {leg.uuid}") == "false"
    assert lab.api("show registrations as json") == '{"row_count": 0}\n'
    assert lab.api("limit_usage hash lines t1") == "0"
    lab.queued()


def test_originate_answers_when_the_phone_does(lab: Lab) -> None:
    from simswitch.telephones import answers

    lab.switch.phones.register("demo-1001", answers(2.0))
    line = (
        "bgapi originate {origination_uuid=mine,origination_caller_id_number=0212}"
        "user/demo-1001@sangdam.local &park() undef undef undef undef 30"
    )
    lab.say(line, "Job-UUID: job")
    assert not lab.seen("BACKGROUND_JOB")
    lab.pass_time(3)
    assert lab.one("BACKGROUND_JOB")["_body"] == "+OK mine\n"
    names = [event["Event-Name"] for event in lab.seen("CHANNEL_ANSWER", "BACKGROUND_JOB", "CHANNEL_PARK")]
    assert names == ["CHANNEL_ANSWER", "BACKGROUND_JOB", "CHANNEL_PARK"]
    park = lab.one("CHANNEL_PARK")
    assert (park["Unique-ID"], park["Channel-HIT-Dialplan"], park["Call-Direction"]) == (
        "mine",
        "true",
        "outbound",
    )


def test_an_api_originate_holds_up_its_connection(lab: Lab) -> None:
    from simswitch.telephones import answers

    lab.switch.phones.register("demo-1001", answers(2.0))
    lab.connection.feed(b"api originate user/demo-1001@sangdam.local &park()\n\napi eval next\n\n")
    lab.pass_time(1)
    before = len(lab.replies)
    lab.pass_time(2)
    assert [body[:3] for _, body in lab.replies[before:]] == ["+OK", "nex"]
