"""Everything that can go wrong on the Event Socket, each with a type of its own."""

from __future__ import annotations


class EslError(Exception):
    """Root of all errors of this package, except :class:`UnsafeValue`, which is the caller's mistake."""


class UnsafeValue(ValueError):
    """A value could change the meaning of the command it was put into, so nothing was sent."""


class ProtocolError(EslError):
    """The peer sent bytes that are not Event Socket, or more of them than allowed."""


class ConnectFailed(EslError):
    """No usable connection came about: refused, unreachable, silent, or rejected by the access list."""


class Refused(ConnectFailed):
    """Nobody listens there: no FreeSWITCH is running, or not yet."""


class AuthFailed(ConnectFailed):
    """The event socket refused the password."""


class Timeout(EslError):
    """An answer did not come in time. The command may nevertheless have been carried out."""


class Disconnected(EslError):
    """The connection ended, so what was pending on it will never be answered."""


class Overflow(Disconnected):
    """The handler was slower than the events came; the connection was cut before FreeSWITCH suffered."""


class CommandFailed(EslError):
    """FreeSWITCH answered ``-ERR`` or ``-USAGE``. ``text`` is what it said, without that prefix."""

    def __init__(self, command: str, text: str) -> None:
        super().__init__(f"{command}: {text}")
        self.command = command
        self.text = text
