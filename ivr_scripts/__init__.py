"""What a caller hears and answers while the controller holds the call: pure generators, no I/O.

A script yields an action and is sent what came of it. The controller's driver turns actions into effects
on a real call; a test answers from a list; a preview shows them.
"""
