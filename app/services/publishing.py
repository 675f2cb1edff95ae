"""적용: from a draft to what FreeSWITCH runs and the controller decides by, all or nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from app.core.ars_json import ars_from_json
from app.core.definitions import TenantConfig, TenantId

Render = Callable[[TenantConfig, Mapping[str, str]], Mapping[str, str]]
"""Prompts of a configuration with the texts that were typed: name → absolute path of the sound file."""

PublishFiles = Callable[[TenantConfig, str], object]
"""Writes the tenant's files and has FreeSWITCH read them (dialplan.publish.Publisher.publish)."""


class Publishing:
    """Use cases over a store; the outside is handed in.

    ``directory(rows)`` makes the SIP directory of a tenant's agents; ``notify(tenant_id)`` tells the
    controller. Nothing live changes when any step before the last raises.
    """

    def __init__(
        self,
        store: Any,
        *,
        render: Render,
        publish_files: PublishFiles,
        directory: Callable[[TenantId, Any], str],
        notify: Callable[[TenantId], None],
    ) -> None:
        self._store = store
        self._render = render
        self._publish_files = publish_files
        self._directory = directory
        self._notify = notify

    def apply(self, tenant_id: TenantId, by: str) -> int:
        """Publish the draft (or, without one, the live ARS again) with the present queues, agents and
        settings; returns the tenant's new version.

        Raises InvalidDefinition, NotFound, PublicationRejected, SpeechUnavailable, OSError: then what was
        live before is live still, and the draft is kept.
        """
        own = self._store.for_tenant(tenant_id)
        version = own.ars("draft") or own.ars("live")
        document: dict[str, Any] = dict(version.definition) if version is not None else {}
        config = dataclasses.replace(own.config(), ars=ars_from_json(document))
        prompts = dict(self._render(config, document.get("texts", {})))
        config = dataclasses.replace(config, ars=dataclasses.replace(config.ars, prompts=prompts))
        self._publish_files(config, self._directory(tenant_id, own.agents()))
        own.save_draft({**document, "prompts": prompts})
        own.publish_draft(by)
        self._notify(tenant_id)
        return int(own.config().version)

    def republish(self, tenant_id: TenantId) -> bool:
        """Publish what is live again with the present queues, agents and settings; the draft is left alone.

        Returns False for a tenant that has never published. Raises as ``apply``.
        """
        if not self._write_live(tenant_id):
            return False
        self._store.for_tenant(tenant_id).count_publication()
        self._notify(tenant_id)
        return True

    def refresh(self, tenant_id: TenantId) -> bool:
        """Make the files of what is live again (at start, or after the state directory moved).

        Returns False for a tenant that has never published; raises as ``apply``.
        """
        return self._write_live(tenant_id)

    def _write_live(self, tenant_id: TenantId) -> bool:
        own = self._store.for_tenant(tenant_id)
        live = own.ars("live")
        if live is None:
            return False
        config = own.config()
        prompts = dict(self._render(config, live.definition.get("texts", {})))
        if prompts != dict(config.ars.prompts):
            own.set_live_prompts(prompts)
            config = dataclasses.replace(config, ars=dataclasses.replace(config.ars, prompts=prompts))
        self._publish_files(config, self._directory(tenant_id, own.agents()))
        return True
