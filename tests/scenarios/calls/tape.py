"""What every leg hears, from the switch's own events: prompts, music, ringing, people; and when nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from esl.codec import Decoder
from esl.frames import Event
from simswitch.switch import SimSwitch
from tests.scenarios.calls.wire import PASSWORD

EVENTS = (
    "CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP "
    "PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP"
)
SOUNDING = {"bridge": "ringing"}
"""Applications during which there is ringing."""


@dataclass
class Ear:
    """One leg's hearing."""

    playing: list[str] = field(default_factory=list)
    apps: list[str] = field(default_factory=list)
    other: str = ""
    heard: list[tuple[float, str]] = field(default_factory=list)
    """When (epoch seconds) what began."""
    silent_since: float | None = None
    silences: list[tuple[float, float]] = field(default_factory=list)

    def now(self) -> str:
        if self.other:
            return self.other
        app = next((SOUNDING[name] for name in reversed(self.apps) if name in SOUNDING), "")
        if app == "ringing":
            return app
        return self.playing[-1] if self.playing else app


class Tape:
    """Listens to everything."""

    def __init__(self, switch: SimSwitch) -> None:
        self._switch = switch
        self._decoder = Decoder()
        self.ears: dict[str, Ear] = defaultdict(Ear)
        self.recordings: list[tuple[str, str, float, float]] = []
        """Leg, path, begin, end."""
        self._recording: dict[tuple[str, str], float] = {}
        self.connect()

    def connect(self) -> None:
        """Again after the switch was restarted."""
        self._decoder = Decoder()
        self.connection = connection = self._switch.connect(self._arrives)
        connection.feed(f"auth {PASSWORD}\n\nevent json {EVENTS}\n\n".encode())

    def _arrives(self, data: bytes) -> None:
        self._decoder.feed(data)
        while (frame := self._decoder.next_frame()) is not None:
            if isinstance(frame, Event):
                self._note(frame)

    def _note(self, event: Event) -> None:
        at = event.timestamp_us / 1_000_000
        ear = self.ears[event.leg]
        path = event.get("Playback-File-Path")
        match event.name:
            case "PLAYBACK_START":
                ear.playing.append(_name(path))
                ear.heard.append((at, _name(path)))
            case "PLAYBACK_STOP":
                if _name(path) in ear.playing:
                    ear.playing.remove(_name(path))
            case "CHANNEL_EXECUTE":
                ear.apps.append(event.get("Application"))
            case "CHANNEL_EXECUTE_COMPLETE":
                if event.get("Application") in ear.apps:
                    ear.apps.remove(event.get("Application"))
            case "CHANNEL_BRIDGE" | "CHANNEL_UNBRIDGE":
                one, other = event.get("Bridge-A-Unique-ID"), event.get("Bridge-B-Unique-ID")
                for leg, its in ((one, other), (other, one)):
                    bridged = event.name == "CHANNEL_BRIDGE"
                    if bridged:
                        self.ears[leg].heard.append((at, its))
                    self.ears[leg].other = its if bridged else ""
                    self._listen(leg, at)
            case "CHANNEL_HANGUP":
                ear.other = "gone"
            case "RECORD_START":
                self._recording[event.leg, event.get("Record-File-Path")] = at
            case "RECORD_STOP":
                path = event.get("Record-File-Path")
                begin = self._recording.pop((event.leg, path), at)
                self.recordings.append((event.leg, path, begin, at))
        self._listen(event.leg, at)

    def _listen(self, leg: str, at: float) -> None:
        ear = self.ears[leg]
        if ear.now():
            if ear.silent_since is not None and at > ear.silent_since:
                ear.silences.append((ear.silent_since, at))
            ear.silent_since = None
        elif ear.silent_since is None:
            ear.silent_since = at


def _name(path: str) -> str:
    if path.startswith("local_stream://"):
        return "music"
    if path.startswith("file_string://"):
        # "{timeout=…}": the music while a key is awaited; the story names the question.
        parts = path.removeprefix("file_string://").split("!")
        return "+".join(_name(part) for part in parts if not part.startswith("{"))
    return PurePosixPath(path).stem if path.startswith("/") else path
