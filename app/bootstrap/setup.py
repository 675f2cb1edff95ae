"""Wires what sets tenants up: database, onboarding, publishing, the demo tenant."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from app.adapters.speech import EngineSpeech, ToneSpeech, open_speech
from app.adapters.sql.store import Store
from app.adapters.vault import SecretBox, new_password
from app.bootstrap.clock import SystemClock
from app.core.definitions import CallbackOffer, TenantId
from app.core.errors import InvalidDefinition
from app.ports import SpeechUnavailable
from app.services.onboarding import ALWAYS, Onboarding
from app.services.prompts import PromptRenderer
from app.services.publishing import Publishing
from app.services.time_zones import check_zone
from dialplan.compiler import context_name
from dialplan.publish import PublicationRejected, Publisher
from esl.commands import ApiCall, ReloadXml, ShowChannels
from esl.connection import Connection
from esl.errors import AuthFailed, CommandFailed, ConnectFailed, EslError, Refused
from freeswitch_conf.music import ensure_key_music
from freeswitch_conf.timezones import first_difference
from provisioning.directory import SipUser, a1_hash, directory_xml

if TYPE_CHECKING:
    from app.adapters.children import Children
    from app.config import Settings

log = structlog.get_logger(__name__)

DEMO = "demo"
DEMO_DID = "07040000001"
DEMO_MENU = ("회원 문의", "결제 문의", "기타 문의")
DEMO_SERVES = ((1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2, 5))
"""Agents of each menu entry, by number: everybody the first; the others fewer, of whom some are simulated
when calls are."""

RELOAD_SECONDS = 60.0
"""FreeSWITCH reads the files of all tenants: a thousand take it three seconds, on a busy machine many times that."""

DEMO_AGENTS = ("김하늘", "이바다", "박가람", "최누리", "정다온")
DEMO_LICENCES = 9
"""A few more than agents: whoever tries the product adds some."""


def open_store(settings: Settings) -> Store:
    """The store, able to read sealed SIP passwords back."""
    return Store.open(settings.database_url, SecretBox(settings.read_secret_key()))


def speech_of(settings: Settings, children: Children | None = None) -> EngineSpeech | ToneSpeech:
    """What speaks on this installation; ``children`` are shared with the decoder of uploads.

    Raises SpeechUnavailable when what the settings ask for is not there.
    """
    return open_speech(
        settings.prompts_dir / "cache",
        voice=settings.voice,
        model=settings.voice_model,
        speaker=settings.voice_speaker,
        children=children,
    )


def onboarding(settings: Settings, store: Store) -> Onboarding:
    """The use cases that make tenants and agents."""
    return Onboarding(
        store,
        SecretBox(settings.read_secret_key()),
        sip_domain=settings.sip_domain,
        ha1=a1_hash,
        new_password=new_password,
        first_difference=clock_differs,
    )


def clock_differs(timezone: str) -> datetime | None:
    """From when on FreeSWITCH would tell another time in the zone than we; None: not in the years ahead."""
    return first_difference(timezone, SystemClock().now())


def publisher_of(settings: Settings) -> Publisher:
    """What puts the files of this installation in place."""
    return Publisher(
        settings.dialplan_dir,
        lambda: reload_xml(settings),
        in_use=lambda: contexts_in_use(settings),
        sip_domain=settings.sip_domain,
        recordings_dir=str(settings.recordings_dir),
        key_music=str(ensure_key_music(settings.prompts_dir / "system")),
    )


def publishing(settings: Settings, store: Store, notify: Callable[[TenantId], None] | None = None) -> Publishing:
    """적용 on this installation. Without ``notify`` the controller is told through Redis."""
    speech, publisher = speech_of(settings), publisher_of(settings)
    return Publishing(
        store,
        render=PromptRenderer(speech, settings.prompts_dir, speech.voice),
        publish_files=publisher.publish,
        publish_directory=publisher.publish_directory,
        directory=_directory,
        notify=notify or (lambda tenant_id: tell_controller(settings, tenant_id)),
        lock=lambda tenant_id: one_at_a_time(settings.run_dir / f"publish.t{tenant_id}"),
        remove_files=publisher.remove,
    )


@contextlib.contextmanager
def one_at_a_time(path: Path, seconds: float = 60.0) -> Iterator[None]:
    """Hold the lock on a file, against other threads and processes. Raises OSError when it does not come free."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        end = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise OSError(f"another publication has not ended within {seconds:.0f} s") from None
                time.sleep(0.02)
        yield


def _directory(tenant_id: TenantId, agents: Iterable[Any]) -> str:
    return directory_xml(
        SipUser(row.sip_user, row.sip_ha1, tenant_id, row.id, row.extension) for row in agents if row.active
    )


def reload_xml(settings: Settings) -> str | None:
    """``reloadxml`` on the running FreeSWITCH: its reply; None when none answers the Event Socket.

    Raises OSError when it answers and then cannot be asked: the caller puts the old files back.
    """
    return _ask(settings, ReloadXml(), RELOAD_SECONDS)


