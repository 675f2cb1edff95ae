"""What the year proof says of typed texts: too long, empty, or contradicting hours and menu."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from app.core.definitions import MenuEntry, TenantConfig
from app.core.korean import key, speakable
from app.core.prompt_texts import LONGEST_TEXT, default_texts
from dialplan.findings import Finding, Severity

_DIGIT = re.compile(r"(?<![0-9])[0-9](?![0-9])")
_PRESS = re.compile(r"(?<![0-9])([0-9])\s*번")


def text_findings(config: TenantConfig, texts: Mapping[str, str], uploads: Collection[str]) -> Iterator[Finding]:
    """Of what the tenant typed (``texts``), where it is played. What is played from a file (``uploads``: names of
    prompts) cannot be read, so nothing is said about it."""
    played = default_texts(config)
    for keys, entry in config.ars.leaves():
        name = f"announcement_{keys}"
        if entry.queue_id is None and name not in uploads:
            yield from _announcement(f"menu.{keys}", entry, texts.get(name, ""))
    for name in sorted(played):
        text = texts.get(name, "").strip()
        if text and name not in uploads:
            yield from _too_long(f"texts.{name}", text)
    yield from _menu("menu", config.ars.menu, texts, uploads)
    for entry in config.ars.menu:
        yield from _menu(f"menu_{entry.digit}", entry.entries, texts, uploads)


def _announcement(where: str, entry: MenuEntry, typed: str) -> Iterator[Finding]:
    text = (entry.announcement or "").strip()
    if not typed.strip() and not text:
        yield Finding(Severity.ERROR, "announcement.empty", where, {"name": entry.name})
    yield from _too_long(where, text)


def _too_long(where: str, text: str) -> Iterator[Finding]:
    if len(text) > LONGEST_TEXT:
        yield Finding(Severity.ERROR, "text.too_long", where, {"length": len(text), "longest": LONGEST_TEXT})


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
