"""Huey: jobs that the web hands over, and jobs by the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from huey import Huey, RedisHuey, SqliteHuey, crontab

if TYPE_CHECKING:
    from app.config import Settings

log = structlog.get_logger(__name__)


def make_huey(settings: Settings) -> Huey:
    """The queue of jobs: on one machine a SQLite file beside the database, else Redis."""
    if settings.database_url.startswith("sqlite:"):
        return SqliteHuey("sangdam", filename=str(settings.state / "jobs.db"), fsync=True)
    return RedisHuey("sangdam", url=settings.redis_url)


def add_housekeeping(
    huey: Huey, remove_old_files: Callable[[], None], verify: Callable[[], list[str]]
) -> None:
    """Jobs by the clock: old spool files and unused speech go every hour; every night (UTC 19:00, 04:00 in Korea)
    the records are proved against the journal, and what is wrong is logged as errors."""

    @huey.periodic_task(crontab(minute="17"), name="remove_old_files")  # type: ignore[untyped-decorator]
    def hourly() -> None:
        remove_old_files()

    @huey.periodic_task(crontab(minute="0", hour="19"), name="verify_records")  # type: ignore[untyped-decorator]
    def nightly() -> int:
        problems = verify()
        for problem in problems:
            log.error("record_not_proved", problem=problem)
        log.info("records_verified", problems=len(problems))
        return len(problems)


def add_caller_id_expiry(huey: Huey, expire: Callable[[], list[str]]) -> None:
    """Every five minutes: a number whose evidence expired at the tenant's midnight is not shown any more."""

    @huey.periodic_task(crontab(minute="*/5"), name="expire_caller_ids")  # type: ignore[untyped-decorator]
    def expired() -> list[str]:
        numbers = expire()
        for number in numbers:
            log.warning("caller_id_expired", number=number)
        return numbers
