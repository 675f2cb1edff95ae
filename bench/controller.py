"""The product's controller as a process of its own, with tenants of the benchmark's instead of a database.

    python -m bench.controller TENANTS AGENTS MENU LOGIN_STATUS AFTER_CALL

Everything else is the product's wiring (app.bootstrap.controller): Event Socket, core, scripts, journal
spool with fsync, live view and commands by Redis. Reads the settings from the environment. On SIGTERM
it ends and prints its own CPU seconds and how many events it handled, as JSON.
"""

import gevent.monkey

gevent.monkey.patch_all()

import json  # noqa: E402  (nothing may be imported before the patch above)
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterable  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402

from app.bootstrap.controller import Controller  # noqa: E402
from app.config import Settings  # noqa: E402
from app.core.definitions import AgentStatus, TenantConfig  # noqa: E402
from bench.tenant import make_tenant  # noqa: E402


class Fixed:
    """app.ports.TenantSource with tenants that never change."""

    def __init__(self, tenants: Iterable[TenantConfig]) -> None:
        self._tenants = {tenant.tenant_id: tenant for tenant in tenants}

    def load_all(self) -> Iterable[TenantConfig]:
        return self._tenants.values()

    def load(self, tenant_id: int) -> TenantConfig | None:
        return self._tenants.get(tenant_id)


def main(tenants: int, agents: int, menu: int, login: AgentStatus, after_call: AgentStatus) -> None:
    settings = Settings.load()
    changes: dict[str, Any] = {"status_after_login": login, "status_after_call": after_call}
    # With a menu it is the whole life of a call: then it is recorded, too.
    changes["recording"] = menu > 1
    made = [make_tenant(settings, agents, tenant_id=n, menu=menu, **changes) for n in range(1, tenants + 1)]
    controller = Controller(settings, Fixed(made))
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, controller.stop)

    def report() -> None:
        # For who measures over a part of the run: CPU so far, events so far, the process's own clock.
        path = settings.run_dir / "bench-controller.json"
        while True:
            state = {"cpu": time.process_time(), "handled": controller.dispatcher.handled,
                     "calls": len(controller.centre.state.calls), "mailbox": controller.dispatcher.waiting,
                     "at": time.time()}  # fmt: skip
            draft = path.with_suffix(".draft")
            draft.write_text(json.dumps(state))
            os.replace(draft, path)
            gevent.sleep(0.5)

    gevent.spawn(report)
    controller.run()
    print(json.dumps({"cpu": time.process_time(), "handled": controller.dispatcher.handled}), flush=True)


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:4]]
    main(counts[0], counts[1], counts[2], AgentStatus(sys.argv[4]), AgentStatus(sys.argv[5]))
