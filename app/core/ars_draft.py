"""A draft of the ARS, seen as if it were live: its menu, and its queues with the settings that it gives them.

A queue's settings stand with the menu entry that leads to it (``"queue"``) and reach the queue at 적용.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from app.core.ars_json import ars_from_json
from app.core.definitions import CallbackOffer, QueueConfig, QueueId, Strategy, TenantConfig
from app.core.errors import InvalidDefinition
from app.core.prompt_texts import default_texts

QUEUE_SETTINGS = (
    "strategy",
    "callback",
    "callback_key",
    "callback_after_seconds",
    "delay_interval_seconds",
    "longest_wait_seconds",
    "announce_position",
    "priority",
)
"""What a menu entry's ``"queue"`` says: names of fields of QueueConfig."""


def leaf_entries(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``(keys, entry)`` of every entry that leads somewhere: ``("1", …), ("31", …)``."""
    for entry in document.get("menu", ()):
        if entry.get("entries"):
            for inner in entry["entries"]:
                yield f"{entry['digit']}{inner['digit']}", inner
        else:
            yield str(entry["digit"]), entry


def leads_to_agents(entry: Mapping[str, Any]) -> bool:
    """An entry without entries of its own and without an announcement: one that rings people."""
    return not entry.get("entries") and entry.get("announcement") is None


def agent_entries(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``(keys, entry)`` of the entries that lead to agents."""
    return ((keys, entry) for keys, entry in leaf_entries(document) if leads_to_agents(entry))


def queue_ids(document: Mapping[str, Any]) -> frozenset[QueueId]:
    """The queues that the menu leads to."""
    return frozenset(
        entry["queue_id"] for _, entry in leaf_entries(document) if entry.get("queue_id") is not None
    )


def settings_of(queue: QueueConfig) -> dict[str, Any]:
    """A queue's settings as a menu entry has them."""
    return {name: _plain(getattr(queue, name)) for name in QUEUE_SETTINGS}


def completed(document: Mapping[str, Any], queues: Mapping[QueueId, QueueConfig]) -> dict[str, Any]:
    """The document, every entry that leads to agents with the settings of its queue where it has none itself.

    An entry whose queue does not exist yet gets those of a new queue.
    """

    def complete(entry: Mapping[str, Any]) -> dict[str, Any]:
        whole = dict(entry)
        if entry.get("entries"):
            whole["entries"] = [complete(inner) for inner in entry["entries"]]
        elif leads_to_agents(entry):
            queue = queues.get(entry.get("queue_id") or 0) or QueueConfig(0, "")
            whole["queue"] = {**settings_of(queue), **(entry.get("queue") or {})}
        return whole

    return {**document, "menu": [complete(entry) for entry in document.get("menu", ())]}


def as_if_live(config: TenantConfig, document: Mapping[str, Any]) -> TenantConfig:
    """``config`` with the document's ARS and its queues named and set as the document says.

    Queues that do not exist yet get ids below zero, in the order of the menu. Queues of ``config`` to which
    the menu does not lead stay, as they do for an hour after 적용. Raises InvalidDefinition.
    """
    menu = [dict(entry) for entry in document.get("menu", ())]
    for entry in menu:
        if entry.get("entries"):
            entry["entries"] = [dict(inner) for inner in entry["entries"]]
    queues = dict(config.queues)
    numbered = {**document, "menu": menu}
    for place, (_, entry) in enumerate(agent_entries(numbered), start=1):
        if entry.get("queue_id") is None:
            entry["queue_id"] = -place
        queue_id = entry["queue_id"]
        before = queues.get(queue_id) or QueueConfig(queue_id, "")
        named = dataclasses.replace(before, name=str(entry["name"]), retired=False)
        queues[queue_id] = _set(named, entry.get("queue") or {})
    return dataclasses.replace(config, ars=ars_from_json(numbered), queues=queues)


def as_if_rendered(config: TenantConfig) -> TenantConfig:
    """``config`` with a path of its own for every announcement, to be compiled for a proof: no file is there."""
    prompts = {name: f"/prompts/{name}.wav" for name in default_texts(config)}
    return dataclasses.replace(config, ars=dataclasses.replace(config.ars, prompts=prompts))


def _set(queue: QueueConfig, settings: Mapping[str, Any]) -> QueueConfig:
    values = {name: settings[name] for name in QUEUE_SETTINGS if name in settings}
    try:
        if "strategy" in values:
            values["strategy"] = Strategy(values["strategy"])
        if "callback" in values:
            values["callback"] = CallbackOffer(values["callback"])
    except ValueError as error:
        raise InvalidDefinition(f"{queue.name}: {error}", field="menu.queue") from error
    return dataclasses.replace(queue, **values)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Strategy | CallbackOffer) else value
