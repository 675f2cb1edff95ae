"""Every setting of the product, read from the environment and checked once, at start.

``Settings.load()`` either returns settings that fit together or raises :class:`SettingsError` with
one sentence for each thing that is wrong. Two instances run side by side on one machine when their
ports and their state directories differ; nothing else is shared.
"""

from __future__ import annotations

import difflib
import hashlib
import ipaddress
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import config_values as values
from app.config_paths import StatePaths
from app.config_values import Carrier, PortRange

PREFIX = "SANGDAM_"
"""Every variable that is read starts with this."""

WELL_KNOWN_ESL_PASSWORDS = frozenset({"ClueCon", "cluecon"})
"""Passwords that stand in FreeSWITCH's own examples; anybody would try them first."""

_PLAIN = {
    "bool_parsing": "write true or false",
    "literal_error": "write one of debug, info, warning, error",
    "extra_forbidden": "there is no such setting",
}
"""pydantic's own findings, for people who never heard of it."""

_STATE_FORBIDDEN = re.compile(r"[\s$\"'{}\[\]()<>,;|&\\^`!*?]")

Port = Annotated[int, NoDecode, BeforeValidator(values.port)]
IPAddress = Annotated[str, BeforeValidator(values.ip_address)]
Host = Annotated[str, BeforeValidator(values.host)]


