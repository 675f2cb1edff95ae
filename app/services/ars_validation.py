"""Is a document of the ARS one that may be kept? Shape and meaning, every problem at once, nothing of the outside.

``where`` is the path within the document, lists by place from 0: ``menu.0.digit``, ``menu.2.entries.1.name``,
``slots.0.end``, ``holidays.3.day``, ``texts.greeting``. Words for the codes are in ``app.services.ars_words``.

What is typed is text: line breaks and runs of blanks become one blank, invisible characters go, Hangul is composed
(NFC); other control characters are refused. ``<>&"'${}`` are letters like others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.ars_draft import QUEUE_SETTINGS
from app.core.definitions import CallbackOffer, Strategy
from app.core.prompt_texts import LONGEST_TEXT, POSITIONS
from app.services.ars_hours import slot_warnings
from app.services.ars_problems import Problem

LONGEST_NAME = 60
MOST_SLOTS = 50
MOST_HOLIDAYS = 500
YEARS = range(2000, 2101)
HOLIDAY_KINDS = ("own", "public", "temporary")
CALLBACK_KEYS = "0123456789*#"

RANGES = {
    "callback_after_seconds": (5, 1800),
    "delay_interval_seconds": (10, 600),
    "longest_wait_seconds": (30, 3540),
    "priority": (0, 10),
    "menu_tries": (1, 9),
    "menu_timeout_seconds": (1, 30),
}
"""Least and most. Nobody waits an hour: for so long a queue that left the menu is served
(app.adapters.sql.setup.RETIRED_SERVED)."""

_FIXED_PROMPTS = frozenset(
    "greeting menu after_hours holiday connecting delay unavailable lines_full invalid no_digit wrong_digit "
    "callback_offer callback_confirm callback_number callback_done forced_end hold position_more".split()
) | {f"position_{place}" for place in range(1, POSITIONS + 1)}
_SUBMENU_PROMPT = re.compile(r"menu_([1-9])")
_ANNOUNCEMENT_PROMPT = re.compile(r"announcement_([1-9]{1,2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

_DOCUMENT = frozenset(("menu", "slots", "holidays", "texts", "uploads", "menu_tries", "menu_timeout_seconds"))
_ENTRY = frozenset(("digit", "name", "queue_id", "announcement", "entries", "queue"))
_SLOT = frozenset(("weekdays", "start", "end", "open", "name"))
_HOLIDAY = frozenset(("day", "name", "kind", "yearly"))


@dataclass(frozen=True, slots=True)
class Checked:
    """The document as it would be kept, what forbids that, and what should be looked at."""

    document: dict[str, Any]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check_document(raw: Any, *, queue_ids: Collection[int], upload_ids: Collection[int]) -> Checked:
    """``queue_ids`` and ``upload_ids``: those of this tenant. Never raises, whatever ``raw`` is."""
    return _Checker(queue_ids, upload_ids).check(raw)


def flattened(text: str) -> str:
    """What is typed, as it is kept: one line, composed, without invisible characters."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(char for char in composed if unicodedata.category(char) != "Cf").split())


def has_control_characters(text: str) -> bool:
    """Control characters, halves of surrogate pairs, private and unassigned letters: nothing to read or say."""
    return any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in text)


