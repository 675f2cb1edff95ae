"""FreeSWITCH ↔ core.

- :mod:`.translate`: FreeSWITCH's events → the core's; the only place that knows its header names
- :mod:`.orders`: the core's effects → Event Socket commands, without I/O
- :mod:`.snapshot`: what a node holds when one (re)connects
- :mod:`.switch`: :class:`FreeSwitchNode`, which implements :class:`app.ports.Switch`
"""
