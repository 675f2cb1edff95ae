"""Two controllers and a Redis that goes away: who decided goes on deciding, and nobody else begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.bootstrap import controller as wiring

RENEWED_EVERY = wiring.LEASE_SECONDS / 4


class Platform:
    """One Redis in virtual time, and an owner of the lease who renews it like the real one."""

    def __init__(self, away: tuple[float, float], owner_until: float, *, same_machine: bool = False) -> None:
        self.now = 0.0
        self.same_machine, self.owner_until = same_machine, owner_until
        self._away, self._owner_until = away, owner_until
        self._expires = wiring.LEASE_SECONDS
        self._renewal = RENEWED_EVERY

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        assert self.now < 200, "the lease is never taken"
        while self._renewal <= self.now:
            if self._renewal < self._owner_until and not self._is_away(self._renewal):
                self._expires = self._renewal + wiring.LEASE_SECONDS
            self._renewal += RENEWED_EVERY

    def ping(self) -> bool:
        if self._is_away(self.now):
            raise ConnectionError("Redis does not answer")
        return True

    def acquire(self, name: str, ttl_seconds: float) -> int | None:
        self.ping()
        return 2 if self.now >= self._expires else None

    def release(self, name: str, token: int) -> None:
        self.ping()
        assert token == 1
        self._expires = self.now

    def _is_away(self, at: float) -> bool:
        return self._away[0] <= at < self._away[1]


class LeaderMark:
    """What the kernel knows of an owner with token 1, where it ran on this machine."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def dead_owner(self) -> int | None:
        return 1 if self._platform.same_machine and self._platform.now >= self._platform.owner_until else None

    def take(self, token: int) -> bool:
        return token == 2


@pytest.fixture
def stand_by(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def run(platform: Platform) -> float:
        monkeypatch.setattr(wiring.time, "monotonic", lambda: platform.now)
        monkeypatch.setattr(wiring.gevent, "sleep", platform.sleep)
        waiting: Any = object.__new__(wiring.Controller)
        waiting._stopping, waiting.fence, waiting.lease, waiting._redis = False, None, platform, platform
        waiting._leader_file = LeaderMark(platform)
        waiting._await_lease()
        assert waiting.fence == 2
        return platform.now

    yield run


@pytest.mark.parametrize("back", [5.0, 9.0, 20.1, 21.9])
def test_a_redis_that_was_away_does_not_change_who_leads(stand_by: Any, back: float) -> None:
    died = 60.0
    assert stand_by(Platform((3.0, back), owner_until=died)) >= died


def test_a_leader_that_died_is_followed_when_its_lease_has_run_out(stand_by: Any) -> None:
    assert 10.0 < stand_by(Platform((0, 0), owner_until=10.0)) <= 10.0 + wiring.LEASE_SECONDS + 0.5


def test_a_leader_that_was_killed_on_this_machine_is_followed_at_once(stand_by: Any) -> None:
    assert stand_by(Platform(away=(0.0, 0.0), owner_until=20.0, same_machine=True)) == 20.0
