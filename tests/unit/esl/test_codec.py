"""The codec: any slicing of the bytes, hostile values, limits, the end in the wrong place."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esl.codec import Decoder, parse_json_event, parse_plain_event
from esl.errors import ProtocolError
from esl.frames import (
    ApiResponse,
    AuthRequest,
    CommandReply,
    Disconnect,
    Event,
    Frame,
    LogLine,
    RudeRejection,
)


def message(kind: str, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Type: {kind}")
    if body:
        lines.insert(0, f"Content-Length: {len(body)}")
    return "\n".join(lines).encode() + b"\n\n" + body


def json_event(**headers: str) -> bytes:
    event = {name.replace("_", "-") if name[0].isupper() else name: value for name, value in headers.items()}
    return message("text/event-json", json.dumps(event, separators=(",", ":")).encode())


def plain_event(headers: dict[str, str], body: str = "") -> bytes:
    lines = [f"{name}: {quote(value, safe='/')}\n" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}\n")
    return message("text/event-plain", ("".join(lines) + "\n" + body).encode())


def decode(*pieces: bytes) -> list[Frame]:
    decoder = Decoder()
    frames = []
    for piece in pieces:
        decoder.feed(piece)
        while (frame := decoder.next_frame()) is not None:
            frames.append(frame)
    return frames


CONVERSATION = b"".join(
    [
        message("auth/request"),
        message("command/reply", Reply_Text="+OK accepted"),
        message("command/reply", Reply_Text="+OK Job-UUID: j-1", Job_UUID="j-1"),
        message("command/reply", Reply_Text="-ERR invalid session id [x]"),
        message("api/response", "+OK 한국\n\nmore\n".encode()),
        json_event(Event_Name="CHANNEL_PARK", Unique_ID="leg-1", variable_name="김 철수"),
        json_event(Event_Name="CUSTOM", Event_Subclass="sangdam::ars", _body="a\n\nb"),
        plain_event({"Event-Name": "CHANNEL_ANSWER", "Unique-ID": "leg-2", "Caller": "김 철수"}),
        plain_event({"Event-Name": "BACKGROUND_JOB", "Job-UUID": "j-1"}, "+OK leg-3\n\nrest"),
        message("log/data", b"a line\n", Log_Level="7"),
        message("text/disconnect-notice", b"Disconnected, goodbye.\n"),
    ]
)
FRAMES = decode(CONVERSATION)


def test_each_kind_of_message_becomes_its_frame() -> None:
    auth, accepted, job, refused, api, park, custom, answer, done, line, goodbye = FRAMES
    assert auth == AuthRequest()
    assert accepted == CommandReply(
        True, "+OK accepted", {"Reply-Text": "+OK accepted", "Content-Type": "command/reply"}
    )
    assert isinstance(job, CommandReply) and job.ok and job.job_uuid == "j-1"
    assert isinstance(refused, CommandReply) and not refused.ok
    assert api == ApiResponse("+OK 한국\n\nmore\n")
    assert isinstance(park, Event) and (park.name, park.leg) == ("CHANNEL_PARK", "leg-1")
    assert park.variable("name") == "김 철수"
    assert isinstance(custom, Event) and (custom.subclass, custom.body) == ("sangdam::ars", "a\n\nb")
    assert "_body" not in custom.headers
    assert isinstance(answer, Event) and (answer.leg, answer.get("Caller")) == ("leg-2", "김 철수")
    assert isinstance(done, Event) and (done.job_uuid, done.body) == ("j-1", "+OK leg-3\n\nrest")
    assert isinstance(line, LogLine) and line.text == "a line\n"
    assert goodbye == Disconnect(False, "Disconnected, goodbye.\n")


def test_rejection_and_lingering() -> None:
    assert decode(message("text/rude-rejection", b"Access Denied, go away.\n")) == [
        RudeRejection("Access Denied, go away.\n")
    ]
    notice = message("text/disconnect-notice", Content_Disposition="linger", Content_Length="0")
    assert decode(notice) == [Disconnect(True)]


def test_a_byte_at_a_time() -> None:
    assert decode(*(CONVERSATION[i : i + 1] for i in range(len(CONVERSATION)))) == FRAMES


@given(st.lists(st.integers(0, len(CONVERSATION)), max_size=12))
def test_any_slicing_gives_the_same_frames(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(CONVERSATION)]
    pieces = [CONVERSATION[a:b] for a, b in zip(edges, edges[1:], strict=False)]
    assert decode(*(piece for piece in pieces if piece)) == FRAMES


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
NAME = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True).filter(
    lambda name: name.lower() not in ("content-length", "_body")
)


@settings(max_examples=150)
@given(st.dictionaries(NAME, TEXT, max_size=8), TEXT)
def test_what_freeswitch_writes_is_what_is_read(headers: dict[str, str], body: str) -> None:
    document = dict(headers)
    if body:
        document["_body"] = body
    as_json = parse_json_event(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    assert (dict(as_json.headers), as_json.body) == (headers, body)
    encoded = "".join(f"{name}: {quote(value, safe='')}\n" for name, value in headers.items())
    if body:
        encoded += f"Content-Length: {len(body.encode())}\n"
    as_plain = parse_plain_event((encoded + "\n" + body).encode())
    assert {name: as_plain.headers[name] for name in headers} == headers
    assert as_plain.body == body


VALUE = st.one_of(
    TEXT,
    st.lists(TEXT, max_size=3),
    st.text('",:{}[]\\\nUnique-ID_body', max_size=30),
    st.sampled_from([',"Unique-ID":"', '","Unique-ID":"x', '\\","Unique-ID":"x', "\\\\", '{"a":"b"}', '"']),
)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.one_of(NAME, st.just("Unique-ID"), st.just("Event-Name")), VALUE), max_size=8), TEXT
)
def test_a_header_is_found_without_reading_the_others(
    members: list[tuple[str, str | list[str]]], body: str
) -> None:
    """As FreeSWITCH writes it; the first of a repeated name wins, whatever the values hold."""
    first: dict[str, str] = {}
    written = []
    for name, value in [*members, ("Event-Name", "CUSTOM"), ("Last", "x")]:
        first.setdefault(name, value if isinstance(value, str) else "ARRAY::" + "|:".join(value))
        written.append(json.dumps(name) + ":" + json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    if body:
        written.append('"_body":' + json.dumps(body, ensure_ascii=False))
    data = ("{" + ",".join(written) + "}").encode()
    for name in {*first, "Unique-ID", "Absent"}:
        # Each from an event of its own: an array makes the event be read whole.
        assert parse_json_event(data).headers.get(name) == first.get(name)
    event = parse_json_event(data)
    assert (event.name, event.body, dict(event.headers)) == (first["Event-Name"], body, first)


def test_a_name_that_json_may_write_in_several_ways_is_found_too() -> None:
    event = parse_json_event(b'{"Event-Name":"A","variable_a\\"b":"1","variable_\xea\xb0\x80":"2"}')
    assert (event.variable('a"b'), event.variable("가")) == ("1", "2")


@pytest.mark.parametrize(
    "members", [b'"a":7', b'"a":{"b":"c"}', b'"a":null', b'"a":"\\q"', b'"a":["x",7]', b'"a":"x" "b"']
)
def test_an_event_that_is_wrong_within_is_said_to_be_so_when_it_is_read(members: bytes) -> None:
    with pytest.raises(ProtocolError):
        dict(parse_json_event(b'{"Event-Name":"A",' + members + b',"z":""}').headers)


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_no_bytes_do_anything_but_frames_or_a_protocol_error(pieces: list[bytes]) -> None:
    decoder = Decoder(max_header=200, max_body=500)
    try:
        for piece in [b"Content-Type: ", *pieces]:
            decoder.feed(piece)
            while decoder.next_frame() is not None:
                pass
            assert decoder.buffered <= 1000
    except ProtocolError:
        with pytest.raises(ProtocolError):
            decoder.next_frame()


# name of the caller as FreeSWITCH encodes it → what it must stay
HOSTILE = {
    "Bob%0AUnique-ID%3A%20x": "Bob\nUnique-ID: x",
    "Bob%0D%0AUnique-ID%3A%20x": "Bob\r\nUnique-ID: x",
    "%0A%0AEvent-Name%3A%20HEARTBEAT": "\n\nEvent-Name: HEARTBEAT",
    "%0AContent-Length%3A%20999999%0A%0A": "\nContent-Length: 999999\n\n",
    "%250AUnique-ID%3A x": "%0AUnique-ID: x",
    "%E2%80%A8Unique-ID%3A%20x": "\u2028Unique-ID: x",
    "%C2%85Unique-ID%3A%20x": "\x85Unique-ID: x",
    "%0BUnique-ID%3A%20x": "\x0bUnique-ID: x",
    "%": "%",
    "%zz%4": "%zz%4",
    "%FF%FE": "\ufffd\ufffd",
}


@pytest.mark.parametrize("encoded", HOSTILE)
def test_a_callers_name_stays_a_name(encoded: str) -> None:
    body = f"Event-Name: CHANNEL_CREATE\nUnique-ID: real\nCaller-Caller-ID-Name: {encoded}\nLast: 1\n\n"
    [event] = decode(message("text/event-plain", body.encode()))
    assert isinstance(event, Event)
    assert dict(event.headers) == {
        "Event-Name": "CHANNEL_CREATE",
        "Unique-ID": "real",
        "Caller-Caller-ID-Name": HOSTILE[encoded],
        "Last": "1",
    }


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_only_a_line_feed_ends_a_line(separator: str) -> None:
    body = f"Event-Name: X\nUnique-ID: real\nName: Bob{separator}Other: x\n\n".encode()
    event = parse_plain_event(body)
    assert event.get("Name") == f"Bob{separator}Other: x"
    assert "Other" not in event.headers


def test_the_first_of_a_repeated_header_wins() -> None:
    assert parse_plain_event(b"Event-Name: A\nUnique-ID: real\nUnique-ID: false\n\n").leg == "real"
    assert parse_json_event(b'{"Event-Name":"A","Unique-ID":"real","Unique-ID":"false"}').leg == "real"
    assert parse_json_event(b'{"Event-Name":"A","Unique-ID":"real","x":[":"],"Unique-ID":"f"}').leg == "real"


@pytest.mark.parametrize("value", [":", '":"', '","a":"', ':"', '\\":"', "[", '":[', "", '"'])
def test_punctuation_of_json_in_a_value_is_only_text(value: str) -> None:
    document = {"Event-Name": "A", "k": value, "Unique-ID": "real"}
    event = parse_json_event(json.dumps(document, separators=(",", ":")).encode())
    assert dict(event.headers) == document


def test_json_that_is_unusual_but_right() -> None:
    spaced = parse_json_event(b'{ "Event-Name": "A", "list": ["x", "y"], "_body": "b" }')
    assert (spaced.name, spaced.get("list"), spaced.body) == ("A", "ARRAY::x|:y", "b")
    latin = parse_json_event(b'{"Event-Name":"A","Caller":"Jos\xe9"}')
    assert latin.get("Caller") == "Jos\ufffd"


WRONG = {
    "not JSON": message("text/event-json", b'{"Event-Name":'),
    "not an object": message("text/event-json", b'["Event-Name"]'),
    "a number as a value": message("text/event-json", b'{"Event-Name":7}'),
    "an object as a value": message("text/event-json", b'{"a":{"b":"c"}}'),
    "nested without end": message("text/event-json", b'{"a":' + b"[" * 100_000),
    "an unknown type": message("text/html", b"<html>"),
    "HTTP": b"HTTP/1.1 400 Bad Request\nServer: nginx\n\n",
    "a length that is no number": b"Content-Type: api/response\nContent-Length: -1\n\n",
    "a length in other digits": "Content-Type: api/response\nContent-Length: ٣\n\n".encode(),
    "a length over the limit": b"Content-Type: api/response\nContent-Length: 99999999999\n\n",
    "an event over the limit": b"Content-Length: 999999999\nContent-Type: text/event-json\n\n",
    "an event's body beyond the event": message("text/event-plain", b"A: b\nContent-Length: 9\n\nshort"),
    "an event's body of no length": message("text/event-plain", b"Event-Name: A\nContent-Length: x\n\n"),
    "headers without end": b"a: b\n" * 20_000,
    "a line without end": b"a" * 70_000,
}


@pytest.mark.parametrize("bytes_", WRONG.values(), ids=list(WRONG))
def test_what_is_not_event_socket_is_said_so_and_stays_so(bytes_: bytes) -> None:
    decoder = Decoder()
    decoder.feed(bytes_)
    with pytest.raises(ProtocolError):
        decoder.next_frame()
    decoder.feed(message("auth/request"))
    with pytest.raises(ProtocolError):
        decoder.next_frame()


def test_the_end_between_messages_is_no_error_and_inside_one_is() -> None:
    whole = json_event(Event_Name="A")
    for cut in range(len(whole) + 1):
        decoder = Decoder()
        decoder.feed(whole[:cut])
        decoder.feed(b"")
        if cut in (0, len(whole)):
            assert isinstance(decoder.next_frame(), Event) == (cut > 0)
            assert decoder.next_frame() is None
        else:
            with pytest.raises(ProtocolError, match="ended inside"):
                decoder.next_frame()


def test_the_buffer_does_not_grow_with_what_was_read() -> None:
    decoder = Decoder()
    event = json_event(Event_Name="A", filler="x" * 1000)
    half = len(event) // 2
    decoder.feed(event[:half])
    for _ in range(2000):
        decoder.feed(event[half:] + event[:half])
        assert isinstance(decoder.next_frame(), Event)
    assert decoder.buffered == half
    assert len(decoder._buffer) < 300 * 1024
