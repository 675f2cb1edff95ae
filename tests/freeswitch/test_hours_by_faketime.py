"""Open, closed or holiday on FreeSWITCH itself, at moments of other years: its clock is moved by libfaketime.

One FreeSWITCH with the product's own configuration runs the dialplans of several random centres. For each moment the
clock is set, a call comes to every centre, and where the dialplan leads it is what FreeSWITCH decided.

How the clock is moved: the faked time stands still in a file that is read at every look at the clock, the monotonic
clock stays true, and ``fsctl sync_clock`` has FreeSWITCH take its offset between the two anew (switch_time.c:
switch_time_sync). From then on FreeSWITCH's time goes on by itself from the moment that was set.
"""

from __future__ import annotations

import glob
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.core.business_hours import OpenState, state_at
from app.core.definitions import Holiday, Slot, TenantConfig
from app.supervisor.programs import find_freeswitch
from esl.commands import Api, BgApi
from esl.connection import Connection
from esl.frames import Event
from freeswitch_conf.render import installed_modules, render
from freeswitch_conf.timezones import posix_rules
from tests.freeswitch.harness import RealSwitch, wait_until, write_tone
from tests.unit.dialplan.centres import SECOND, a_centre, clock_changes_of, korean, moments
from tests.unit.dialplan.example import PROMPTS, prompt_paths

SEED = int(os.environ.get("SANGDAM_AGREEMENT_SEED", "20280229"))
MOMENTS = int(os.environ.get("SANGDAM_FAKETIME_MOMENTS", "48"))

PLACES = ("/usr/lib/*/faketime", "/usr/lib/faketime", "/usr/lib64/faketime", "/usr/local/lib/faketime")
DECIDED = {"greeting": OpenState.OPEN, "after_hours": OpenState.CLOSED, "holiday": OpenState.HOLIDAY}
MACHINE = ZoneInfo("Asia/Tokyo")
"""The machine's own zone, which must not matter."""

EVERY_DAY = frozenset(range(7))


def libfaketime() -> str | None:
    """The library that fakes the clock."""
    found = (path for place in PLACES for path in sorted(glob.glob(f"{place}/libfaketime.so.1")))
    return next(found, None)


def why_not() -> str | None:
    """What is missing here, if anything."""
    binary = find_freeswitch(os.environ.get("SANGDAM_FREESWITCH", "auto"))
    if binary is None:
        return "no FreeSWITCH"
    if libfaketime() is None:
        return "no libfaketime (apt install faketime)"
    modules = installed_modules(binary)
    return None if modules is None or "mod_loopback" in modules else "this FreeSWITCH has no mod_loopback"


pytestmark = [
    pytest.mark.freeswitch,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
]


# -- the centres ------------------------------------------------------------------------------------


def centres(prompts: dict[str, str]) -> list[TenantConfig]:
    """Some that were thought of, with all the Korean holidays, and some that were not."""
    always = (Slot(EVERY_DAY, time(0), time(0)),)
    work = (
        Slot(frozenset(range(5)), time(9), time(18)), Slot(frozenset(range(5)), time(12, 30), time(13, 30), False),
        Slot(frozenset({5}), time(10), time(15)),
    )  # fmt: skip
    night = (Slot(EVERY_DAY, time(22), time(4)), Slot(EVERY_DAY, time(1, 30), time(2, 30), False))
    public = tuple(one for year in range(2026, 2030) for one in korean(year))
    leap = (
        Holiday(date(2024, 2, 29), "윤일", yearly=True), Holiday(date(2026, 12, 31), "연말", yearly=True),
        Holiday(date(2027, 1, 1), "새해"),
    )  # fmt: skip
    told = [
        (work, public, "Asia/Seoul"), (always, public, "Asia/Seoul"), (always, leap, "Asia/Seoul"),
        (night, leap, "America/New_York"), (night, public[:40], "Asia/Seoul"), (work, leap, "Europe/Berlin"),
    ]  # fmt: skip
    chance = random.Random(SEED)
    made = [a_centre(chance) for _ in range(6)]
    for slots, holidays, zone in told:
        config = made[0]
        ars = replace(config.ars, slots=slots, holidays=holidays)
        made.append(replace(config, ars=ars, timezone=zone))
    return [
        replace(
            config,
            tenant_id=number, dids=(f"0704100{number:04}",), licences=50,
            ars=replace(config.ars, prompts=prompts),
        )
        for number, config in enumerate(made, 1)
    ]  # fmt: skip