class _Checker:
    def __init__(self, queue_ids: Collection[int], upload_ids: Collection[int]) -> None:
        self._queue_ids = queue_ids
        self._upload_ids = upload_ids
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []
        self._led_to: dict[int, str] = {}
        self._callback_keys: dict[str, str] = {}

    def check(self, raw: Any) -> Checked:
        document: dict[str, Any] = {}
        if isinstance(raw, dict):
            self._unknown("", raw, _DOCUMENT)
            document["menu"] = self._menu("menu", raw.get("menu", []), nested=False)
            document["slots"] = self._each("slots", raw.get("slots", []), MOST_SLOTS, self._slot)
            document["holidays"] = self._holidays(raw.get("holidays", []))
            document["texts"] = self._texts(raw.get("texts", {}), document["menu"])
            document["uploads"] = self._uploads(raw.get("uploads", {}), document["menu"])
            for name, default in (("menu_tries", 3), ("menu_timeout_seconds", 5)):
                document[name] = self._number(name, name, raw.get(name, default), default)
        else:
            self._problem("", "wrong_type")
        if not self._problems:
            self._warnings += slot_warnings(document["slots"])
        return Checked(document, tuple(self._problems), tuple(self._warnings))

    def _problem(self, where: str, code: str, **details: Any) -> None:
        self._problems.append(Problem(where, code, details))

    # -- menu -----------------------------------------------------------------------------------------

    def _menu(self, where: str, raw: Any, *, nested: bool) -> list[dict[str, Any]]:
        seen: dict[str, str] = {}

        def entry(place: str, one: dict[str, Any]) -> dict[str, Any]:
            found = self._entry(place, one, nested=nested)
            digit = found["digit"]
            if digit in seen:
                self._problem(f"{place}.digit", "digit_twice", digit=digit, other=seen[digit])
            elif digit:
                seen[digit] = found["name"]
            return found

        return self._each(where, raw, 9, entry)

    def _entry(self, where: str, raw: dict[str, Any], *, nested: bool) -> dict[str, Any]:
        self._unknown(where, raw, _ENTRY)
        digit = raw.get("digit")
        if not isinstance(digit, str) or len(digit) != 1 or digit not in "123456789":
            self._problem(f"{where}.digit", "bad_digit")
            digit = ""
        entry: dict[str, Any] = {
            "digit": digit,
            "name": self._text(f"{where}.name", raw.get("name"), LONGEST_NAME, "name_missing"),
            "queue_id": None,
            "announcement": None,
            "entries": [],
        }
        entries, announcement, queue_id = raw.get("entries"), raw.get("announcement"), raw.get("queue_id")
        if entries is not None and not isinstance(entries, list):
            self._problem(f"{where}.entries", "wrong_type")
            entries = []
        if bool(entries) + (announcement is not None) + (queue_id is not None) > 1:
            self._problem(where, "two_kinds")
        elif entries:
            if nested:
                self._problem(f"{where}.entries", "nested_too_deep")
            else:
                entry["entries"] = self._menu(f"{where}.entries", entries, nested=True)
        elif announcement is not None:
            entry["announcement"] = self._text(
                f"{where}.announcement", announcement, LONGEST_TEXT, "announcement_missing"
            )
        else:
            entry["queue_id"] = self._queue_id(f"{where}.queue_id", queue_id)
            entry["queue"] = self._queue(f"{where}.queue", raw.get("queue"))
        if raw.get("queue") is not None and "queue" not in entry:
            self._problem(f"{where}.queue", "queue_without_agents")
        return entry

    def _queue_id(self, where: str, raw: Any) -> int | None:
        if raw is None:
            return None
        if not _is_whole(raw) or raw not in self._queue_ids:
            self._problem(where, "unknown_queue")
            return None
        if raw in self._led_to:
            self._problem(where, "queue_twice", other=self._led_to[raw])
        self._led_to[raw] = where
        return int(raw)

    def _queue(self, where: str, raw: Any) -> dict[str, Any]:
        if raw is None:
            return {}
        if not isinstance(raw, dict):
            self._problem(where, "wrong_type")
            return {}
        self._unknown(where, raw, frozenset(QUEUE_SETTINGS))
        settings: dict[str, Any] = {}
        for name, value in raw.items():
            place = f"{where}.{name}"
            if name in RANGES:
                settings[name] = self._number(place, name, value, RANGES[name][0])
            elif name == "strategy":
                settings[name] = self._one_of(place, value, tuple(Strategy))
            elif name == "callback":
                settings[name] = self._one_of(place, value, tuple(CallbackOffer))
            elif name == "announce_position":
                settings[name] = self._flag(place, value)
            elif name == "callback_key":
                settings[name] = self._one_of(place, value, tuple(CALLBACK_KEYS))
        self._check_callback(where, settings)
        return settings

    def _check_callback(self, where: str, settings: Mapping[str, Any]) -> None:
        offer, key = settings.get("callback", CallbackOffer.OFF), settings.get("callback_key", "*")
        if offer == CallbackOffer.OFF:
            return
        # The offer is one announcement for all: it can name one key only.
        if self._callback_keys and key not in self._callback_keys:
            other = next(iter(self._callback_keys))
            self._problem(f"{where}.callback_key", "callback_keys_differ", key=key, other=other)
        self._callback_keys.setdefault(key, where)
        after, longest = settings.get("callback_after_seconds", 0), settings.get("longest_wait_seconds", 3600)
        if offer == CallbackOffer.AFTER_SECONDS and after >= longest:
            self._problem(f"{where}.callback_after_seconds", "callback_too_late", longest=longest)

    # -- hours and holidays -----------------------------------------------------------------------------

    def _slot(self, where: str, raw: dict[str, Any]) -> dict[str, Any]:
        self._unknown(where, raw, _SLOT)
        weekdays = raw.get("weekdays")
        if not isinstance(weekdays, list) or not all(_is_whole(day) and 0 <= day <= 6 for day in weekdays):
            self._problem(f"{where}.weekdays", "bad_weekdays")
            weekdays = []
        elif not weekdays:
            self._problem(f"{where}.weekdays", "no_weekdays")
        times = {}
        for name in ("start", "end"):
            value = raw.get(name)
            midnight = name == "end" and value == "24:00"
            if not isinstance(value, str) or not (midnight or _TIME.fullmatch(value)):
                self._problem(f"{where}.{name}", "bad_time")
                value = ""
            times[name] = value
        return {
            "weekdays": sorted(set(weekdays)),
            "start": times["start"],
            "end": times["end"],
            "open": self._flag(f"{where}.open", raw.get("open", True)),
            "name": self._text(f"{where}.name", raw.get("name", ""), LONGEST_NAME),
        }

    def _holidays(self, raw: Any) -> list[dict[str, Any]]:
        seen: dict[tuple[str, bool], str] = {}

        def holiday(where: str, one: dict[str, Any]) -> dict[str, Any]:
            found = self._holiday(where, one)
            if found["day"]:
                key = (found["day"][5:], True) if found["yearly"] else (found["day"], False)
                if key in seen:
                    self._problem(f"{where}.day", "holiday_twice", day=found["day"], other=seen[key])
                seen.setdefault(key, found["name"])
            return found

        return self._each("holidays", raw, MOST_HOLIDAYS, holiday)

    def _holiday(self, where: str, raw: dict[str, Any]) -> dict[str, Any]:
        self._unknown(where, raw, _HOLIDAY)
        day = raw.get("day")
        if not isinstance(day, str) or not _is_day(day):
            self._problem(f"{where}.day", "bad_day", first=YEARS[0], last=YEARS[-1])
            day = ""
        return {
            "day": day,
            "name": self._text(f"{where}.name", raw.get("name"), LONGEST_NAME, "holiday_name_missing"),
            "kind": self._one_of(f"{where}.kind", raw.get("kind", "own"), HOLIDAY_KINDS),
            "yearly": self._flag(f"{where}.yearly", raw.get("yearly", False)),
        }

    # -- announcements --------------------------------------------------------------------------------

    def _texts(self, raw: Any, menu: list[dict[str, Any]]) -> dict[str, str]:
        kept = {}
        for name, value in self._members("texts", raw):
            where = f"texts.{name}"
            if name not in _FIXED_PROMPTS and not _SUBMENU_PROMPT.fullmatch(name):
                self._problem("texts", "unknown_prompt", name=shown(name))
            elif text := self._text(where, value, LONGEST_TEXT):
                if self._has_entry(name, menu):
                    kept[name] = text
                else:
                    self._warnings.append(Problem(where, "prompt_without_entry"))
        return kept

    def _uploads(self, raw: Any, menu: list[dict[str, Any]]) -> dict[str, int]:
        kept = {}
        for name, value in self._members("uploads", raw):
            where = f"uploads.{name}"
            of_entry = _SUBMENU_PROMPT.fullmatch(name) or _ANNOUNCEMENT_PROMPT.fullmatch(name)
            if name not in _FIXED_PROMPTS and not of_entry:
                self._problem("uploads", "unknown_prompt", name=shown(name))
            elif value is None:
                continue
            elif not _is_whole(value) or value not in self._upload_ids:
                self._problem(where, "unknown_upload")
            elif self._has_entry(name, menu):
                kept[name] = int(value)
            else:
                self._warnings.append(Problem(where, "prompt_without_entry"))
        return kept

    @staticmethod
    def _has_entry(name: str, menu: list[dict[str, Any]]) -> bool:
        """Whether the entry is there whose prompt it is; another entry must not inherit it later."""
        if found := _SUBMENU_PROMPT.fullmatch(name):
            return any(entry["digit"] == found[1] and entry["entries"] for entry in menu)
        if found := _ANNOUNCEMENT_PROMPT.fullmatch(name):
            keys, level = found[1], menu
            if len(keys) == 2:
                level = next((entry["entries"] for entry in menu if entry["digit"] == keys[0]), [])
            return any(entry["digit"] == keys[-1] and entry["announcement"] is not None for entry in level)
        return True

    # -- pieces ---------------------------------------------------------------------------------------

    def _unknown(self, where: str, raw: dict[Any, Any], known: frozenset[str]) -> None:
        for name in raw:
            if name not in known:
                self._problem(where, "unknown_field", name=shown(name))

    def _each(self, where: str, raw: Any, most: int, check: Any) -> list[dict[str, Any]]:
        if not isinstance(raw, list):
            self._problem(where, "wrong_type")
            return []
        if len(raw) > most:
            self._problem(where, "too_many", most=most, number=len(raw))
            return []
        found = []
        for place, one in enumerate(raw):
            if isinstance(one, dict):
                found.append(check(f"{where}.{place}", one))
            else:
                self._problem(f"{where}.{place}", "wrong_type")
        return found

    def _members(self, where: str, raw: Any) -> list[tuple[str, Any]]:
        if not isinstance(raw, dict):
            self._problem(where, "wrong_type")
            return []
        return [(str(name), value) for name, value in raw.items()]

    def _text(self, where: str, raw: Any, longest: int, missing: str | None = None) -> str:
        if raw is None:
            raw = ""
        if not isinstance(raw, str):
            self._problem(where, "wrong_type")
            return ""
        text = flattened(raw)
        if has_control_characters(text):
            self._problem(where, "control_characters")
            return ""  # not even fit to be answered with
        elif len(text) > longest:
            self._problem(where, "text_too_long", limit=longest, length=len(text))
        elif not text and missing:
            self._problem(where, missing)
        return text

    def _number(self, where: str, name: str, raw: Any, instead: int) -> int:
        least, most = RANGES[name]
        if not _is_whole(raw) or not least <= raw <= most:
            self._problem(where, "out_of_range", least=least, most=most)
            return instead
        return int(raw)

    def _one_of(self, where: str, raw: Any, choices: tuple[str, ...]) -> str:
        if not isinstance(raw, str) or raw not in choices:
            self._problem(where, "no_such_choice", choices=", ".join(choices))
            return str(choices[0])
        return raw

    def _flag(self, where: str, raw: Any) -> bool:
        if not isinstance(raw, bool):
            self._problem(where, "wrong_type")
        return bool(raw)


def shown(name: object) -> str:
    """Something that was sent, fit to be answered with and to be written down."""
    return flattened(str(name).encode("utf-8", "replace").decode())[:LONGEST_NAME]


def _is_whole(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        return date.fromisoformat(text).year in YEARS
    except ValueError:
        return False
