"""Things to do later: sched_transfer and its kin (switch_scheduler.c).

FreeSWITCH counts in whole seconds of the wall clock, so ``+5`` comes four to five seconds later.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simswitch.clock import Timer
from simswitch.datetimes import c_int
from simswitch.session import transfer

if TYPE_CHECKING:
    from collections.abc import Callable

    from simswitch.switch import SimSwitch


@dataclass(slots=True)
class Task:
    number: int
    group: str
    about: str
    when: int
    timer: Timer


class Tasks:
    """All that is scheduled, by number and by group (the leg's UUID)."""

    def __init__(self, switch: SimSwitch) -> None:
        self._switch = switch
        self._count = itertools.count(1)
        self._tasks: dict[int, Task] = {}
        self._groups: dict[str, set[int]] = {}

    def moment(self, text: str) -> int:
        """``+5``: in five seconds; ``@…`` or a bare number: that second of the epoch."""
        if text.startswith("+"):
            return int(self._switch.clock.time()) + c_int(text[1:])
        return c_int(text.removeprefix("@"))

    def transfer(self, when: int, uuid: str, words: list[str]) -> int:
        target = [*words, "", "", ""][:3]

        def run() -> None:
            channel = self._switch.locate(uuid)
            if channel is not None:
                transfer(channel, *target)

        return self._add(when, uuid, "switch_ivr_schedule_transfer", run)

    def hangup(self, when: int, uuid: str, cause: str) -> int:
        def run() -> None:
            channel = self._switch.locate(uuid)
            if channel is not None:
                channel.hangup(cause)

        return self._add(when, uuid, "switch_ivr_schedule_hangup", run)

    def broadcast(self, when: int, uuid: str, path: str, to: str) -> int:
        return self._add(
            when, uuid, "switch_ivr_schedule_broadcast", lambda: self._switch.broadcast(uuid, path, to)
        )

    def api(self, when: int, group: str, line: str) -> int:
        return self._add(when, group, "api", lambda: self._switch.api.run(line))

    def _add(self, when: int, group: str, about: str, run: Callable[[], object]) -> int:
        number = next(self._count)

        def fire() -> None:
            task = self._take(number)
            if task is not None:
                run()
                self._tell("DEL_SCHEDULE", task)

        timer = self._switch.clock.at(max(float(when), self._switch.clock.time()), fire)
        task = self._tasks[number] = Task(number, group, about, when, timer)
        self._groups.setdefault(group, set()).add(number)
        self._tell("ADD_SCHEDULE", task)
        return number

    def _take(self, number: int) -> Task | None:
        task = self._tasks.pop(number, None)
        if task is not None:
            rest = self._groups.get(task.group, set())
            rest.discard(number)
            if not rest:
                self._groups.pop(task.group, None)
        return task

    def delete(self, name: str) -> int:
        """By number or by group; how many there were."""
        numbers = [int(name)] if name.isdigit() else sorted(self._groups.get(name, ()))
        gone = [task for task in map(self._take, numbers) if task is not None]
        for task in gone:
            task.timer.cancel()
            self._tell("DEL_SCHEDULE", task)
        return len(gone)

    def clear(self) -> None:
        for task in self._tasks.values():
            task.timer.cancel()
        self._tasks.clear()
        self._groups.clear()

    def _tell(self, name: str, task: Task) -> None:
        if self._switch.wanted(name):
            about = {
                "Task-ID": str(task.number),
                "Task-Desc": task.about,
                "Task-Group": task.group,
                "Task-Runtime": str(task.when),
            }
            self._switch.deliver(name, "", None, about)