class SettingsError(ValueError):
    """The settings cannot be used. ``problems`` holds one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The settings cannot be used:\n" + "\n".join(f"  - {line}" for line in problems))


class Settings(StatePaths, BaseSettings):
    """The settings, by the name of the environment variable without ``SANGDAM_``, in lower case."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    state: Path = Field(Path("var"), description="Directory for everything the product writes.")
    bind: IPAddress = Field("127.0.0.1", description="Address on which web, SIP and WebSocket listen.")
    web_port: Port = Field(8000, description="TCP port of the portals, the API and the agent desktop.")
    sip_port: Port = Field(5060, description="UDP and TCP port on which phones register.")
    trunk_port: Port = Field(5080, description="UDP and TCP port on which carriers deliver calls.")
    ws_port: Port = Field(5066, description="TCP port of SIP over WebSocket, for the agents' browsers.")
    wss_port: Port | None = Field(None, description="TCP port of SIP over WebSocket with TLS; unset: none.")
    esl_port: Port = Field(8021, description="TCP port of FreeSWITCH's Event Socket.")
    rtp_ports: Annotated[PortRange, NoDecode, BeforeValidator(values.port_range)] = Field(
        PortRange(20000, 32000), description="UDP ports for audio, first-last."
    )
    external_ip: IPAddress | None = Field(
        None, description="Address under which phones and carriers outside a NAT reach this machine."
    )
    sip_domain: Host = Field("sangdam.local", description="SIP domain that phones register in.")
    trunk_acl: Annotated[tuple[str, ...], NoDecode, BeforeValidator(values.networks)] = Field(
        ("127.0.0.0/8",), description="Networks allowed to send calls into the trunk port, by commas."
    )
    carrier: Annotated[Carrier, NoDecode, BeforeValidator(values.carrier)] | None = Field(
        None, description="Where calls to the outside go: host:port or user:password@host:port."
    )
    freeswitch: str = Field("auto", description="auto, none (simulate), remote (runs elsewhere), or a path.")
    esl_host: Host = Field("127.0.0.1", description="Host of the Event Socket; loopback or private only.")
    esl_password: str = Field(
        default="", repr=False, description="Password of the Event Socket; unset: made and kept in the state."
    )
    database_url: str = Field(
        default="", repr=False, description="SQLAlchemy URL; unset: SQLite in the state directory."
    )
    redis_url: str = Field(
        default="", repr=False, description="Redis URL; unset: a Redis of its own in the state directory."
    )
    public_url: str = Field(default="", description="URL under which browsers reach the product.")
    trusted_proxies: Annotated[int, NoDecode, BeforeValidator(values.proxies)] = Field(
        0,
        description="Number of proxies in front of the web, one behind the other, whose X-Forwarded-For is believed; "
        "0: none, that header is ignored.",
    )
    secret_key: str = Field(
        default="", repr=False, description="Key that signs sessions; unset: made and kept in the state."
    )
    node: str = Field("node1", description="Name of this machine's controller and FreeSWITCH.")
    voice: Annotated[str, BeforeValidator(values.voice)] = Field(
        "auto", description="What speaks announcements: auto, espeak, sherpa, or none (chimes)."
    )
    voice_model: Annotated[Path, BeforeValidator(values.voice_model)] | None = Field(
        None, description="Directory of a model for sherpa-onnx; auto then chooses it."
    )
    voice_speaker: Annotated[int, BeforeValidator(values.voice_speaker)] = Field(
        0, description="Which speaker, by number, where the model has several."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")
    demo_traffic: bool = Field(True, description="Simulated calls: keep a gentle stream of customers coming.")

    # -- reading --------------------------------------------------------------------------------

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the environment (``overrides`` win), check it, and list all that is wrong at once.

        Raises :class:`SettingsError`.
        """
        problems: list[str] = []
        bad: set[str] = set()
        while True:
            # What was refused is put back to its default, so that one round also shows what does not
            # fit together among the rest.
            fixed = {name: cls.model_fields[name].default for name in bad}
            try:
                settings = cls(**{**overrides, **fixed})
            except ValidationError as error:
                found, names = _sentences(error)
                problems += [line for line in found if line not in problems]
                if not names - bad:
                    raise SettingsError(problems) from None
                bad |= names
                continue
            if problems:
                raise SettingsError(problems)
            return settings

    @field_validator("state", mode="after")
    @classmethod
    def _absolute_state(cls, value: Path) -> Path:
        path = Path(os.path.abspath(value.expanduser()))
        if _STATE_FORBIDDEN.search(str(path)):
            raise ValueError(
                f"the path {str(path)!r} has blanks or signs in it that FreeSWITCH would read as commands; "
                "choose a directory with plain letters, for example SANGDAM_STATE=$HOME/sangdam-state"
            )
        if path.exists() and not path.is_dir():
            raise ValueError(f"{path} is a file; the state needs a directory")
        return path

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower_level(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("freeswitch", mode="after")
    @classmethod
    def _freeswitch_exists(cls, value: str) -> str:
        if value.lower() in ("auto", "none", "remote"):
            return value.lower()
        found = shutil.which(os.path.expanduser(value))
        if found is None:
            raise ValueError(f"{value!r} is not a program; write auto, none, remote, or the path of FreeSWITCH")
        return os.path.abspath(found)

    @field_validator("esl_host", mode="after")
    @classmethod
    def _private_esl(cls, value: str) -> str:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return value  # a name: containers find each other by name on a private network
        if not (address.is_private or address.is_loopback) or address.is_unspecified:
            raise ValueError("the Event Socket commands the whole switch; only a loopback or private address")
        return value

    @field_validator("esl_password", "secret_key", mode="after")
    @classmethod
    def _strong(cls, value: str) -> str:
        if value in WELL_KNOWN_ESL_PASSWORDS:
            raise ValueError("this is the password of FreeSWITCH's examples, which everybody knows")
        if value and not re.fullmatch(r"[A-Za-z0-9._~+/=-]{22,256}", value):
            raise ValueError(
                "at least 22 letters and figures are needed (128 bits); "
                "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return value

    @field_validator("database_url", mode="after")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value or value.startswith(("sqlite:///", "postgresql+psycopg://")):
            return value
        if value.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + value.partition("://")[2]
        raise ValueError("a database is sqlite:///path or postgresql://user:password@host/name")

    @field_validator("redis_url", mode="after")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("a Redis is redis://host:port/0, rediss://… or unix:///path/to/socket")
        return value

    @field_validator("public_url", mode="after")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(/[\w./-]*)?", value):
            raise ValueError("this is written https://name or http://name:port")
        return value.rstrip("/")

    @field_validator("node", mode="after")
    @classmethod
    def _plain_node(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", value):
            raise ValueError("a node's name has letters, figures, dots and dashes only, 64 at most")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Check what has to fit together, then fill in what follows from the rest."""
        problems: list[str] = []
        owner: dict[int, str] = {}
        for name in ("web_port", "sip_port", "trunk_port", "ws_port", "wss_port", "esl_port"):
            number = getattr(self, name)
            if number is None:
                continue
            if number in owner:
                problems.append(
                    f"{variable(owner[number])} and {variable(name)} are both {number}; they have to differ"
                )
            elif number in self.rtp_ports:
                problems.append(
                    f"{variable(name)}={number} lies in SANGDAM_RTP_PORTS={self.rtp_ports}; move one of them"
                )
            owner.setdefault(number, name)
        if self.voice == "sherpa" and self.voice_model is None:
            problems.append("SANGDAM_VOICE=sherpa needs SANGDAM_VOICE_MODEL, the directory of its model")
        if problems:
            raise ValueError("\n".join(problems))
        filled = {
            "database_url": self.database_url or f"sqlite:///{self.state / 'sangdam.db'}",
            "redis_url": self.redis_url or f"unix://{self.redis_socket}",
            "public_url": self.public_url or f"http://{_in_url(self.reachable_ip)}:{self.web_port}",
        }
        for name, value in filled.items():
            object.__setattr__(self, name, value)
        return self

    # -- what follows from them -----------------------------------------------------------------

    @property
    def reachable_ip(self) -> str:
        """An address at which this machine answers: ``bind``, or loopback when it binds to all."""
        address = ipaddress.ip_address(self.bind)
        return ("::1" if address.version == 6 else "127.0.0.1") if address.is_unspecified else self.bind

    @property
    def owns_redis(self) -> bool:
        """True when the supervisor starts a Redis of its own for this state directory."""
        return self.redis_url == f"unix://{self.redis_socket}"

    @property
    def redis_socket(self) -> Path:
        """The socket of our own Redis; a socket's path is limited to 107 bytes by the system."""
        wanted = self.state / "redis" / "redis.sock"
        if len(os.fsencode(wanted)) <= 100:
            return wanted
        short = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"sangdam-{os.getuid()}-{short}" / "redis.sock"

    def prepare(self) -> None:
        """Make the state directory (for the owner only) and everything in it that is expected there."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        inner = [self.freeswitch_dir / name for name in ("conf", "log", "db", "run", "tmp", "storage")]
        for directory in (
            self.freeswitch_dir,
            *inner,
            self.dialplan_dir,
            self.recordings_dir,
            self.prompts_dir,
            self.cdr_dir,
            self.journal_dir,
            self.redis_dir,
            self.secrets_dir,
            self.log_dir,
            self.run_dir,
        ):
            directory.mkdir(mode=0o700, exist_ok=True)
        if self.owns_redis and self.redis_socket.parent != self.redis_dir:
            _private_directory(self.redis_socket.parent)
        self.read_esl_password()
        self.read_secret_key()

    def read_esl_password(self) -> str:
        """The Event Socket's password: the setting, else one of 192 bits that is made once and kept."""
        return self.esl_password or self._kept_secret("esl-password")

    def read_secret_key(self) -> str:
        """The key that signs sessions and encrypts stored secrets: the setting, else made once and kept."""
        return self.secret_key or self._kept_secret("secret-key")

    def _kept_secret(self, name: str) -> str:
        """Read a generated secret, or make it; safe when several processes start at the same moment."""
        path = self.secrets_dir / name
        if not path.exists():
            self.secrets_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(24) + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)  # the first process wins; the others read what it wrote
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        value = path.read_text("ascii").strip()
        if len(value) < 22 or value in WELL_KNOWN_ESL_PASSWORDS:
            raise SettingsError(
                [f"{path} holds a password that is too weak; delete the file, a new one is made"]
            )
        return value

    def environment(self) -> dict[str, str]:
        """The settings as variables for a child process, which then reads the very same ones."""
        result: dict[str, str] = {}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is None or (isinstance(value, str) and not value):
                continue
            if isinstance(value, Carrier):
                value = value.url
            result[variable(name)] = ",".join(value) if isinstance(value, tuple) else str(value)
        return result


