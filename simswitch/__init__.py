"""A stand-in for FreeSWITCH: speaks the Event Socket, runs the generated dialplan on virtual channels.

It knows no audio and no SIP. It knows what a call centre's controller sees of FreeSWITCH: events in
FreeSWITCH's order with FreeSWITCH's headers, commands and their answers, the dialplan XML, call detail
records and recordings. Sources of every rule: FreeSWITCH 1.11's own files (named where it matters)
and what was measured on it.
"""
