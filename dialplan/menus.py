"""The menu: greeting → menu → menu-<keys>, with announcements and menus within the menu.

A round of a question is an extension of its own (menu, menu_2 …): FreeSWITCH evaluates conditions before
it executes anything, so each question is answered by a transfer to the extension that looks at the key.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.core.definitions import MenuEntry, TenantConfig
from app.core.errors import InvalidDefinition
from dialplan.model import Action, Condition, Extension, named, set_variable
from dialplan.pieces import PRESSED, Pieces, mark, turn_name

DIGITS = "123456789"
BACK = "*"
"""Leads from a menu within the menu to the top."""

Answers = Sequence[tuple[str, str]]
"""Keys and the extensions to which they lead."""


def check_menu(config: TenantConfig) -> None:
    """Raises InvalidDefinition for a menu that cannot be meant, naming field and value."""
    ars = config.ars
    _check_entries(config, ars.menu, within="")
    if not 1 <= ars.menu_tries <= 9:
        raise InvalidDefinition("1 to 9 tries", field="menu_tries", value=ars.menu_tries)
    if not 1 <= ars.menu_timeout_seconds <= 30:
        raise InvalidDefinition("1 to 30 seconds", field="menu_timeout_seconds", value=ars.menu_timeout_seconds)


def _check_entries(config: TenantConfig, entries: Sequence[MenuEntry], within: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        keys = within + entry.digit
        if entry.digit not in DIGITS or len(entry.digit) != 1:
            raise InvalidDefinition("a menu's digits are 1 to 9", field="menu.digit", value=keys)
        if entry.digit in seen:
            raise InvalidDefinition("the digit stands twice", field="menu.digit", value=keys)
        seen.add(entry.digit)
        if entry.is_submenu and within:
            raise InvalidDefinition("menus nest one level deep", field="menu.entries", value=keys)
        kinds = (entry.queue_id is not None) + bool(entry.announcement) + entry.is_submenu
        if kinds == 0 or (entry.is_submenu and kinds > 1):
            raise InvalidDefinition(
                "an entry leads to agents, plays an announcement or has entries of its own",
                field="menu.entry",
                value=keys,
            )
        if entry.queue_id is not None and entry.queue_id not in config.queues:
            raise InvalidDefinition("no such queue", field="menu.queue_id", value=entry.queue_id)
        _check_entries(config, entry.entries, keys)


def greeting_and_menu(make: Pieces) -> list[Extension]:
    """Everything from the greeting to the queues' doors."""
    menu = make.ars.menu
    begin = [set_variable("sangdam_step", "greeting"), mark("greeting")]
    if not menu:
        return [named("greeting", [*begin, make.play("greeting"), make.go("unavailable")])]
    if len(menu) == 1:
        # With a single entry no menu is played.
        (only,) = menu
        straight = named("greeting", [*begin, make.play("greeting"), make.go(f"menu-{only.digit}")])
        return [straight, *_entry(make, only, only.digit, top="greeting")]
    leads = [(entry.digit, f"menu-{entry.digit}") for entry in menu]
    # Who knows the menu presses the key while the greeting still plays.
    extensions = [
        named("greeting", [*begin, *make.ask("greeting", wait=False), make.go("early")]),
        _early(make, leads),
        *_question(make, "menu", "chosen", [set_variable("sangdam_step", "menu")], "menu", leads),
    ]
    for entry in menu:
        extensions += _entry(make, entry, entry.digit, top="menu")
    return extensions


def _early(make: Pieces, leads: Answers) -> Extension:
    """Where a key pressed during the greeting leads; any other, or none, to the menu."""
    conditions = [Condition("destination_number", "^early$")]
    conditions += [_on_key(make, key, target) for key, target in leads]
    return Extension("early", (*conditions, Condition(actions=(make.go("menu"),))))


def _question(
    make: Pieces, name: str, answer: str, before: Sequence[Action], prompt: str, leads: Answers
) -> list[Extension]:
    """``name`` asks, as often as the tenant says; ``answer`` looks at the key. ``before``: done the first time."""
    extensions = []
    for turn in range(1, make.ars.menu_tries + 1):
        asked = [*(before if turn == 1 else ()), *make.ask(prompt), make.go(turn_name(answer, turn))]
        extensions.append(named(turn_name(name, turn), asked))
        again = "" if turn == make.ars.menu_tries else turn_name(name, turn + 1)
        extensions.append(_answer(make, turn_name(answer, turn), leads, again))
    return extensions


def _answer(make: Pieces, name: str, leads: Answers, again: str) -> Extension:
    """Where each key leads; a wrong one says so and, like none at all, leads to ``again``."""
    conditions = [Condition("destination_number", f"^{name}$")]
    conditions += [_on_key(make, key, target) for key, target in leads]
    nothing = (make.go(again or "no-digit"),)
    conditions.append(Condition(PRESSED, "^$", None, nothing, "on-true"))
    wrong = (mark("wrong_digit"), make.play("invalid"), make.go(again)) if again else (make.go("wrong-digit"),)
    return Extension(name, (*conditions, Condition(actions=wrong)))


def _on_key(make: Pieces, key: str, target: str) -> Condition:
    expression = f"^{key}$" if key in DIGITS else rf"^\{key}$"
    return Condition(PRESSED, expression, None, (make.go(target),), "on-true")


def _entry(make: Pieces, entry: MenuEntry, keys: str, top: str) -> list[Extension]:
    """The extensions behind one key. ``keys``: all that were pressed; ``top``: where the top menu is."""
    name = f"menu-{keys}"
    chosen = [set_variable("sangdam_menu", keys), mark("menu", keys)]
    if entry.queue_id is not None:
        return [named(name, [*chosen, make.go(f"queue-{entry.queue_id}")], entry.name)]
    if entry.is_submenu:
        leads = [(inner.digit, f"menu-{keys}{inner.digit}") for inner in entry.entries]
        if top == "menu":
            leads.append((BACK, top))
        step = [*chosen, set_variable("sangdam_step", "menu")]
        extensions = _question(make, name, f"chosen-{keys}", step, f"menu_{keys}", leads)
        for inner in entry.entries:
            extensions += _entry(make, inner, keys + inner.digit, top)
        return extensions
    step = [*chosen, set_variable("sangdam_step", "announcement"), mark("announcement", keys)]
    return _question(make, name, f"heard-{keys}", step, f"announcement_{keys}", [("1", name), ("2", top)])
