"""Which FreeSWITCH node holds which leg."""

from __future__ import annotations

from app.core import effects, events
from app.core.definitions import Leg, Node
from app.ports import Switch, SwitchUnavailable

_SIGNS_OF_LIFE = (
    events.CallArrived, events.ArsStep, events.CallQueued, events.AgentDialled, events.LegParked,
    events.LegAnswered, events.LegsBridged,
)  # fmt: skip
"""Events that only a leg brings about that is there; others may come after its hang-up."""


class Nodes:
    """The switches by name, and the legs by node: learnt from events, forgotten at hang-up."""

    def __init__(self) -> None:
        self._switches: dict[Node, Switch] = {}
        self._up: dict[Node, bool] = {}
        self._legs: dict[Leg, Node] = {}
        self._wanted: dict[Leg, Node] = {}
        """Legs that we asked for and that have not been heard of: they may never come to be."""

    def add(self, switch: Switch) -> None:
        """Make a node known; it counts as down until its ``NodeUp`` arrives."""
        self._switches[switch.node] = switch
        self._up[switch.node] = False

    def note(self, event: events.SwitchEvent) -> None:
        """Learn from an event where its leg lives and which node is up."""
        if not event.node:
            return  # our own word (an effect that was never sent): it says nothing about where the leg is
        match event:
            case events.NodeUp():
                self._up[event.node] = True
                for legs in (self._legs, self._wanted):
                    for gone in [leg for leg, node in legs.items() if node == event.node]:
                        del legs[gone]
                for snapshot in event.legs:
                    self._legs[snapshot.leg] = event.node
            case events.NodeDown():
                self._up[event.node] = False
            case events.LegHungUp():
                self._legs.pop(event.leg, None)
                self._wanted.pop(event.leg, None)
            case events.AppFinished() | events.EffectFailed():
                # Nothing is learnt of the leg itself: these also come when it is gone. Whoever was called and
                # never became a leg has no hang-up to be forgotten at.
                self._wanted.pop(event.token, None)
            case _ if isinstance(event, _SIGNS_OF_LIFE):
                self._legs[event.leg] = event.node
                self._wanted.pop(event.leg, None)

    def of(self, effect: effects.Effect) -> Switch:
        """The switch that carries ``effect`` out; new legs are put on the node of the old one.

        Raises SwitchUnavailable when that node is not connected.
        """
        leg: Leg | None = getattr(effect, "leg", None) or getattr(effect, "beside", None) or None
        new: Leg | None = getattr(effect, "agent_leg", None) or getattr(effect, "new_leg", None)
        node = self._legs.get(leg) or self._wanted.get(leg) if leg is not None else None
        if node is None and leg is not None:
            node = next(iter(self._switches), None) if len(self._switches) == 1 else None
        if node is None and leg is None:
            node = next((name for name, up in self._up.items() if up), None)
        if node is None or not self._up.get(node):
            raise SwitchUnavailable(f"no connection to the node of {type(effect).__name__} {leg or new}")
        if new is not None:
            self._wanted[new] = node
        return self._switches[node]

    def look_again(self, node: Node) -> None:
        """Connect to a node anew: its events were not acted on. A ``NodeUp`` follows."""
        self._switches[node].look_again()

    def first_up(self) -> Node | None:
        """A connected node, or None."""
        return next((name for name, up in self._up.items() if up), None)

    def __len__(self) -> int:
        return len(self._legs) + len(self._wanted)
