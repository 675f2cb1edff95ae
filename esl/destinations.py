"""Where a leg is sent: into the dialplan, or straight to applications."""

from __future__ import annotations

from dataclasses import dataclass

from esl import values
from esl.errors import UnsafeValue


@dataclass(frozen=True, slots=True)
class Extension:
    """A place in the dialplan."""

    number: str
    context: str = "default"
    dialplan: str = "XML"

    def words(self) -> list[str]:
        return [values.extension(self.number), values.name(self.dialplan), values.name(self.context)]


@dataclass(frozen=True, slots=True)
class App:
    """One application, started on an originated leg as soon as it answers."""

    name: str
    arg: str = ""

    def words(self) -> list[str]:
        # FreeSWITCH cuts the argument at the first closing parenthesis.
        if ")" in self.arg:
            raise UnsafeValue(f"a parenthesis in {self.arg[:80]!r}: use Inline")
        return [values.token(f"&{values.name(self.name)}({self.arg})")]


@dataclass(frozen=True, slots=True)
class Inline:
    """Several applications, one after the other, without a dialplan: ``Inline((("answer", ""), …))``."""

    apps: tuple[tuple[str, str], ...]

    def words(self) -> list[str]:
        return [values.token(self.text()), "inline"]

    def text(self) -> str:
        if not self.apps:
            raise UnsafeValue("no application")
        for _, arg in self.apps:
            if "'" in arg or "\\" in arg or arg != arg.strip(" "):
                raise UnsafeValue(f"a quote, a backslash or an outer blank in {arg[:80]!r}")
        steps = [f"{values.name(app)}:{arg}" if arg else values.name(app) for app, arg in self.apps]
        for delimiter in ",|~^":
            if not any(delimiter in step for step in steps):
                joined = delimiter.join(steps)
                return joined if delimiter == "," else f"m:{delimiter}:{joined}"
        raise UnsafeValue("the arguments use every separator")


Destination = Extension | Inline
