"""A simulated switch in virtual time, with a client of its Event Socket that remembers everything.

``Lab`` needs nothing but simswitch: scenarios of the controller drive the same switch through
``lab.switch.connect`` with their own client and turn ``lab.clock``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simswitch.clock import VirtualClock
from simswitch.switch import SimSwitch

MONDAY_MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""10:00 in Seoul."""

DID = "07040000001"

XML = r"""
<context name="public">
  <extension name="did">
    <condition field="destination_number" expression="^(?:\+82|82|0)?(7040000001)$">
      <action application="set" data="sangdam_tenant=1" inline="true"/>
      <action application="set" data="timezone=Asia/Seoul" inline="true"/>
      <action application="set" data="playback_terminators=none"/>
      <action application="set" data="app_disable_expand_variables=true"/>
      <action application="event" data="Event-Name=CUSTOM,Event-Subclass=sangdam::ars,sangdam_step=did"/>
      <action application="transfer" data="entry XML t1"/>
    </condition>
  </extension>
  <extension name="unknown"><condition><action application="respond" data="404"/></condition></extension>
</context>
<context name="t1">
  <extension name="entry"><condition field="destination_number" expression="^entry$">
    <action application="set" data="limit_ignore_transfer=true"/>
    <action application="limit" data="hash lines t1 2 lines-full XML t1"/>
    <action application="answer"/>
    <action application="transfer" data="menu XML t1"/>
  </condition></extension>
  <extension name="menu"><condition field="destination_number" expression="^menu$">
    <action application="play_and_get_digits"
      data="1 1 1 3000 none tone_stream://%(1000,0,400) silence_stream://20 sangdam_key ^[0-9*#]$ 3000"/>
    <action application="transfer" data="chosen XML t1"/>
  </condition></extension>
  <extension name="chosen">
    <condition field="destination_number" expression="^chosen$"/>
    <condition field="${sangdam_key}" expression="^1$" break="on-true">
      <action application="transfer" data="queue-1 XML t1"/>
    </condition>
    <condition><action application="transfer" data="no-digit XML t1"/></condition>
  </extension>
  <extension name="queue-1"><condition field="destination_number" expression="^queue-1$">
    <action application="set" data="sangdam_queue=1"/>
    <action application="sched_transfer" data="+5 fallback-1 XML t1"/>
    <action application="sched_broadcast" data="+1 local_stream://sangdam aleg"/>
    <action application="park"/>
  </condition></extension>
  <extension name="fallback-1"><condition field="destination_number" expression="^fallback-1$">
    <action application="set" data="continue_on_fail=true"/>
    <action application="set" data="hangup_after_bridge=true"/>
    <action application="bridge" data="[leg_timeout=10]user/demo-1001@sangdam.local"/>
    <action application="transfer" data="no-digit XML t1"/>
  </condition></extension>
  <extension name="no-digit"><condition field="destination_number" expression="^no-digit$">
    <action application="playback" data="tone_stream://%(500,0,300)"/>
    <action application="hangup"/>
  </condition></extension>
  <extension name="lines-full"><condition field="destination_number" expression="^lines-full$">
    <action application="respond" data="486"/>
  </condition></extension>
</context>
<context name="agents">
  <extension name="dial"><condition field="destination_number" expression="^\+?[0-9*#]{1,20}$">
    <action application="set" data="sangdam_step=dial"/>
    <action application="park"/>
  </condition></extension>
  <extension name="no"><condition><action application="respond" data="484"/></condition></extension>
</context>
<domain name="sangdam.local">
  <user id="demo-1001"><variables><variable name="user_context" value="agents"/></variables></user>
  <user id="demo-1002"/><user id="demo-1003"/>
</domain>
"""


