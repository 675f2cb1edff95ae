"""SIPp as caller and as phone: a SIP implementation that is neither FreeSWITCH's nor ours.

SIPp does the signalling; the media port in its SDP is an :class:`Rtp` of this process, which speaks a tone
and remembers what it hears. What a SIPp does is decided when it starts (answer, refuse, ring; hang up after
a time, or wait for the other side); for phones that are told what to do, see softphone.py.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import gevent

from tests.freeswitch.rtp import Rtp

SIPP = shutil.which("sipp")

_SDP = """v=0
      o=sipp 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[local_ip_type] [local_ip]
      t=0 0
      m=audio {media} RTP/AVP 0 101
      a=rtpmap:0 PCMU/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-15"""

_OWN = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:{user}@{domain}>;tag=[pid]-[call_number]
      To: <sip:{to}@{domain}>[peer_tag_param]
      Call-ID: [call_id]
      Contact: <sip:{user}@[local_ip]:[local_port]>
      Max-Forwards: 70"""

_REGISTER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="register">
  <send retrans="500"><![CDATA[
      REGISTER sip:{domain} SIP/2.0
      {own}
      CSeq: 1 REGISTER
      Expires: 300
      User-Agent: SIPp
      Content-Length: 0
  ]]></send>
  <recv response="401" auth="true"/>
  <send retrans="500"><![CDATA[
      REGISTER sip:{domain} SIP/2.0
      {own}
      CSeq: 2 REGISTER
      Expires: 300
      User-Agent: SIPp
      [authentication username={user} password={password}]
      Content-Length: 0
  ]]></send>
  <recv response="200"/>
</scenario>
"""

_CALLER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
  <send retrans="500"><![CDATA[
      INVITE sip:{to}@[remote_ip]:[remote_port] SIP/2.0
      {own}
      CSeq: 1 INVITE
      Content-Type: application/sdp
      Content-Length: [len]

      {sdp}
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
      ACK [next_url] SIP/2.0
      [routes]
      {own}
      CSeq: 1 ACK
      Content-Length: 0
  ]]></send>
  {end}
</scenario>
"""

_PHONE = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="phone">
  <recv request="INVITE" crlf="true" rrs="true">{noted}</recv>
  {reaction}
</scenario>
"""

_NOTED = '<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/></action>'

_ANSWERING = """<send><![CDATA[
      SIP/2.0 {status}
      [last_Via:]
      [last_From:]
      [last_To:];tag=[pid]-[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:{user}@[local_ip]:[local_port]>
      {body}
  ]]></send>"""

_WAIT_FOR_BYE = """<recv request="BYE"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0
  ]]></send>"""


class _Sipp:
    """One SIPp process with its scenario and its media."""

    def __init__(
        self, folder: Path, server: tuple[str, int], user: str, domain: str, hertz: float, port: int = 0
    ) -> None:
        self.folder, self.server, self.user, self.domain, self.port = folder, server, user, domain, port
        self.rtp = Rtp(hertz=hertz)
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def _run(self, name: str, scenario: str, *options: str) -> subprocess.Popen[bytes]:
        assert SIPP is not None, "SIPp is not installed (apt install sip-tester)"
        path = self.folder / f"{self.user}-{name}.xml"
        path.write_text(scenario)
        port = ("-p", str(self.port)) if self.port else ()
        argv = [
            SIPP, "-sf", str(path), "-i", "127.0.0.1", *port, "-m", "1", "-nostdin", "-timeout", "60", "-trace_err",
            "-error_file", str(path.with_suffix(".err")), *options, f"{self.server[0]}:{self.server[1]}",
        ]  # fmt: skip
        quiet = subprocess.DEVNULL
        return subprocess.Popen(argv, stdout=quiet, stderr=quiet, stdin=quiet, cwd=self.folder)

    def _own(self, to: str) -> str:
        return _OWN.format(user=self.user, domain=self.domain, to=to)

    def wait(self, seconds: float = 20.0) -> int:
        """SIPp's exit status: 0 when all went as the scenario says. AssertionError when it goes on too long."""
        assert self.process is not None
        end = time.monotonic() + seconds
        while (status := self.process.poll()) is None:
            assert time.monotonic() < end, f"SIPp of {self.user} has not come to its end"
            gevent.sleep(0.01)
        return status

    def errors(self) -> str:
        return "\n".join(
            path.read_text(errors="replace") for path in sorted(self.folder.glob(f"{self.user}-*.err"))
        )

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        self.rtp.close()


