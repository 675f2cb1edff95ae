"""What FreeSWITCH says, as values. Header names are FreeSWITCH's own, unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``headers`` maps each header to its first value; ``body`` is what followed them.

    A header that FreeSWITCH sends as an array (``ARRAY::a|:b``) is given in that same spelling,
    whichever format it came in.
    """

    name: str
    subclass: str
    headers: Mapping[str, str]
    body: str = ""

    def get(self, header: str, default: str = "") -> str:
        return self.headers.get(header, default)

    def variable(self, name: str, default: str = "") -> str:
        """The channel variable ``name``, as it stood when the event was fired."""
        return self.headers.get("variable_" + name, default)

    @property
    def leg(self) -> str:
        """UUID of the channel the event is about; empty for events about none."""
        return self.headers.get("Unique-ID", "")

    @property
    def other_leg(self) -> str:
        """UUID of the channel at the other side of the bridge; empty when there is none."""
        return self.headers.get("Other-Leg-Unique-ID", "")

    @property
    def core_uuid(self) -> str:
        """Identity of the FreeSWITCH process; it changes when that restarts."""
        return self.headers.get("Core-UUID", "")

    @property
    def job_uuid(self) -> str:
        """Which ``bgapi`` a BACKGROUND_JOB answers."""
        return self.headers.get("Job-UUID", "")

    @property
    def application_uuid(self) -> str:
        """The ``event_uuid`` of the :class:`esl.commands.Execute` that CHANNEL_EXECUTE_COMPLETE ends."""
        return self.headers.get("Application-UUID", "")

    @property
    def timestamp_us(self) -> int:
        """When the event was fired, microseconds since 1970 UTC by FreeSWITCH's clock; 0 if unsaid."""
        text = self.headers.get("Event-Date-Timestamp", "")
        return int(text) if text.isascii() and text.isdigit() else 0


@dataclass(frozen=True, slots=True)
class CommandReply:
    """Answer to any command but ``api``."""

    ok: bool
    text: str
    headers: Mapping[str, str]
    body: str = ""

    @property
    def job_uuid(self) -> str:
        return self.headers.get("Job-UUID", "")


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """Answer to ``api``: whatever the command printed."""

    body: str


@dataclass(frozen=True, slots=True)
class AuthRequest:
    """FreeSWITCH asks for the password."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """FreeSWITCH is about to close; with ``linger`` only after it has sent the remaining events."""

    linger: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class RudeRejection:
    """The access list of the event socket does not know this address."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of FreeSWITCH's log (after ``log <level>``)."""

    headers: Mapping[str, str]
    text: str


Frame = Event | CommandReply | ApiResponse | AuthRequest | Disconnect | RudeRejection | LogLine
