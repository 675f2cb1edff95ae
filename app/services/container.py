"""What the web is given: the use cases, ready made, and the few settings that it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.ports import Clock, CommandBus, Integration
from app.services.accounts import Accounts, call_directly
from app.services.agent_sheet import AgentSheets
from app.services.ars import Ars
from app.services.ars_outside import Outside
from app.services.assignments import Assignments
from app.services.caller_ids import CallerIds
from app.services.commands import AgentCommands
from app.services.figures import Statistics
from app.services.groups import Groups
from app.services.history import History
from app.services.live import LiveFeed, LiveHub
from app.services.live_changes import LiveChanges
from app.services.repository import Store
from app.services.sip_accounts import SipAccounts
from app.services.staff import Staff
from app.services.staffing import Staffing
from app.services.time_zones import FirstDifference
from app.services.work_lists import WorkLists
from app.services.work_settings import WorkSettings


class WebSettings(Protocol):
    """The settings that the web reads (``app.config.Settings`` has them all)."""

    @property
    def reachable_ip(self) -> str: ...
    @property
    def ws_port(self) -> int: ...
    @property
    def wss_port(self) -> int | None: ...
    @property
    def public_url(self) -> str: ...
    @property
    def trusted_proxies(self) -> int: ...
    @property
    def sip_domain(self) -> str: ...
    @property
    def sip_port(self) -> int: ...
    @property
    def recordings_dir(self) -> Path: ...
    def read_secret_key(self) -> str: ...


@dataclass(frozen=True)
class StaffServices:
    """상담서비스."""

    agents: Staffing
    groups: Groups
    assignments: Assignments
    sheets: AgentSheets
    lists: WorkLists
    settings: WorkSettings


@dataclass(frozen=True)
class Services:
    """The use cases of one installation."""

    accounts: Accounts
    commands: AgentCommands
    history: History
    staff: Staff
    staffing: StaffServices
    statistics: Statistics
    live: LiveHub
    ars: Ars
    caller_ids: CallerIds
    clock: Clock
    simulated: Callable[[], bool]
    """Whether calls are simulated; the snapshot's own word wins over it."""

    @classmethod
    def build(
        cls,
        *,
        store: Store,
        bus: CommandBus,
        feed: LiveFeed,
        clock: Clock,
        settings: WebSettings,
        outside: Outside,
        sip: SipAccounts,
        integration: Integration,
        first_difference: FirstDifference,
        simulated: Callable[[], bool] | bool = False,
        run_slowly: Callable[..., Any] = call_directly,
        publish_slowly: Callable[..., Any] = call_directly,
    ) -> Services:
        """Wire the use cases to the adapters. ``run_slowly(function, *args)`` keeps password hashing away
        from the event loop (``gevent.get_hub().threadpool.apply`` wrapped, in the web process),
        and publications, which wait for a file's lock."""
        flag = simulated if callable(simulated) else (lambda: bool(simulated))
        history = History(store, settings.recordings_dir)
        live = LiveHub(feed)
        changes = LiveChanges(store, outside.publishing.republish, publish_slowly)
        agents = Staffing(store, changes, sip, live, run_slowly)
        return cls(
            accounts=Accounts(store, clock, run_slowly),
            commands=AgentCommands(store, bus),
            history=history,
            staff=Staff(store),
            staffing=StaffServices(
                agents=agents,
                groups=Groups(store, changes),
                assignments=Assignments(store, changes),
                sheets=AgentSheets(store, changes, agents, run_slowly, f"{settings.public_url.rstrip('/')}/desk/"),
                lists=WorkLists(store, changes),
                settings=WorkSettings(store, changes, integration, first_difference),
            ),
            statistics=Statistics(store, clock, history),
            ars=Ars(store, outside, clock, run_slowly, publish_slowly),
            caller_ids=CallerIds(store, outside, clock),
            live=live,
            clock=clock,
            simulated=flag,
        )
