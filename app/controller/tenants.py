"""What the script driver needs to know of tenants: prompts, music, and the facts that scripts ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core import effects as fx
from app.core.business_hours import OpenState, state_at
from app.core.centre import Centre
from app.core.definitions import Leg, QueueId, TenantConfig, TenantId
from app.core.queues import Waiting
from app.ports import Clock
from ivr_scripts.actions import Script
from ivr_scripts.waiting import waiting


class Tenants:
    """The configurations last published, by tenant."""

    def __init__(self) -> None:
        self._configs: dict[TenantId, TenantConfig] = {}

    def learn(self, config: TenantConfig) -> None:
        self._configs[config.tenant_id] = config

    def forget(self, tenant_id: TenantId) -> None:
        self._configs.pop(tenant_id, None)

    def ids(self) -> frozenset[TenantId]:
        """The tenants that are known."""
        return frozenset(self._configs)

    def config(self, tenant_id: TenantId) -> TenantConfig | None:
        """The configuration published last, None for a tenant that is gone."""
        return self._configs.get(tenant_id)

    def paths(self, tenant_id: TenantId, names: Sequence[str]) -> tuple[str, ...]:
        """Files of the prompts that exist, in order."""
        config = self._configs.get(tenant_id)
        return () if config is None else tuple(p for n in names if (p := config.ars.prompts.get(n)))

    def music(self, tenant_id: TenantId) -> str:
        config = self._configs.get(tenant_id)
        return config.music if config is not None else "local_stream://sangdam"

    def starter(self, centre: Centre, clock: Clock) -> Callable[[fx.RunScript], Script]:
        """Makes scripts for the script driver; ``KeyError`` when the tenant or queue is gone."""

        def start(effect: fx.RunScript) -> Script:
            if effect.script != "waiting" or effect.queue_id is None:
                raise KeyError(effect.script)
            queue = self._configs[effect.tenant_id].queues[effect.queue_id]
            entered = datetime.fromtimestamp(int(effect.data["entered"]) / 1_000_000, UTC)
            return waiting(queue, _Facts(self, centre, clock, effect, effect.queue_id, entered))

        return start


@dataclass(frozen=True, slots=True)
class _Facts:
    """ivr_scripts.actions.WaitingFacts of one waiting caller, read from the core's present state."""

    tenants: Tenants
    centre: Centre
    clock: Clock
    effect: fx.RunScript
    queue_id: QueueId
    entered: datetime

    @property
    def caller_number(self) -> str:
        return self.effect.data.get("number", "")

    def position(self) -> int:
        return place_in_queue(self.centre, self.effect.leg)

    def waited_seconds(self) -> float:
        return (self.clock.now() - self.entered).total_seconds()

    def agents_logged_in(self) -> int:
        return agents_logged_in(self.centre, self.effect.tenant_id, self.queue_id)

    def is_open(self) -> bool:
        config = self.tenants.config(self.effect.tenant_id)
        if config is None:
            return False
        return state_at(config.ars.slots, config.ars.holidays, self.clock.now(), config.timezone) is OpenState.OPEN

    def prompt_exists(self, name: str) -> bool:
        return bool(self.tenants.paths(self.effect.tenant_id, (name,)))


def place_in_queue(centre: Centre, leg: Leg) -> int:
    """Place of the waiting caller on ``leg``, 1 first; 0 when not waiting."""
    call = centre.state.call_of(leg)
    if call is None or call.visit is None:
        return 0
    queue = centre.state.tenants[call.tenant_id].queues.get(call.visit.queue_id)
    entry = Waiting(-call.visit.priority, call.visit.place, call.call_id)
    return queue.position(entry) if queue is not None else 0


def agents_logged_in(centre: Centre, tenant_id: TenantId, queue_id: QueueId) -> int:
    """Agents assigned to the queue who are logged in, whatever they are doing."""
    tenant = centre.state.tenants.get(tenant_id)
    if tenant is None:
        return 0
    return sum(agent.logged_in for agent in tenant.agents.values() if queue_id in tenant.serves.get(agent.agent_id, ()))