class Lab:
    """A switch, its clock, and one client that is subscribed to everything."""

    def __init__(
        self, xml: str | Path = XML, *, form: str = "json", events: str = "ALL", **options: Any
    ) -> None:
        self.clock = VirtualClock(options.pop("start", MONDAY_MORNING))
        options.setdefault("seed", 1)
        options.setdefault("local_zone", UTC)
        options.setdefault("write_recordings", False)
        self.switch = SimSwitch(xml, self.clock, password="secret", **options)
        self.events: list[dict[str, Any]] = []
        self.replies: list[tuple[dict[str, str], str]] = []
        self._began = self.clock.time()
        self.open(form, events)

    def open(self, form: str = "json", events: str = "ALL") -> None:
        self.connection = self.switch.connect()
        self.connection.feed(f"auth secret\n\nevent {form} {events}\n\n".encode())
        self.pump()

    # --- Talking to the switch ---

    def say(self, *lines: str, body: str = "") -> str:
        """One command; its answer (reply text or api body)."""
        before = len(self.replies)
        self.connection.feed(("\n".join(lines) + "\n\n").encode() + body.encode())
        self.clock.drain()
        self.pump()
        if len(self.replies) == before:
            return ""
        head, text = self.replies[before]
        return text if head["Content-Type"] == "api/response" else head["Reply-Text"]

    def api(self, line: str) -> str:
        return self.say(f"api {line}")

    def run(self, uuid: str, app: str, arg: str = "", token: str = "", **headers: str) -> str:
        lines = [f"sendmsg {uuid}", "call-command: execute", f"execute-app-name: {app}"]
        if arg:
            lines.append(f"execute-app-arg: {arg}")
        if token:
            lines.append(f"event-uuid: {token}")
        return self.say(*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()))

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.pump()

    def pump(self) -> None:
        """Read what the switch has said."""
        data = self.connection.fetch()
        while data:
            head, _, data = data.partition(b"\n\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\n"))
            size = int(headers.get("Content-Length", 0))
            body, data = data[:size], data[size:]
            kind = headers["Content-Type"]
            if kind == "text/event-json":
                self.events.append(json.loads(body))
            elif kind == "text/event-plain":
                self.events.append(plain_headers(body))
            else:
                self.replies.append((headers, body.decode()))

    # --- Calls ---

    def queued(self, **options: Any) -> Any:
        """A caller who has chosen 1 and is parked; the guard is cancelled."""
        options.setdefault("keys", [(0.5, "1")])
        caller = self.switch.call(DID, **options)
        self.pass_time(0.6)
        self.api(f"sched_del {caller.channel.uuid}")
        return caller

    # --- Looking back ---

    def seen(self, *names: str, of: str = "") -> list[dict[str, Any]]:
        self.pump()
        return [
            event
            for event in self.events
            if (not names or event["Event-Name"] in names) and (not of or event.get("Unique-ID") == of)
        ]

    def one(self, name: str, of: str = "") -> dict[str, Any]:
        (event,) = self.seen(name, of=of)
        return event

    def story(self, legs: dict[str, str], *names: str) -> list[str]:
        """``A CHANNEL_PARK``… in the order of the events, with the detail that tells them apart."""
        lines = []
        for event in self.seen(*names):
            leg = legs.get(event.get("Unique-ID", ""), "-")
            detail = next((event[key] for key in _DETAILS if event.get(key)), "")
            lines.append(" ".join(part for part in (leg, event["Event-Name"], detail) if part))
        return lines

    def forget(self) -> None:
        self.events.clear()

    def at(self, event: dict[str, Any]) -> float:
        """Seconds since the lab was opened."""
        return int(event["Event-Date-Timestamp"]) / 1_000_000 - self._began


_DETAILS = ("Hangup-Cause", "Application", "DTMF-Digit", "Playback-Status")


def plain_headers(body: bytes) -> dict[str, Any]:
    from urllib.parse import unquote

    head, _, rest = body.decode().partition("\n\n")
    headers: dict[str, Any] = {}
    for line in head.split("\n"):
        name, _, value = line.partition(": ")
        headers[name] = unquote(value)
    if "Content-Length" in headers:
        headers["_body"] = rest
    return headers