def variable(name: str) -> str:
    """The environment variable of a field: ``web_port`` → ``SANGDAM_WEB_PORT``."""
    return PREFIX + name.upper()


def unknown_variables(environ: Mapping[str, str] | None = None) -> list[str]:
    """One sentence for each ``SANGDAM_…`` variable that no setting reads, with the name that was meant."""
    known = [variable(name) for name in Settings.model_fields]
    lines = []
    for name in sorted(environ if environ is not None else os.environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            lines.append(
                f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else " and is ignored.")
            )
    return lines


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _private_directory(path: Path) -> None:
    """Make a directory in a place where others may write too, and refuse one that is not ours."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise SettingsError(
            [f"{path} belongs to somebody else or is open to others; remove it, or set SANGDAM_REDIS_URL"]
        )


def _sentences(error: ValidationError) -> tuple[list[str], set[str]]:
    """What pydantic found, as sentences that name the variable, and the fields to blame."""
    lines: list[str] = []
    names: set[str] = set()
    for item in error.errors(include_url=False):
        name = str(item["loc"][0]) if item["loc"] else ""
        text = _PLAIN.get(item["type"]) or str(item.get("ctx", {}).get("error", "")) or item["msg"]
        if name:
            names.add(name)
        for line in text.splitlines():
            lines.append(f"{variable(name)}: {line}." if name else f"{line}.")
    return lines, names
