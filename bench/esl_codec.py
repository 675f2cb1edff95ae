"""Events per second from the socket to the handler: this repository's esl beside greenswitch.

Makes realistic channel events (about 4.5 KB in FreeSWITCH's plain format, the same events as JSON), lets
a process of its own write them to a socket as fast as they are read, and counts the time until the
handler has seen the last one and looked up what a dispatcher looks up. Both run in the same process, one
after the other, several times in turn; the best of each counts.

    python -m bench.esl_codec [--events 6000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import socket
import sys
import time
import uuid
from collections.abc import Callable
from urllib.parse import quote

import gevent
import gevent.event
from greenswitch import InboundESL

from esl.connection import Connection

NEEDED = 4.0
# What FreeSWITCH does not encode (switch_utils.h, SWITCH_URL_UNSAFE), beside letters and digits.
SAFE = "!$'()*,-./_~"
NAMES = ("CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_PARK", "CHANNEL_BRIDGE", "CHANNEL_HANGUP_COMPLETE")


def make_event(number: int) -> dict[str, str]:
    """105 headers and variables, as a channel event of mod_sofia in FreeSWITCH 1.11 has them."""
    leg = str(uuid.UUID(int=number + 1))
    caller = f"010{number % 100000000:08d}"
    now = str(1_760_000_000_000_000 + number * 1000)
    event = {
        "Event-Name": NAMES[number % len(NAMES)],
        "Core-UUID": "5e2b8f30-41a4-4d0e-9a10-5f7d8c1e7a11",
        "FreeSWITCH-Hostname": "pbx-1",
        "FreeSWITCH-Switchname": "pbx-1",
        "FreeSWITCH-IPv4": "10.0.0.5",
        "FreeSWITCH-IPv6": "::1",
        "Event-Date-Local": "2026-03-02 10:11:12",
        "Event-Date-GMT": "Mon, 02 Mar 2026 01:11:12 GMT",
        "Event-Date-Timestamp": now,
        "Event-Calling-File": "switch_channel.c",
        "Event-Calling-Function": "switch_channel_perform_set_running_state",
        "Event-Calling-Line-Number": "2371",
        "Event-Sequence": str(10_000 + number),
        "Channel-State": "CS_EXECUTE",
        "Channel-Call-State": "ACTIVE",
        "Channel-State-Number": "4",
        "Channel-Name": f"sofia/external/{caller}@203.0.113.7:5060",
        "Unique-ID": leg,
        "Call-Direction": "inbound",
        "Presence-Call-Direction": "inbound",
        "Channel-HIT-Dialplan": "true",
        "Channel-Presence-ID": f"{caller}@203.0.113.7",
        "Channel-Call-UUID": leg,
        "Answer-State": "answered",
        "Channel-Read-Codec-Name": "PCMU",
        "Channel-Read-Codec-Rate": "8000",
        "Channel-Read-Codec-Bit-Rate": "64000",
        "Channel-Write-Codec-Name": "PCMU",
        "Channel-Write-Codec-Rate": "8000",
        "Channel-Write-Codec-Bit-Rate": "64000",
        "Caller-Direction": "inbound",
        "Caller-Logical-Direction": "inbound",
        "Caller-Username": caller,
        "Caller-Dialplan": "XML",
        "Caller-Caller-ID-Name": "김 철수",
        "Caller-Caller-ID-Number": caller,
        "Caller-Network-Addr": "203.0.113.7",
        "Caller-ANI": caller,
        "Caller-Destination-Number": "07040000001",
        "Caller-Unique-ID": leg,
        "Caller-Source": "mod_sofia",
        "Caller-Context": "public",
        "Caller-Channel-Name": f"sofia/external/{caller}@203.0.113.7:5060",
        "Caller-Profile-Index": "1",
        "Caller-Profile-Created-Time": now,
        "Caller-Channel-Created-Time": now,
        "Caller-Channel-Answered-Time": now,
        "Caller-Channel-Progress-Time": "0",
        "Caller-Channel-Hangup-Time": "0",
        "Caller-Screen-Bit": "true",
        "Caller-Privacy-Hide-Name": "false",
        "Caller-Privacy-Hide-Number": "false",
        "variable_direction": "inbound",
        "variable_uuid": leg,
        "variable_call_uuid": leg,
        "variable_session_id": str(number),
        "variable_sip_from_user": caller,
        "variable_sip_from_uri": f"{caller}@203.0.113.7:5060",
        "variable_sip_from_display": "김 철수",
        "variable_sip_full_from": f'"김 철수" <sip:{caller}@203.0.113.7:5060>;tag=7f3a{number}',
        "variable_sip_full_to": "<sip:07040000001@198.51.100.2:5080>;tag=Qc8Fv6y8ZF7gm",
        "variable_sip_full_via": "SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bK-524287-1---6f1b;rport=5060",
        "variable_sip_contact_uri": f"{caller}@203.0.113.7:5060;transport=udp",
        "variable_sip_call_id": f"{number}-9021@203.0.113.7",
        "variable_sip_user_agent": "carrier-sbc/7.2",
        "variable_sip_allow": "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER",
        "variable_switch_r_sdp": "v=0\r\no=user1 53655765 2353687637 IN IP4 203.0.113.7\r\ns=-\r\n"
        "c=IN IP4 203.0.113.7\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\n"
        "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n",
        "variable_rtp_use_codec_string": "OPUS,G722,PCMU,PCMA",
        "variable_ep_codec_string": "CORE_PCM_MODULE.PCMU@8000h@20i@64000b",
        "variable_sangdam_tenant": "demo",
        "variable_sangdam_queue": "sales",
        "variable_sangdam_call": leg,
    }
    for index in range(105 - len(event)):
        event[f"variable_rtp_statistic_{index}"] = f"{number % 97}.{index}"
    return event


def as_json(event: dict[str, str]) -> bytes:
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(body), body)


def as_plain(event: dict[str, str]) -> bytes:
    lines = [f"{name}: {quote(value, safe=SAFE)}\n" for name, value in event.items()]
    body = "".join([*lines, "\n"]).encode()
    return b"Content-Length: %d\nContent-Type: text/event-plain\n\n%b" % (len(body), body)


def serve(listener: socket.socket, messages: list[bytes], events: int, connections: int) -> None:
    """A switch that greets, then at the first subscription pours out the events."""
    block = b"".join(messages)
    for _ in range(connections):
        sock, _ = listener.accept()
        sock.sendall(b"Content-Type: auth/request\n\n")
        received = b""
        while b"event " not in received:
            data = sock.recv(4096)
            if not data:
                break
            received += data
            if data.startswith(b"auth"):
                sock.sendall(b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n")
        sock.sendall(b"Content-Type: command/reply\nReply-Text: +OK event listener enabled\n\n")
        for _ in range(events // len(messages)):
            sock.sendall(block)
        while sock.recv(4096):
            pass
        sock.close()


class Seen:
    """What every dispatcher does with an event: look at its name, its leg and a variable."""

    def __init__(self, events: int) -> None:
        self.left = events
        self.done = gevent.event.Event()
        self.check = 0

    def count(self, get: Callable[[str], str | None]) -> None:
        name, leg, tenant = get("Event-Name"), get("Unique-ID"), get("variable_sangdam_tenant")
        if not name or not leg or tenant != "demo":
            raise AssertionError((name, leg, tenant))
        self.check += len(leg)
        self.left -= 1
        if not self.left:
            self.done.set()


def run_ours(port: int, events: int) -> float:
    seen = Seen(events)
    connection = Connection(
        "127.0.0.1", port, "secret", on_event=lambda event: seen.count(event.get), max_queued=events + 1
    )
    connection.connect()
    began = time.perf_counter()
    connection.subscribe(NAMES)
    if not seen.done.wait(120):
        raise SystemExit(f"ours: {seen.left} events missing ({connection.reason})")
    took = time.perf_counter() - began
    connection.close()
    return took


def run_greenswitch(port: int, events: int) -> float:
    seen = Seen(events)
    connection = InboundESL("127.0.0.1", port, "secret")
    connection.register_handle("*", lambda event: seen.count(event.headers.get))
    connection.connect()
    began = time.perf_counter()
    gevent.spawn(connection.send, "event plain " + " ".join(NAMES))
    if not seen.done.wait(120):
        raise SystemExit(f"greenswitch: {seen.left} events missing")
    took = time.perf_counter() - began
    connection._run = False
    connection.sock.shutdown(socket.SHUT_RDWR)
    connection.sock.close()
    return took


def measure(events: int, rounds: int) -> dict[str, tuple[float, int]]:
    """Name → (best events per second, bytes per event)."""
    samples = [make_event(number) for number in range(200)]
    events -= events % len(samples)
    subjects = {
        "greenswitch, plain": (run_greenswitch, [as_plain(event) for event in samples]),
        "esl, JSON": (run_ours, [as_json(event) for event in samples]),
        "esl, plain": (run_ours, [as_plain(event) for event in samples]),
    }
    ports = {}
    servers = []
    context = multiprocessing.get_context("fork")
    for name, (_, messages) in subjects.items():
        listener = socket.create_server(("127.0.0.1", 0))
        ports[name] = listener.getsockname()[1]
        server = context.Process(target=serve, args=(listener, messages, events, rounds), daemon=True)
        server.start()
        servers.append(server)
        listener.close()
    best: dict[str, tuple[float, int]] = {}
    for _ in range(rounds):
        for name, (run, messages) in subjects.items():
            rate = events / run(ports[name], events)
            size = sum(map(len, messages)) // len(messages)
            best[name] = (max(rate, best.get(name, (0.0, 0))[0]), size)
    for server in servers:
        server.terminate()
        server.join()
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=6000, help="events per run (default 6000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, in turn (default 3)")
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    best = measure(arguments.events, arguments.rounds)
    base = best["greenswitch, plain"][0]
    print(f"{'socket to handler':<22}{'bytes/event':>12}{'events/s':>12}{'ratio':>8}")
    for name, (rate, size) in best.items():
        print(f"{name:<22}{size:>12,}{rate:>12,.0f}{rate / base:>8.2f}")
    ratio = best["esl, JSON"][0] / base
    print(f"needed: {NEEDED:.1f} times greenswitch; reached: {ratio:.2f}")
    return 0 if ratio >= NEEDED else 1


if __name__ == "__main__":
    sys.exit(main())