def contexts_in_use(settings: Settings) -> frozenset[str] | None:
    """The dialplan contexts in which there are calls; None when no FreeSWITCH runs. Raises OSError."""
    answer = _ask(settings, ShowChannels(), 10.0)
    if answer is None:
        return None
    try:
        rows = json.loads(answer, strict=False).get("rows", [])
        return frozenset(str(row.get("context", "")) for row in rows)
    except (ValueError, AttributeError) as error:
        raise OSError(f"FreeSWITCH's list of channels cannot be read: {error}") from error


def _ask(settings: Settings, question: ApiCall, seconds: float) -> str | None:
    """One question on a connection of its own. None and OSError as :func:`reload_xml`."""
    # Busy with the answer it says nothing else on this connection: that is no sign of death before the time is over.
    connection = Connection(
        settings.esl_host, settings.esl_port, settings.read_esl_password(), ping_interval=2 * seconds
    )
    try:
        connection.connect()
    except AuthFailed as error:
        raise OSError(f"FreeSWITCH refuses the Event Socket's password: {error}") from error
    except Refused:
        return None
    except ConnectFailed as error:
        # Silent, unreachable, or not for us: it may well be running, with calls.
        raise OSError(f"FreeSWITCH cannot be asked: {error}") from error
    try:
        return connection.api(question, timeout=seconds)
    except CommandFailed as error:
        return error.text
    except EslError as error:
        raise OSError(f"FreeSWITCH did not answer: {error}") from error
    finally:
        connection.close()


def tell_controller(settings: Settings, tenant_id: TenantId, name: str = "published") -> None:
    """Have the controller load the tenant again. Without Redis it will when it starts."""
    from app.adapters.redis.client import connect
    from app.adapters.redis.commands import RedisCommandBus

    try:
        RedisCommandBus(connect(settings.redis_url)).notify(tenant_id, name, {})
    except OSError as error:
        log.debug("controller_not_told", tenant=tenant_id, error=str(error))


def refresh_all(settings: Settings) -> int:
    """Write the files of every tenant that has published (FreeSWITCH is about to start); how many.

    A tenant whose files cannot be made is logged and keeps those that it has: the others' calls must go on.
    """
    store = open_store(settings)
    ours = publishing(settings, store, notify=lambda tenant_id: None)
    done = 0
    for tenant_id in store.tenant_ids():
        try:
            done += ours.refresh(tenant_id)
        except (InvalidDefinition, SpeechUnavailable, PublicationRejected, OSError) as error:
            log.error("tenant_not_published", tenant=tenant_id, error=str(error))
    return done


# -- the command line's use cases ------------------------------------------------------------------


def seed_demo(settings: Settings) -> dict[str, Any]:
    """Make the demo tenant if it is missing, publish it, and write ``demo-logins.json``.

    A demo tenant without the file (it was deleted) gets new API tokens; passwords are kept hashed only,
    so the file then names no passwords that are no longer known.
    """
    store = open_store(settings)
    tenant_id = store.tenant_id_of(DEMO)
    if tenant_id is not None and settings.demo_logins_file.exists():
        return dict(json.loads(settings.demo_logins_file.read_text("utf-8")))
    if tenant_id is not None:
        raise InvalidDefinition(
            f"The demo tenant is there, but its logins in {settings.demo_logins_file} are not. "
            "Start with an empty SANGDAM_STATE, or make new agents with `python -m app agent create`."
        )
    with store.together() as whole:  # interrupted in the middle, the next start begins anew
        logins = _make_demo(settings, onboarding(settings, whole))
        own = whole.for_tenant(logins["tenant_id"])
        # The last menu entry shows what a callback is: the star key while waiting.
        own.update_queue(own.queues()[-1].id, callback=CallbackOffer.BY_KEY)
        _write_private(settings.demo_logins_file, json.dumps(logins, ensure_ascii=False, indent=2) + "\n")
    publishing(settings, store).apply(logins["tenant_id"], "demo")
    return logins


def _make_demo(settings: Settings, made: Onboarding) -> dict[str, Any]:
    """The demo's rows; returns its logins."""
    tenant = made.create_tenant(
        DEMO,
        did=DEMO_DID,
        organisation="상담 데모",
        email="demo@example.com",
        licences=DEMO_LICENCES,
        carrier="SKTL",
        menu=DEMO_MENU,
        slots=ALWAYS,
    )
    tenant_id = tenant["tenant_id"]
    queues = list(tenant["queues"].values())
    agents = []
    for number, name in enumerate(DEMO_AGENTS, start=1):
        serves = [queue for queue, people in zip(queues, DEMO_SERVES, strict=True) if number in people]
        agent = made.create_agent(tenant_id, f"agent{number}", name=name, queues=serves)
        agents.append(
            {
                "id": agent.agent_id,
                "login": agent.login,
                "name": name,
                "password": agent.password,
                "extension": agent.extension,
                "sip_user": agent.sip_user,
                "sip_password": agent.sip_password,
                "token": made.create_token(tenant_id, agent.login, "demo"),
            }
        )
    return {
        "tenant": DEMO,
        "service_name": DEMO,
        "tenant_id": tenant_id,
        "did": DEMO_DID,
        "sip_domain": settings.sip_domain,
        "manager": {**tenant["manager"], "token": made.create_token(tenant_id, "admin", "demo")},
        "agents": agents,
    }


