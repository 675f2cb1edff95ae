"""Ports: what the inside needs of the outside. Adapters implement them; tests have fakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.core.definitions import Leg, Node, TenantConfig, TenantId
from app.core.effects import Effect
from app.core.errors import CoreError
from app.core.journal import JournalEvent
from app.core.rehearsed import Rehearsal


class Clock(Protocol):
    """Time. ``now`` is aware UTC; ``monotonic`` counts seconds from anywhere and never jumps."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Switch(Protocol):
    """One FreeSWITCH node (or the stand-in). Carries out switch effects; never waits for their outcome:
    what came of them arrives as events (AppFinished, EffectFailed, LegHungUp …)."""

    node: Node

    def perform(self, effect: Effect) -> None:
        """Send what the effect asks. Raises SwitchUnavailable when not connected."""
        ...

    def play_script_prompt(self, leg: Leg, paths: Sequence[str], token: str) -> None: ...

    def look_again(self) -> None:
        """Disconnect and connect anew: a ``NodeUp`` tells how things are. Nothing when not connected: it will."""
        ...


class SwitchUnavailable(Exception):
    """No connection to the node that holds the leg."""


class Journal(Protocol):
    """Durable append: returns after the events are on disk (fsync) or raises OSError."""

    def append(self, events: Sequence[JournalEvent]) -> None: ...


View = tuple[TenantId, Mapping[str, Any]]
"""What screens show of one agent or of a whole tenant (app.core.live), and whose it is."""


class Feed(Protocol):
    """The live view, for screens. Latest wins; nothing waits for readers."""

    def publish(self, agents: Sequence[View], snapshots: Sequence[View]) -> None:
        """Tell of these agents, and of these tenants as a whole, in one go."""
        ...


class CommandBus(Protocol):
    """Commands of people to the controller, with replies."""

    def request(self, tenant_id: TenantId, name: str, args: Mapping[str, Any], timeout: float = 5.0) -> dict[str, Any]:
        """Send and wait: ``{"ok": bool, "error": code|None, "data": {...}}``. Raises TimeoutError."""
        ...

    def notify(self, tenant_id: TenantId, name: str, args: Mapping[str, Any]) -> None:
        """Send without waiting (``published`` after 적용)."""
        ...


class TenantSource(Protocol):
    """Where the controller loads tenants from."""

    def load_all(self) -> Iterable[TenantConfig]: ...

    def load(self, tenant_id: TenantId) -> TenantConfig | None: ...


class Speech(Protocol):
    """Text to sound: 16 kHz mono WAV. A text may be as a person typed it: figures are written out here."""

    @property
    def speaks(self) -> bool:
        """False without an engine: announcements are chimes until recordings are uploaded."""
        ...

    @property
    def voice(self) -> str:
        """A text sounds the same as long as this is the same."""
        ...

    @property
    def advice(self) -> str:
        """Why it does not speak and what the operator does about it, in English; empty when it speaks."""
        ...

    def render(self, text: str, path: str) -> None:
        """Write the sound file. Raises SpeechUnavailable, Unspeakable, OSError."""
        ...

    def preview(self, text: str) -> bytes:
        """The sound file's bytes, for the browser. Raises SpeechUnavailable, Unspeakable, OSError."""
        ...


class SpeechUnavailable(CoreError):
    """The text could not be spoken. Code ``no_speech`` (no engine) or ``speech_failed``."""

    def __init__(self, message: str = "", code: str = "speech_failed") -> None:
        super().__init__(message or code)
        self.code = code


class SpeechBusy(SpeechUnavailable):
    """Too many wait for the engine already."""

    def __init__(self) -> None:
        super().__init__("too many texts are being spoken now", code="speech_busy")


class Unspeakable(CoreError, ValueError):
    """The text cannot be spoken: ``nothing_to_speak``, or ``text_too_long_to_speak`` (limit, length)."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, **details)
        self.code = code


UPLOAD_MOST_BYTES = 10 << 20
"""Largest sound file: ten minutes of MP3, a minute of stereo WAV; more is a mistake and only fills memory."""

UPLOAD_SHORTEST_SECONDS = 1.0
"""A shorter announcement is a slip of the finger on the recorder."""

UPLOAD_LONGEST_SECONDS = 120.0
"""Nobody listens longer before the menu; as our format it is 3.8 MB."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was accepted: ``wav`` is in our format and at our level, ready to be played.

    ``container`` is what the file was by its content (wav, mp3, aac, mov, ogg, flac, matroska, amr); ``name``
    is the file's name made fit to be shown, never to be used as a path.
    """

    wav: bytes
    seconds: float
    container: str
    name: str


class UploadReader(Protocol):
    """Takes an uploaded recording in. Raises BadUpload."""

    def __call__(self, data: bytes, filename: str) -> Upload: ...


class BadUpload(CoreError):
    """A recording that is refused; ``code`` says why, ``details`` hold the figures.

    Codes: upload_too_large (size_mb, limit_mb), upload_empty, upload_not_sound, upload_damaged, upload_silent,
    upload_too_long and upload_too_short (seconds, limit), upload_busy.
    """

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, **details)
        self.code = code


Rehearse = Callable[[TenantConfig], Rehearsal]
"""Sends virtual callers through every branch of the configuration (whose ``ars.prompts`` are files that are there) in
virtual time, on a switch of its own: no live call, file or record is touched. Takes seconds. Raises RehearsalFailed."""


class RehearsalFailed(Exception):
    """The rehearsal did not come to an end. ``code``: ``busy`` (another is under way, try again in a moment),
    ``time_over``, ``broken`` (our mistake; the log says more)."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(text or code)
        self.code = code


@dataclass(frozen=True, slots=True)
class IntegrationAnswer:
    """What a tenant's own system answered: HTTP status, where it redirects to (not followed), the first line of
    its text, and how long it took."""

    address: str
    status: int
    location: str
    first_line: str
    seconds: float


class IntegrationFailed(Exception):
    """The 연동 URL was not called, or did not answer. ``code``: url_unknown_host, url_private, url_own,
    url_unreachable, url_timeout, url_tls, url_not_http; ``details`` for its words."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Integration(Protocol):
    """Reaches the tenants' own systems on the Internet, and nothing that is not public."""

    def check(self, url: str) -> None:
        """Find the host and see that all its addresses are public. Raises IntegrationFailed."""
        ...

    def call(self, url: str) -> IntegrationAnswer:
        """Get the URL once, within seconds and a few kilobytes. Raises IntegrationFailed."""
        ...


class Lease(Protocol):
    """Ownership of a tenant's live state by one controller, with a fencing token."""

    def acquire(self, name: str, ttl_seconds: float) -> int | None: ...

    def renew(self, name: str, token: int, ttl_seconds: float) -> bool: ...

    def release(self, name: str, token: int) -> None: ...


NewId = Callable[[], str]
