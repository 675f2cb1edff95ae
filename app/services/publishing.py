"""적용: from a draft to what FreeSWITCH runs and the controller decides by, all or nothing."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from app.core.ars_json import ars_from_json
from app.core.definitions import TenantConfig, TenantId
from app.core.errors import ChangedMeanwhile

log = logging.getLogger(__name__)

Render = Callable[[TenantConfig, Mapping[str, str], Mapping[str, str]], Mapping[str, str]]
"""Prompts of a configuration with the texts that were typed and the files that were uploaded (name → path):
name → absolute path of the sound file."""

PublishFiles = Callable[[TenantConfig, str], object]
"""Writes the tenant's files and has FreeSWITCH read them (dialplan.publish.Publisher.publish)."""

PublishDirectory = Callable[[TenantId, str], object]
"""The same of the SIP users alone (Publisher.publish_directory)."""


class Publishing:
    """Use cases over a store; the outside is handed in. They block (files are locked, FreeSWITCH is waited for):
    a web process calls them in a thread.

    ``directory(tenant_id, rows)`` makes the SIP directory of a tenant's agents; ``notify(tenant_id)`` tells the
    controller; ``lock(tenant_id)`` keeps other publications of the tenant waiting, of other processes too, so that
    none writes what it read before another was done. When a step raises, what was live before is put back.
    """

    def __init__(
        self,
        store: Any,
        *,
        render: Render,
        publish_files: PublishFiles,
        publish_directory: PublishDirectory,
        directory: Callable[[TenantId, Any], str],
        notify: Callable[[TenantId], None],
        lock: Callable[[TenantId], AbstractContextManager[object]],
        remove_files: Callable[[TenantId], object],
    ) -> None:
        self._lock = lock
        self._remove_files = remove_files
        self._store = store
        self._render = render
        self._publish_files = publish_files
        self._publish_directory = publish_directory
        self._directory = directory
        self._notify = notify

    def apply(
        self,
        tenant_id: TenantId,
        by: str,
        *,
        document: Mapping[str, Any] | None = None,
        revision: str | None = None,
        changes: Sequence[Any] = (),
        note: str = "",
        restored_from: int | None = None,
    ) -> int:
        """Publish the draft (or, without one, the live ARS again) with the present queues, agents and
        settings; returns the tenant's new version.

        With ``document`` that one is published and the draft is left alone (``restored_from``: the version whose
        it was). ``revision`` is the draft's as the manager saw it: another is not published. ``changes`` and ``note``
        are kept with the version. Raises ChangedMeanwhile, InvalidDefinition, NotFound, PublicationRejected,
        SpeechUnavailable, OSError: then what was live before is live still, and the draft is kept.
        """
        with self._lock(tenant_id):
            own = self._store.for_tenant(tenant_id)
            self._apply(own, tenant_id, by, document, revision, changes, note, restored_from)
            self._notify(tenant_id)
            return int(own.config().version)

    def _apply(
        self,
        own: Any,
        tenant_id: TenantId,
        by: str,
        document: Mapping[str, Any] | None,
        revision: str | None,
        changes: Sequence[Any],
        note: str,
        restored_from: int | None,
    ) -> None:
        version = None if document is not None else own.ars("draft") or own.ars("live")
        if version is not None and document is None and revision is not None:
            seen = f"{version.id}.{version.revision}"
            if seen != revision:
                raise ChangedMeanwhile("the draft was saved again meanwhile", revision=seen)
        definition = dict(document if document is not None else version.definition if version else {})
        config = own.draft_config(definition)
        prompts = dict(self._render(config, definition.get("texts", {}), own.upload_paths(definition)))
        config = _with_prompts(config, prompts)
        self._publish_files(config, self._directory(tenant_id, own.agents()))
        try:
            own.publish(
                {**definition, "prompts": prompts},
                by,
                revision="" if document is not None else revision,
                changes=list(changes),
                restored_from=restored_from,
                note=note,
            )
        except BaseException:
            # A queue of the draft has gone meanwhile, say: the files must be those of what is live.
            try:
                if not self._refresh(tenant_id):
                    self._remove_files(tenant_id)
            except Exception:
                log.exception("the files of tenant %s could not be put back", tenant_id)
            raise

    def republish(self, tenant_id: TenantId) -> None:
        """Publish what is live again with the present queues, agents and settings; the draft is left alone. Of a
        tenant that has never published: its SIP users. Raises as ``apply``."""
        with self._lock(tenant_id):
            if not self._refresh(tenant_id):
                own = self._store.for_tenant(tenant_id)
                self._publish_directory(tenant_id, self._directory(tenant_id, own.agents()))
            self._store.for_tenant(tenant_id).count_publication()
            self._notify(tenant_id)

    def refresh(self, tenant_id: TenantId) -> bool:
        """Make the files of what is live again (at start, or after the state directory moved).

        Returns False for a tenant that has never published; raises as ``apply``.
        """
        with self._lock(tenant_id):
            return self._refresh(tenant_id)

    def _refresh(self, tenant_id: TenantId) -> bool:
        own = self._store.for_tenant(tenant_id)
        live = own.ars("live")
        if live is None:
            return False
        config = own.config()
        document = live.definition
        prompts = dict(self._render(config, document.get("texts", {}), own.upload_paths(document)))
        if prompts != dict(config.ars.prompts):
            config = _with_prompts(config, prompts)
        self._publish_files(config, self._directory(tenant_id, own.agents()))
        # Not before: what was live when this fails is what is live.
        if prompts != dict(ars_from_json(document).prompts):
            own.set_live_prompts(prompts)
        return True


def _with_prompts(config: TenantConfig, prompts: Mapping[str, str]) -> TenantConfig:
    return dataclasses.replace(config, ars=dataclasses.replace(config.ars, prompts=dict(prompts)))
