"""``make run``: starts everything on one machine, restarts what dies, stops all of it at the end.

``stack`` says what is started and in which order, ``loop`` watches, ``child`` is one process,
``probes`` ask whether a process answers, ``programs`` finds what is installed, ``exec_`` is what a
process does before it becomes Redis or FreeSWITCH.
"""
