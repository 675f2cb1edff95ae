"""Which zones' clocks FreeSWITCH keeps: its POSIX rule against the zone's own table, hour by hour for three years."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from freeswitch_conf.timezones import UnknownZone, _compiled, first_difference

NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "Asia/Seoul", "UTC", "Etc/GMT-14", "Asia/Kathmandu", "Europe/Berlin", "Europe/Dublin", "America/New_York",
        "Australia/Lord_Howe", "America/Santiago", "Asia/Jerusalem", "Pacific/Chatham",
    ],
)  # fmt: skip
def test_a_clock_that_a_rule_can_tell(name: str) -> None:
    assert first_difference(name, NOW) is None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Africa/Casablanca", "2027-02-07"),  # back an hour for Ramadan
        ("Africa/El_Aaiun", "2027-02-07"),
        ("America/Nuuk", "2027-03-28"),  # changes an hour before midnight
        ("America/Godthab", "2027-03-28"),
        ("America/Scoresbysund", "2027-03-28"),
    ],
)
def test_a_clock_that_no_rule_of_freeswitch_can_tell(name: str, day: str) -> None:
    found = first_difference(name, NOW)
    assert found is not None and f"{found:%Y-%m-%d}" == day


def test_it_is_computed_and_no_list(tmp_path: Path) -> None:
    """An island whose parliament decides tomorrow what Morocco did, and another that keeps its clock."""
    island = tmp_path / "Island"
    island.mkdir()
    for name, like in (("New", "Africa/Casablanca"), ("Old", "Asia/Seoul")):
        (island / name).write_bytes(next(_compiled(like)))
    zoneinfo.reset_tzpath([tmp_path])
    try:
        found = first_difference("Island/New", NOW)
        assert found is not None and found.year == 2027
        assert first_difference("Island/Old", NOW) is None
    finally:
        zoneinfo.reset_tzpath()


def test_only_the_coming_years_count() -> None:
    assert first_difference("Africa/Casablanca", NOW, timedelta(days=30)) is None


@pytest.mark.parametrize("name", ["Asia/Soul", "", "Asia", "../Asia/Seoul", "/etc/localtime", "KST"])
def test_a_name_that_nobody_knows(name: str) -> None:
    with pytest.raises(UnknownZone):
        first_difference(name, NOW)
