"""Publications that nobody told us of: a word through Redis can be lost (it was away, or the database was when
the word came), and then callers would be served by settings that FreeSWITCH has no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from app.controller.tenants import Tenants
from app.core.definitions import TenantId
from app.core.errors import InvalidDefinition

log = structlog.get_logger(__name__)

CHECK_SECONDS = 15.0


class Publications:
    """Compares what the database has published with what this controller decides by."""

    def __init__(
        self,
        versions: Callable[[], Mapping[TenantId, int]],
        tenants: Tenants,
        load: Callable[[TenantId], None],
        remove: Callable[[TenantId], None],
    ) -> None:
        self._versions = versions
        self._tenants = tenants
        self._load = load
        self._remove = remove

    def check(self) -> None:
        """Load what is newer, and what is new; remove what is gone. Settings that cannot be read are logged, and
        those before stay. Raises what the database raises."""
        versions = self._versions()
        for tenant_id, version in versions.items():
            known = self._tenants.config(tenant_id)
            if known is None or known.version != version:
                try:
                    self._load(tenant_id)
                except InvalidDefinition as error:
                    log.error("tenant_not_loaded", tenant=tenant_id, error=str(error))
        for tenant_id in self._tenants.ids() - versions.keys():
            self._remove(tenant_id)
