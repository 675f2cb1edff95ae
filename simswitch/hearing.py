"""What every leg hears, from the switch's own events: prompts, music, ringing, people; and when nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from esl.codec import Decoder
from esl.frames import Event
from simswitch.switch import SimSwitch

EVENTS = (
    "CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE CHANNEL_HANGUP "
    "PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP"
)
MUSIC, RINGING = "music", "ringing"


@dataclass(slots=True)
class Sound:
    """Something that a leg hears. Epoch seconds; ``ended`` is None as long as it goes on."""

    at: float
    kind: str
    """``play`` (``what``: the path as it was asked for), ``ringing``, ``talk`` (``what``: the other leg)."""
    what: str
    ended: float | None = None


@dataclass
class Ear:
    """One leg's hearing."""

    playing: list[str] = field(default_factory=list)
    apps: list[str] = field(default_factory=list)
    """Applications that ring."""
    other: str = ""
    sounds: list[Sound] = field(default_factory=list)
    silent_since: float | None = None
    silences: list[tuple[float, float]] = field(default_factory=list)

    def now(self) -> str:
        """What is heard: the other leg, ``ringing``, a prompt's or stream's name, or nothing."""
        if self.other:
            return self.other
        if self.apps:
            return RINGING
        return sound_name(self.playing[-1]) if self.playing else ""

    @property
    def heard(self) -> list[tuple[float, str]]:
        """When (epoch seconds) which prompt, music or talk began."""
        return [
            (one.at, sound_name(one.what) if one.kind == "play" else one.what)
            for one in self.sounds
            if one.kind != RINGING
        ]

    def _begin(self, at: float, kind: str, what: str = "") -> None:
        self.sounds.append(Sound(at, kind, what))

    def _end(self, at: float, kind: str, what: str | None = None) -> None:
        for one in reversed(self.sounds):
            if one.ended is None and one.kind == kind and (what is None or one.what == what):
                one.ended = at
                return

    def note(self, event: Event, at: float) -> None:
        """Learn from an event of this leg."""
        match event.name:
            case "PLAYBACK_START":
                path = event.get("Playback-File-Path")
                self.playing.append(path)
                self._begin(at, "play", path)
            case "PLAYBACK_STOP":
                path = event.get("Playback-File-Path")
                if path in self.playing:
                    self.playing.remove(path)
                self._end(at, "play", path)
            case "CHANNEL_EXECUTE":
                app = event.get("Application")
                # Without a ringback an answered leg hears nothing while another one is called.
                if app == "bridge" and (event.variable("transfer_ringback") or event.variable("ringback")):
                    self.apps.append(app)
                    self._begin(at, RINGING)
            case "CHANNEL_EXECUTE_COMPLETE":
                app = event.get("Application")
                if app in self.apps:
                    self.apps.remove(app)
                    self._end(at, RINGING)
            case "CHANNEL_HANGUP":
                self.other = "gone"
                for one in self.sounds:
                    one.ended = at if one.ended is None else one.ended

    def joined(self, other: str, at: float) -> None:
        """Bridged to another leg."""
        self._end(at, RINGING)
        self._begin(at, "talk", other)
        self.other = other

    def parted(self, at: float) -> None:
        """Not bridged any more."""
        self._end(at, "talk")
        self.other = ""

    def listen(self, at: float) -> None:
        """Begin or end a silence."""
        if self.now():
            if self.silent_since is not None and at > self.silent_since:
                self.silences.append((self.silent_since, at))
            self.silent_since = None
        elif self.silent_since is None:
            self.silent_since = at


class Tape:
    """Listens to everything. ``on_sound(leg, sound)`` is told of each that begins."""

    def __init__(self, switch: SimSwitch, on_sound: Callable[[str, Sound], object] | None = None) -> None:
        self._switch = switch
        self._on_sound = on_sound
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
        connection.feed(f"auth {self._switch.password}\n\nevent json {EVENTS}\n\n".encode())

    def _arrives(self, data: bytes) -> None:
        self._decoder.feed(data)
        while (frame := self._decoder.next_frame()) is not None:
            if isinstance(frame, Event):
                self._note(frame)

    def _note(self, event: Event) -> None:
        at = event.timestamp_us / 1_000_000
        ear = self.ears[event.leg]
        before = len(ear.sounds)
        ear.note(event, at)
        match event.name:
            case "CHANNEL_BRIDGE" | "CHANNEL_UNBRIDGE":
                one, other = event.get("Bridge-A-Unique-ID"), event.get("Bridge-B-Unique-ID")
                for leg, its in ((one, other), (other, one)):
                    its_ear = self.ears[leg]
                    if event.name == "CHANNEL_BRIDGE":
                        its_ear.joined(its, at)
                        self._tell(leg, its_ear.sounds[-1])
                    else:
                        its_ear.parted(at)
                    its_ear.listen(at)
            case "RECORD_START":
                self._recording[event.leg, event.get("Record-File-Path")] = at
            case "RECORD_STOP":
                path = event.get("Record-File-Path")
                begin = self._recording.pop((event.leg, path), at)
                self.recordings.append((event.leg, path, begin, at))
            case _ if len(ear.sounds) > before:
                self._tell(event.leg, ear.sounds[-1])
        ear.listen(at)

    def _tell(self, leg: str, sound: Sound) -> None:
        if self._on_sound is not None:
            self._on_sound(leg, sound)


def parts(path: str) -> list[str]:
    """The files and streams of which a path consists (``file_string://a!{timeout=5000}b``), one after another."""
    return path.removeprefix("file_string://").split("!") if path.startswith("file_string://") else [path]


def sound_name(path: str) -> str:
    """Prompts by their file's stem, joined by ``+``; streams are ``music``. What is played while a key is awaited
    (``{timeout=…}``) is left out: the question is what counts."""
    return "+".join(_part_name(part) for part in parts(path) if not part.startswith("{"))


def _part_name(path: str) -> str:
    if path.startswith("local_stream://"):
        return MUSIC
    return PurePosixPath(path).stem if path.startswith("/") else path
