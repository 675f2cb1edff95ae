"""FreeSWITCH's own configuration, written whole from templates into the state directory.

``render`` writes it and says how to start FreeSWITCH; ``music`` composes the music on hold;
``timezones`` tells FreeSWITCH the rules of every time zone. Nothing of a system installation is
touched or read, except the names of the modules that it has.
"""

from freeswitch_conf.render import InvalidState, render

__all__ = ["InvalidState", "render"]
