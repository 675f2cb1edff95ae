"""Adapters: the only code that knows FreeSWITCH's, SQL's, Redis' and the speech engine's words."""
