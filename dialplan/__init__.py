"""From a tenant's ARS definition to the dialplan that FreeSWITCH runs.

``model`` is the dialplan as values; ``compiler`` makes it from a TenantConfig (with ``hours`` for the
opening hours); ``writer`` writes it as XML; ``evaluator`` walks it as FreeSWITCH would, without FreeSWITCH;
``publish`` puts the files in place, all or nothing. Everything but ``publish`` is pure.
"""
