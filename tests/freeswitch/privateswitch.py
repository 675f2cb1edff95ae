"""A FreeSWITCH of one's own: loopback only, in one directory, a dozen lines of XML."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import gevent

PASSWORD = "real-test-password-0123456789abcdef"


def find_freeswitch() -> str | None:
    chosen = os.environ.get("SANGDAM_FREESWITCH", "auto")
    if chosen not in ("auto", ""):
        return chosen if Path(chosen).is_file() else None
    for place in (shutil.which("freeswitch"), "/usr/bin/freeswitch", "/usr/local/freeswitch/bin/freeswitch"):
        if place and Path(place).is_file():
            return place
    return None


FREESWITCH = find_freeswitch()
MODULES = ("mod_event_socket", "mod_commands", "mod_dptools", "mod_dialplan_xml", "mod_loopback",
           "mod_tone_stream", "mod_sndfile", "mod_logfile")  # fmt: skip

# A user "rings" at a loopback extension, so that dial strings to user/… can be tried without SIP.
CONFIG = """<?xml version="1.0"?>
<document type="freeswitch/xml">
 <section name="configuration">
  <configuration name="switch.conf"><settings>
   <param name="event-heartbeat-interval" value="2"/>
   <param name="max-sessions" value="200"/><param name="sessions-per-second" value="200"/>
   <param name="loglevel" value="debug"/>
   <param name="rtp-start-port" value="18140"/><param name="rtp-end-port" value="18149"/>
  </settings></configuration>
  <configuration name="modules.conf"><modules>{modules}</modules></configuration>
  <configuration name="logfile.conf"><settings/><profiles><profile name="default">
   <settings><param name="logfile" value="{log}"/></settings>
   <mappings><map name="all" value="debug,info,notice,warning,err,crit,alert"/></mappings>
  </profile></profiles></configuration>
  <configuration name="event_socket.conf"><settings>
   <param name="listen-ip" value="127.0.0.1"/><param name="listen-port" value="{port}"/>
   <param name="password" value="{password}"/><param name="apply-inbound-acl" value="loopback.auto"/>
  </settings></configuration>
  <configuration name="acl.conf"><network-lists/></configuration>
  <configuration name="timezones.conf"/><configuration name="post_load_modules.conf"/>
 </section>
 <section name="dialplan"><context name="default">
  <extension name="answer"><condition field="destination_number" expression="^answer$">
   <action application="answer"/><action application="park"/>
  </condition></extension>
  <extension name="mark"><condition field="destination_number" expression="^mark$">
   <action application="event" data="Event-Name=CUSTOM,Event-Subclass=sangdam::ars,Step=menu"/>
   <action application="park"/>
  </condition></extension>
 </context></section>
 <section name="directory"><domain name="test.local"><params>
   <param name="dial-string" value="loopback/answer/default/XML"/></params>
  <groups><group name="all"><users><user id="1001"/><user id="1002"/></users></group></groups>
 </domain></section>
</document>
"""


class Switch:
    """A FreeSWITCH of one's own in one directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "log" / "freeswitch.log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        for name in ("conf", "log", "run", "db", "storage", "temp", "recordings", "certs"):
            (root / name).mkdir()
        modules = "".join(f'<load module="{module}"/>' for module in MODULES)
        text = CONFIG.format(modules=modules, port=self.port, password=PASSWORD, log=self.log)
        (root / "conf" / "freeswitch.xml").write_text(text)

    def start(self) -> None:
        assert FREESWITCH is not None
        places = {
            "-conf": "conf", "-log": "log", "-run": "run", "-db": "db", "-storage": "storage",
            "-temp": "temp", "-recordings": "recordings", "-certs": "certs",
        }  # fmt: skip
        arguments = [FREESWITCH, "-nf", "-nc", "-nonat", "-np"]
        for flag, name in places.items():
            arguments += [flag, str(self.root / name)]
        with (self.root / "output").open("wb") as output:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.root
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError((self.root / "output").read_text(errors="replace")[-2000:]) from None
                gevent.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None


def free_port() -> int:
    for port in range(18100, 18140):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port from 18100 to 18139")
