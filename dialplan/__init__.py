"""From a tenant's ARS definition to the dialplan that FreeSWITCH runs, and what callers will meet there.

``model`` is the dialplan as values; ``compiler`` makes it from a TenantConfig (with ``hours`` for the
opening hours and ``menus`` for the menu); ``writer`` writes it as XML; ``evaluator`` walks it as FreeSWITCH
would, without FreeSWITCH; ``publish`` puts the files in place, all or nothing. ``preview`` tells one call step by
step; ``proof`` proves a whole year (``year``) and every way. Everything but ``publish`` is pure.
"""
