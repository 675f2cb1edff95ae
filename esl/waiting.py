"""Who waits for what: replies, which come in the order of the commands, and background jobs, which do not."""

from __future__ import annotations

from collections import deque
from typing import Any

from gevent.event import AsyncResult

from esl.errors import CommandFailed, Disconnected, EslError, ProtocolError, Timeout
from esl.frames import ApiResponse, CommandReply


def result_of_api(command: str, body: str) -> str:
    """What an api command printed. Raises CommandFailed if that is ``-ERR`` or ``-USAGE``."""
    for mark in ("-ERR", "-USAGE"):
        if body.startswith(mark):
            raise CommandFailed(command, body[len(mark) :].lstrip(":").strip())
    return body


class Replies:
    """One result per command, in order. Who has stopped waiting keeps his place, or all would shift."""

    def __init__(self) -> None:
        self._waiting: deque[AsyncResult[CommandReply | ApiResponse]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def expect(self) -> AsyncResult[CommandReply | ApiResponse]:
        result: AsyncResult[CommandReply | ApiResponse] = AsyncResult()
        self._waiting.append(result)
        return result

    def answer(self, reply: CommandReply | ApiResponse) -> None:
        """Raises ProtocolError if nothing was asked."""
        if not self._waiting:
            raise ProtocolError("a reply to nothing")
        self._waiting.popleft().set(reply)

    def fail(self, error: EslError) -> None:
        while self._waiting:
            self._waiting.popleft().set_exception(error)


class Jobs:
    """Background jobs by their UUID."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[AsyncResult[str], str, float]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def expect(self, job: str, command: str, deadline: float) -> AsyncResult[str]:
        result: AsyncResult[str] = AsyncResult()
        self._waiting[job] = (result, command, deadline)
        return result

    def forget(self, job: str) -> None:
        self._waiting.pop(job, None)

    def accepted(self, job: str, reply: AsyncResult[Any]) -> None:
        """The reply to ``bgapi`` itself: a job that was not accepted will never be done."""
        if reply.successful() and isinstance(reply.value, CommandReply) and reply.value.ok:
            return
        entry = self._waiting.pop(job, None)
        if entry is None:
            return
        result, command, _ = entry
        if reply.successful():
            text = getattr(reply.value, "text", "") or "the answer was not that of a background job"
            result.set_exception(CommandFailed(command, text.removeprefix("-ERR").strip()))
        else:
            result.set_exception(reply.exception or Disconnected("no reply"))

    def done(self, job: str, body: str) -> None:
        entry = self._waiting.pop(job, None)
        if entry is None:
            return
        result, command, _ = entry
        try:
            result.set(result_of_api(command, body))
        except CommandFailed as error:
            result.set_exception(error)

    def expire(self, now: float) -> None:
        for job in [job for job, (_, _, deadline) in self._waiting.items() if deadline <= now]:
            result, command, _ = self._waiting.pop(job)
            result.set_exception(Timeout(f"the background job {command} was not done in time"))

    def fail(self, error: EslError) -> None:
        while self._waiting:
            _, (result, _, _) = self._waiting.popitem()
            result.set_exception(error)
