"""Serves a simulated switch over TCP, in real time."""

from __future__ import annotations

import logging
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from gevent.event import Event
from gevent.queue import Full, Queue
from gevent.server import StreamServer

from simswitch.clock import RealClock
from simswitch.eventsocket import Connection
from simswitch.switch import SimSwitch

if TYPE_CHECKING:
    from simswitch.demo import DemoAgents

log = logging.getLogger(__name__)

_UNREAD_EVENTS = 100_000
"""FreeSWITCH's own limit of what it keeps for a client that does not read (MAX_QUEUE_LEN)."""

_TOGETHER = 64 * 1024


class SwitchSettings(Protocol):
    """What the simulator reads of the product's settings (app.config)."""

    @property
    def freeswitch_conf_dir(self) -> Path: ...

    @property
    def cdr_dir(self) -> Path: ...

    @property
    def demo_logins_file(self) -> Path: ...

    @property
    def esl_host(self) -> str: ...

    @property
    def esl_port(self) -> int: ...

    @property
    def sip_domain(self) -> str: ...

    @property
    def node(self) -> str: ...

    @property
    def demo_traffic(self) -> bool: ...

    def read_esl_password(self) -> str: ...


class Server:
    """An Event Socket listener for one switch."""

    def __init__(self, switch: SimSwitch, host: str, port: int) -> None:
        self._switch = switch
        self._server = StreamServer((host, port), self._serve)

    @property
    def port(self) -> int:
        return int(self._server.server_port or 0)

    def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        self._server.start()

    def stop(self) -> None:
        for connection in tuple(self._switch.connections):
            connection.close()
        self._server.stop(timeout=1)

    def _serve(self, sock: Any, address: object) -> None:
        waiting: Queue[bytes | None] = Queue(_UNREAD_EVENTS)
        connection: Connection | None = None

        def receive(data: bytes) -> None:
            try:
                waiting.put_nowait(data)
            except Full:
                log.error("a client of the event socket does not read; it is cut off")
                if connection is not None:
                    connection.tear()

        connection = Connection(self._switch, receive)
        connection.on_close = lambda: _finish(waiting)
        writer = gevent.spawn(_write, sock, waiting)
        try:
            while not connection.closed:
                data = sock.recv(65536)
                if not data:
                    break
                connection.feed(data)
                self._switch.clock.soon(_nothing)  # wakes the clock for what the command set off
        except OSError as error:
            log.debug("the event socket of %s ended: %s", address, error)
        finally:
            connection.tear()
            writer.join(timeout=5)
            writer.kill()
            sock.close()


def _nothing() -> None: ...


def _finish(waiting: Queue[bytes | None]) -> None:
    try:
        waiting.put_nowait(None)
    except Full:
        waiting.queue.clear()
        waiting.put_nowait(None)


def _write(sock: Any, waiting: Queue[bytes | None]) -> None:
    """Send what waits, small pieces together."""
    try:
        while (data := waiting.get()) is not None:
            parts, size = [data], len(data)
            while size < _TOGETHER and not waiting.empty():
                following = waiting.get_nowait()
                if following is None:
                    sock.sendall(b"".join(parts))
                    sock.shutdown(2)
                    return
                parts.append(following)
                size += len(following)
            sock.sendall(b"".join(parts))
        sock.shutdown(2)
    except OSError as error:
        log.debug("writing to an event socket ended: %s", error)


def make_switch(settings: SwitchSettings, clock: RealClock) -> SimSwitch:
    """The switch for a state directory whose FreeSWITCH configuration has been written."""
    return SimSwitch(
        Path(settings.freeswitch_conf_dir),
        clock,
        password=settings.read_esl_password(),
        cdr_dir=settings.cdr_dir,
        sip_domain=settings.sip_domain,
        node=settings.node,
    )


def main(
    settings: SwitchSettings,
    demo: bool = True,
    agents: DemoAgents | None = None,
    stop: Event | None = None,
) -> None:
    """Run the simulator on the Event Socket's port until SIGTERM (or ``stop``).

    The caller has monkey-patched gevent and written FreeSWITCH's configuration (freeswitch_conf.render).
    ``demo``: let simulated customers call (unless ``settings.demo_traffic`` is off) and register a phone for
    every agent in ``settings.demo_logins_file``. ``agents`` does at their desktops what the simulated agents
    would do there; without it nobody logs in. Raises OSError when the port is taken and XmlRejected when the
    configuration is broken.
    """
    from simswitch.demo import Demo

    clock = RealClock(Event())
    switch = make_switch(settings, clock)
    server = Server(switch, settings.esl_host, settings.esl_port)
    server.start()
    if stop is None:
        gevent.signal_handler(signal.SIGTERM, clock.stop)
        gevent.signal_handler(signal.SIGINT, clock.stop)
    else:
        stop.rawlink(lambda _: clock.stop())
    log.info("the simulated switch listens on %s:%s", settings.esl_host, server.port)
    if demo:
        Demo(
            switch,
            settings.demo_logins_file,
            agents,
            customers=settings.demo_traffic,
            spawn=lambda work, *arguments: gevent.spawn(work, *arguments),
        ).start()
    try:
        clock.serve()
    finally:
        server.stop()
