"""What every part of a tenant's dialplan is made of: transfers, announcements, questions, marks."""

from __future__ import annotations

import re

from app.core.definitions import TenantConfig
from app.core.errors import InvalidDefinition
from dialplan.model import Action, set_variable

KEYS = "0123456789*#"

PRESSED = "${playback_terminator_used}"
"""FreeSWITCH's channel variable with the key that ended an announcement; empty when none did."""

# What is said when a tenant has no prompt of its own for a step.
INSTEAD = {
    "no_digit": "unavailable",
    "wrong_digit": "no_digit",
    "lines_full": "unavailable",
    "holiday": "after_hours",
    "forced_end": "unavailable",
}

_PATH = re.compile(r"/(?!/)[A-Za-z0-9._+/-]+")


def mark(step: str, detail: str = "") -> Action:
    """An event that tells the controller where the caller is."""
    data = f"Event-Name=CUSTOM,Event-Subclass=sangdam::ars,sangdam_step={step},sangdam_detail={detail}"
    return Action("event", data)


def check_path(path: str, field: str) -> str:
    """The path, if it can stand in an application's argument. Raises InvalidDefinition."""
    if not _PATH.fullmatch(path) or ".." in path.split("/"):
        raise InvalidDefinition("not a plain absolute path", field=field, value=path)
    return path


def turn_name(name: str, turn: int) -> str:
    """The extension that asks for the ``turn``-th time."""
    return name if turn == 1 else f"{name}_{turn}"


class Pieces:
    """Makes actions for one tenant in the context ``name``; remembers which sound files they play."""

    def __init__(self, config: TenantConfig, name: str, key_music: str) -> None:
        self.config = config
        self.ars = config.ars
        self.name = name
        self.played: dict[str, None] = {}
        self._key_music = key_music

    def go(self, extension: str) -> Action:
        """On with another extension of this tree."""
        return Action("transfer", f"{extension} XML {self.name}")

    def play(self, name: str) -> Action:
        """An announcement that no key cuts short."""
        return Action("playback", self._prompt(name))

    def ask(self, name: str, *, wait: bool = True) -> tuple[Action, ...]:
        """Play a prompt that any key ends and, with ``wait``, music for as long as the answer may take; the key
        is then in :data:`PRESSED`.

        Not play_and_get_digits: it waits a second at least, and all the time that it waits the caller hears
        nothing.
        """
        sound = self._prompt(name)
        if wait:
            milliseconds = self.ars.menu_timeout_seconds * 1000
            music = self._key_music or self.config.music
            sound = f"file_string://{sound}!{{timeout={milliseconds}}}{music}"
        return (
            set_variable("playback_terminators", KEYS),
            Action("playback", sound),
            set_variable("playback_terminators", "none"),
        )

    def _prompt(self, name: str) -> str:
        """The sound file of a prompt, or of the one that stands in for it."""
        wanted: str | None = name
        while wanted is not None:
            path = self.ars.prompts.get(wanted)
            if path:
                self.played[check_path(path, f"prompts.{name}")] = None
                return path
            wanted = INSTEAD.get(wanted)
        raise InvalidDefinition(f"the prompt {name!r} is missing", field="prompts", value=name)