class SippCaller(_Sipp):
    """Calls ``to`` at the trunk at once; hangs up ``hang_up_after`` seconds after the answer, or waits for BYE."""

    def __init__(
        self,
        folder: Path,
        server: tuple[str, int],
        to: str,
        *,
        user: str = "01012345678",
        hertz: float = 440.0,
        hang_up_after: float | None = None,
    ) -> None:
        super().__init__(folder, server, user, "carrier.example", hertz)
        own = self._own(to)
        bye = f"""<pause milliseconds="{int((hang_up_after or 0) * 1000)}"/>
  <send retrans="500"><![CDATA[
      BYE [next_url] SIP/2.0
      [routes]
      {own}
      CSeq: 2 BYE
      Content-Length: 0
  ]]></send>
  <recv response="200"/>"""
        end = _WAIT_FOR_BYE if hang_up_after is None else bye
        sdp = _SDP.format(media=self.rtp.port)
        self.process = self._run("call", _CALLER.format(to=to, own=own, sdp=sdp, end=end))


class SippPhone(_Sipp):
    """Registers as ``user`` with digest, then does one thing with one call: ``answer``, ``ring`` (until it is
    cancelled) or a status such as ``486 Busy Here``."""

    def __init__(
        self,
        folder: Path,
        server: tuple[str, int],
        user: str,
        password: str,
        *,
        port: int,
        domain: str = "sangdam.local",
        reaction: str = "answer",
        hertz: float = 700.0,
        hang_up_after: float | None = None,
    ) -> None:
        super().__init__(folder, server, user, domain, hertz, port)
        own = self._own(user).replace("[peer_tag_param]", "")
        register = _REGISTER.format(own=own, user=user, domain=domain, password=password)
        self.process = self._run("register", register)
        assert self.wait() == 0, f"{user} could not register: {self.errors()}"
        noted = "" if hang_up_after is None else _NOTED
        self.process = self._run(
            "phone", _PHONE.format(noted=noted, reaction=self._reaction(reaction, hang_up_after))
        )

    def _reaction(self, reaction: str, hang_up_after: float | None) -> str:
        def answering(status: str, body: str = "Content-Length: 0") -> str:
            return _ANSWERING.format(status=status, user=self.user, body=body)

        ringing = answering("180 Ringing")
        if reaction == "ring":
            terminated = answering("487 Request Terminated").replace(
                "[last_CSeq:]", "CSeq: [last_cseq_number] INVITE"
            )
            bye = _WAIT_FOR_BYE.replace('request="BYE"', 'request="CANCEL"')
            return f'{ringing}\n  {bye}\n  {terminated}\n  <recv request="ACK"/>'
        if reaction != "answer":
            return f'{answering(reaction)}\n  <recv request="ACK"/>'
        sdp = f"Content-Type: application/sdp\n      Content-Length: [len]\n\n      {_SDP.format(media=self.rtp.port)}"
        talk = f'{ringing}\n  {answering("200 OK", sdp)}\n  <recv request="ACK" crlf="true"/>'
        if hang_up_after is None:
            return f"{talk}\n  {_WAIT_FOR_BYE}"
        # As the called side of the dialogue: From and To change places.
        bye = f"""<pause milliseconds="{int(hang_up_after * 1000)}"/>
  <send retrans="500"><![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:{self.user}@{self.domain}>;tag=[pid]-[call_number]
      To: [$from]
      Call-ID: [call_id]
      CSeq: 1 BYE
      Max-Forwards: 70
      Content-Length: 0
  ]]></send>
  <recv response="200"/>"""
        return f"{talk}\n  {bye}"
