"""What the year proof says of typed texts: too long, empty, or contradicting hours and menu."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from app.core.definitions import MenuEntry, TenantConfig
from app.core.korean import key, speakable
from app.core.prompt_claims import contradictions
from app.core.prompt_texts import LONGEST_TEXT, default_texts
from dialplan.findings import Finding, Severity

TELL_THE_HOURS = frozenset({"texts.greeting", "texts.after_hours", "texts.holiday"})
"""Texts of which a caller expects that they tell all hours once they tell some; others may speak of Saturdays only."""

UNSAID = "open_but_unsaid"
"""prompt_claims' code for hours of which a text does not speak."""

_DIGIT = re.compile(r"(?<![0-9])[0-9](?![0-9])")
_PRESS = re.compile(r"(?<![0-9])([0-9])\s*번")


def text_findings(config: TenantConfig, texts: Mapping[str, str], uploads: Collection[str]) -> Iterator[Finding]:
    """Of what the tenant typed (``texts``), where it is played. What is played from a file (``uploads``: names of
    prompts) cannot be read, so nothing is said about it."""
    typed: list[tuple[str, str]] = []
    for keys, entry in config.ars.leaves():
        name = f"announcement_{keys}"
        if entry.queue_id is None and name not in uploads:
            text = (entry.announcement or "").strip()
            if not text and not texts.get(name, "").strip():
                yield Finding(Severity.ERROR, "announcement.empty", f"menu.{keys}", {"name": entry.name})
            typed.append((f"menu.{keys}", text))
    played = (name for name in sorted(default_texts(config)) if name not in uploads)
    typed += [(f"texts.{name}", texts.get(name, "").strip()) for name in played]
    for where, text in typed:
        if len(text) > LONGEST_TEXT:
            yield Finding(Severity.ERROR, "text.too_long", where, {"length": len(text), "longest": LONGEST_TEXT})
        for one in contradictions(text, config.ars.slots):
            if one.code == UNSAID and where not in TELL_THE_HOURS:
                continue
            details = {"claim": one.code, **one.details()}
            yield Finding(Severity.WARNING, "text.contradicts_hours", where, details)
    yield from _menu("menu", config.ars.menu, texts, uploads)
    for entry in config.ars.menu:
        yield from _menu(f"menu_{entry.digit}", entry.entries, texts, uploads)


def _menu(
    name: str, entries: Collection[MenuEntry], texts: Mapping[str, str], uploads: Collection[str]
) -> Iterator[Finding]:
    """A menu's text that was typed, beside its keys: which it does not say, and which it says though nothing is there.

    The default text is written anew from the entries, a typed one is not.
    """
    text = texts.get(name, "").strip()
    if not text or name in uploads or not entries:
        return
    spoken = "".join(speakable(text).split())
    there = {entry.digit for entry in entries}
    said = {digit for digit in there if digit in _DIGIT.findall(text) or key(digit).replace(" ", "") in spoken}
    where = f"texts.{name}"
    if there - said:
        unsaid = [{"digit": entry.digit, "name": entry.name} for entry in entries if entry.digit not in said]
        yield Finding(Severity.WARNING, "menu.unsaid", where, {"entries": unsaid})
    wrong = sorted(set(_PRESS.findall(text)) - there)
    if wrong:
        yield Finding(Severity.WARNING, "menu.said_wrongly", where, {"digits": wrong})