def chosen_moments(configs: list[TenantConfig]) -> list[datetime]:
    """Moments of all centres at which the one or the other changes, spread over what is delicate."""
    chance = random.Random(SEED)
    days = {
        date(2027, 12, 31), date(2028, 1, 1), date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2027, 3, 1),
        date(2027, 2, 7), date(2027, 2, 8), date(2027, 2, 9), date(2026, 9, 25), date(2026, 3, 2),
    }  # fmt: skip
    picked: list[datetime] = []
    for config in configs:
        own = days | set(clock_changes_of(config.timezone, 2027)) | {one.day for one in config.ars.holidays[:3]}
        found = sorted({at for at in moments(config, own) if at.year >= 2024})
        # A boundary is taken with the second before and the one after.
        for at in chance.sample(found[1:-1], -(-MOMENTS // (3 * len(configs)))):
            picked += [at - SECOND, at, at + SECOND]
    return sorted(set(picked))


# -- FreeSWITCH in another year ---------------------------------------------------------------------


@dataclass
class TimeMachine:
    """A FreeSWITCH whose clock is set."""

    connection: Connection
    stamp: Path
    marks: dict[str, tuple[OpenState, int]] = field(default_factory=dict)
    calls: int = 0

    def set_clock(self, at: datetime) -> None:
        """It is ``at`` now, and goes on from there."""
        draft = self.stamp.with_suffix(".draft")
        draft.write_text(f"{at.astimezone(MACHINE):%Y-%m-%d %H:%M:%S}\n")
        draft.rename(self.stamp)
        assert self.api("fsctl", "sync_clock").startswith("+OK")
        wait_until(lambda: self.api("strepoch") == str(int(at.timestamp())), 1, f"FreeSWITCH's clock at {at}")

    def api(self, name: str, arguments: str = "") -> str:
        return self.connection.api(Api(name, arguments)).strip()

    def states(self, configs: list[TenantConfig], at: datetime) -> dict[int, tuple[OpenState, int]]:
        """What a call to each centre meets that comes at ``at``, and FreeSWITCH's second when that was decided."""
        self.set_clock(at)
        numbers = {}
        for config in configs:
            self.calls += 1
            numbers[config.tenant_id] = number = f"010{self.calls:08}"
            variables = f"origination_caller_id_number={number},ignore_early_media=true"
            call = f"{{{variables}}}loopback/{config.dids[0]}/public &park"
            self.connection.send(BgApi("originate", call))
        wait_until(lambda: set(numbers.values()) <= self.marks.keys(), 10, f"all calls at {at}")
        self.api("hupall", "NORMAL_CLEARING")
        return {tenant_id: self.marks.pop(number) for tenant_id, number in numbers.items()}

    def take(self, event: Event) -> None:
        state = DECIDED.get(event.get("sangdam_step") or "")
        if state is not None:
            second = int(event.get("Event-Date-Timestamp") or 0) // 1_000_000
            self.marks[str(event.get("Caller-Caller-ID-Number"))] = (state, second)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeMachine]:
    root = tmp_path_factory.mktemp("faketime")
    low = 27000 + (os.getpid() % 40) * 200
    folder = root / "state" / "prompts" / "t1"
    tenants = centres({name: str(write_tone(folder / f"{name}.wav", 500, 0.1)) for name in PROMPTS})
    switch = RealSwitch(
        root, tenant=lambda _: tenants[0], rtp_ports=f"{low}-{low + 199}", log_level="warning"
    )
    for tenant in tenants[1:]:
        switch.publish(tenant)
    stamp = root / "clock"
    stamp.write_text("2027-01-01 00:00:00\n")
    fake = {
        "LD_PRELOAD": libfaketime(), "FAKETIME_TIMESTAMP_FILE": stamp, "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": MACHINE.key,
    }  # fmt: skip
    argv = render(switch.settings, ("mod_loopback",))
    switch.argv = ["env", *(f"{name}={value}" for name, value in fake.items()), *argv]
    with switch:
        connection = Connection("127.0.0.1", switch.settings.esl_port, switch.settings.read_esl_password())
        machine = TimeMachine(connection, stamp)
        connection.on_event = machine.take
        connection.connect()
        connection.subscribe((), ("sangdam::ars",))
        yield machine
        connection.close()


def test_freeswitch_and_core_agree(machine: TimeMachine) -> None:
    configs = centres(prompt_paths())
    seen: Counter[OpenState] = Counter()
    wrong = []
    for at in chosen_moments(configs):
        met = machine.states(configs, at)
        if any(second != int(at.timestamp()) for _, second in met.values()):
            # A machine that does much else needed more than the rest of the second: once more.
            met = machine.states(configs, at)
        for config in configs:
            state, second = met[config.tenant_id]
            then = datetime.fromtimestamp(second, UTC)
            expected = state_at(config.ars.slots, config.ars.holidays, then, config.timezone)
            seen[expected] += 1
            if state is not expected:
                here = then.astimezone(ZoneInfo(config.timezone))
                wrong.append(f"{here}: FreeSWITCH {state}, core {expected}: {config.ars.slots} {config.ars.holidays}")
            assert second == int(at.timestamp()), f"the clock was at {then}, not at {at}"
    assert not wrong, "\n".join(wrong)
    assert sum(seen.values()) >= 200 and min(seen[state] for state in OpenState) >= 20, seen


UNLIKE = {
    # One hour back during Ramadan, by a table that no rule can say.
    "Africa/Casablanca", "Africa/El_Aaiun",
    # Change before midnight, which FreeSWITCH cannot read: wrong for an hour, twice a year (freeswitch_conf.timezones).
    "America/Godthab", "America/Nuuk", "America/Scoresbysund",
}  # fmt: skip
"""Zones whose clock FreeSWITCH does not know as well as Python."""


def test_freeswitch_knows_the_clock_of_every_zone(machine: TimeMachine) -> None:
    unlike = set()
    names = {name for name, _ in posix_rules()}
    for name in sorted(names):
        place = ZoneInfo(name)
        for year in range(2026, 2029):
            changes = [datetime.combine(day, time(0), place).astimezone(UTC) for day in clock_changes_of(name, year)]
            hours = [at + timedelta(minutes=30 + 60 * n) for at in changes for n in range(24)]
            for at in (datetime(year, 1, 15, tzinfo=UTC), datetime(year, 7, 15, tzinfo=UTC), *hours):
                told = machine.api("strftime_tz", f"{name} {int(at.timestamp())}|%Y-%m-%d %H:%M")
                if told != f"{at.astimezone(place):%Y-%m-%d %H:%M}":
                    unlike.add(name)
    assert unlike == UNLIKE & names
