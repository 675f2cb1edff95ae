"""FreeSWITCH's Event Socket, usable without the rest of this repository.

- :mod:`esl.codec`, :mod:`esl.frames`: bytes to frames, no I/O
- :mod:`esl.commands`, :mod:`esl.api`, :mod:`esl.dialstring`: commands as values that encode themselves
- :mod:`esl.connection`: one connection with gevent, over greenswitch's InboundESL
- :mod:`esl.supervised`: the same, reconnecting
- :mod:`esl.errors`: what can go wrong
"""
