"""The web on a port, with a stage behind it: for the browser tests, and to look at by hand.

``python -m tests.portal.serve 18600`` serves it until Ctrl-C, with an example of everything.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from werkzeug.serving import make_server

from admin_ui import create_app
from tests.portal.stage import Stage
from tests.portal.world import FixedClock, World, add_call, add_callback, add_customer, build


class RealClock(FixedClock):
    """The real time: browsers have it too."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@contextmanager
def served(world: World, port: int = 0) -> Iterator[str]:
    """The application of a world on a port of this machine; its address."""
    app = create_app(world.services, world.settings)
    server = make_server("127.0.0.1", port, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(5)


def example(state: Path) -> tuple[World, Stage]:
    """A world with a day's work in it."""
    world = build(state, f"sqlite:///{state / 'web.db'}", RealClock())
    stage = Stage(world)
    for index in range(75):
        talk = (index * 37) % 240 if index % 6 else 0
        queue = list(world.queues["demo"])[index % 3]
        add_call(
            world,
            call_id=f"example-{index:03}",
            minutes_ago=5 + index * 27,
            agent=f"agent{index % 3 + 1}",
            queue=queue,
            number=f"010{36120000 + index * 7919 % 9999:08}",
            talk=talk,
            wait=3 + index % 40,
            direction="outbound" if index % 5 == 4 else "inbound",
            recording=talk > 0 and index < 6,
            outcome="connected" if talk else "queue_abandoned",
        )
    add_customer(world, "01036123712", "김하늘")
    for index in range(4):
        add_callback(world, key=f"cb-{index}", number=f"0103344{5866 + index}")
    return world, stage


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        world, stage = example(Path(folder))
        port = int(sys.argv[1]) if len(sys.argv) > 1 else 18600
        with served(world, port) as address:
            print(f"{address}/desk/ and {address}/login: demo, agent1 or admin, Test-1234", flush=True)
            until = datetime.now(UTC) + timedelta(hours=2)
            while datetime.now(UTC) < until:
                time.sleep(1)
                stage.publish()


if __name__ == "__main__":
    main()
