"""Wires the web process: portals, API and agent desktop over gevent's WSGI server."""

from __future__ import annotations

import functools
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import gevent
import gevent.hub
import structlog
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from gevent.pywsgi import WSGIServer
from gevent.threadpool import ThreadPool
from sqlalchemy.orm import sessionmaker

from admin_ui import create_app
from app.adapters.integration import PublicWeb
from app.adapters.redis.client import connect
from app.adapters.redis.commands import RedisCommandBus
from app.adapters.redis.feed import LiveReader
from app.adapters.sql.engine import Sessions, engine_options, prepared
from app.adapters.sql.migrate import MIGRATIONS
from app.adapters.sql.store import Store
from app.adapters.sql.tables import Base
from app.adapters.vault import SecretBox, new_password
from app.bootstrap.clock import SystemClock
from app.bootstrap.outside import make_outside
from app.bootstrap.setup import clock_differs
from app.services.container import Services
from app.services.sip_accounts import SipAccounts
from app.supervisor.programs import switch_is_real
from provisioning.directory import a1_hash

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

log = structlog.get_logger(__name__)

LIMITER_SECONDS = 2.0
"""How long a request may wait for Redis to count it, before this process counts by itself."""


PUBLICATIONS_AT_ONCE = 3


@functools.cache
def _publication_threads() -> ThreadPool:
    """Threads of their own: publications that wait for FreeSWITCH must not keep anybody from logging in."""
    return ThreadPool(PUBLICATIONS_AT_ONCE)


def slowly(function: Callable[..., Any], *args: Any) -> Any:
    """Run what takes its time (password hashes, proofs) beside the loop."""
    return _in_thread(gevent.hub.get_hub().threadpool, function, *args)


def publish_slowly(function: Callable[..., Any], *args: Any) -> Any:
    """Run a publication beside the loop."""
    return _in_thread(_publication_threads(), function, *args)


def _in_thread(pool: Any, function: Callable[..., Any], *args: Any) -> Any:

    def work() -> tuple[Any, Exception | None]:
        # An exception that leaves a thread is printed as if nobody expected it; here it is somebody's answer.
        try:
            return function(*args), None
        except Exception as error:  # noqa: BLE001  (raised again where it was asked for)
            return None, error

    value, error = pool.apply(work)
    if error is not None:
        raise error
    return value


def _own_hosts(settings: Settings) -> list[str]:
    """Under which this installation is reached from outside."""
    hosts = (urlsplit(settings.public_url).hostname, settings.external_ip)
    return [host for host in hosts if host]


def make_app(settings: Settings) -> Flask:
    """The WSGI application of this installation. ``flask --app …`` gives it Flask-Migrate's commands."""
    redis = connect(settings.redis_url)
    sessions: Sessions = sessionmaker(expire_on_commit=False)
    vault = SecretBox(settings.read_secret_key())
    store = Store(sessions, vault)
    services = Services.build(
        store=store,
        bus=RedisCommandBus(redis),
        feed=LiveReader(redis),
        clock=SystemClock(),
        settings=settings,
        outside=make_outside(settings, store),
        sip=SipAccounts(vault, settings.sip_domain, a1_hash, new_password),
        integration=PublicWeb(own=_own_hosts(settings)),
        first_difference=lambda timezone: slowly(clock_differs, timezone),
        simulated=not switch_is_real(settings),
        run_slowly=slowly,
        publish_slowly=publish_slowly,
    )
    storage = settings.redis_url if not settings.owns_redis else f"redis+{settings.redis_url}"
    app = create_app(
        services,
        settings,
        RATELIMIT_STORAGE_URI=storage,
        RATELIMIT_STORAGE_OPTIONS={"socket_timeout": LIMITER_SECONDS},
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    database = SQLAlchemy(app, metadata=Base.metadata)
    Migrate(app, database, directory=str(MIGRATIONS))
    with app.app_context():
        sessions.configure(bind=prepared(database.engine))
    return app


def run_web(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; streams in progress end, requests get five seconds."""
    server = WSGIServer((settings.bind, settings.web_port), make_app(settings), log=None)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, lambda: gevent.spawn(server.stop, 5))
    if settings.public_url.startswith("https://") and not settings.trusted_proxies:
        log.warning("no_proxy_is_trusted", hint="set SANGDAM_TRUSTED_PROXIES when a proxy brings the TLS")
    log.info("web_listens", address=f"{settings.bind}:{settings.web_port}")
    server.serve_forever()