def create_tenant(
    settings: Settings, *, name: str, organisation: str, did: str, email: str, manager: str,
    password: str | None, licences: int, carrier: str, timezone: str = "Asia/Seoul",
) -> dict[str, Any]:  # fmt: skip
    """A tenant with one queue, published: its number answers at once. Raises Refused as ``check_zone``."""
    store = open_store(settings)
    with store.together() as whole:
        made = onboarding(settings, whole).create_tenant(
            name, did=did, organisation=organisation, email=email, licences=licences, carrier=carrier,
            manager=manager, password=password, timezone=timezone,
        )  # fmt: skip
    publishing(settings, store).apply(made["tenant_id"], "command line")
    return made


def create_agent(
    settings: Settings, *, login: str, tenant: str, name: str, password: str | None, menus: Iterable[str]
) -> dict[str, Any]:
    """An agent who serves the menu digits ``menus`` (none: assigned to nothing yet), published."""
    store = open_store(settings)
    tenant_id = _tenant_id(store, tenant)
    digits = {keys: entry.queue_id for keys, entry in store.for_tenant(tenant_id).config().ars.leaves()}
    unknown = [digit for digit in menus if digits.get(digit) is None]
    if unknown:
        raise InvalidDefinition(f"the menu of {tenant} has no agents behind {', '.join(unknown)}", field="menu")
    queues = [queue for digit in menus if (queue := digits[digit]) is not None]
    with store.together() as whole:
        made = onboarding(settings, whole).create_agent(
            tenant_id, login, name=name, password=password, queues=queues
        )
    publishing(settings, store).apply(tenant_id, "command line")
    return {
        "id": made.agent_id,
        "login": made.login,
        "password": made.password,
        "extension": made.extension,
        "sip_user": made.sip_user,
        "sip_password": made.sip_password,
    }


def allow_all(settings: Settings, name: str) -> list[str]:
    """Empty a tenant's 접근관리, written to its 작업이력; what stood in it."""
    store = open_store(settings)
    with store.together() as whole:
        rows = whole.for_tenant(_tenant_id(whole, name))
        before = list(rows.tenant().allowed_addresses)
        rows.update_tenant(allowed_addresses=[])
        details = {"allowed_addresses": [before, []]}
        rows.add_audit(actor="operator (command line)", subject="상담서비스", action="change", details=details)
    return before


def set_timezone(settings: Settings, *, name: str, timezone: str) -> str:
    """Move a tenant to another time zone and publish it, or neither; the zone that it had. Raises Refused as
    ``check_zone``, and what a publication raises."""
    check_zone(timezone, clock_differs)
    store = open_store(settings)
    tenant_id = _tenant_id(store, name)
    with store.undoable() as (whole, undo):
        rows = whole.for_tenant(tenant_id)
        before = rows.tenant().timezone
        rows.update_tenant(timezone=timezone)
        noted = {"actor": "operator (command line)", "subject": "상담서비스", "action": "change"}
        details = {"timezone": [before, timezone]}
        rows.add_audit(**noted, details=details)
    try:
        publishing(settings, store).republish(tenant_id)
    except Exception:
        undo()
        store.for_tenant(tenant_id).add_audit(**noted, result="failed", details={**details, "undone": True})
        raise
    return before


def create_token(settings: Settings, *, tenant: str, login: str, label: str) -> dict[str, Any]:
    """An API token for a manager or an agent."""
    store = open_store(settings)
    return {"token": onboarding(settings, store).create_token(_tenant_id(store, tenant), login, label)}


def show_dialplan(settings: Settings, did: str) -> str:
    """The files that FreeSWITCH reads for this number."""
    store = open_store(settings)
    for config in store.load_all():
        if did in config.dids:
            name = f"{context_name(config.tenant_id)}.xml"
            files = [settings.dialplan_dir / part / name for part in ("public", "tenants")]
            missing = [str(file) for file in files if not file.exists()]
            if missing:
                raise InvalidDefinition(f"{did} belongs to {config.service_name}, which has not been published")
            return "\n".join(file.read_text("utf-8") for file in files)
    raise InvalidDefinition(f"no tenant has the number {did}", field="did", value=did)


def _tenant_id(store: Store, name: str) -> TenantId:
    tenant_id = store.tenant_id_of(name)
    if tenant_id is None:
        raise InvalidDefinition(f"there is no tenant {name!r}; names are case sensitive", field="tenant", value=name)
    return tenant_id


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
