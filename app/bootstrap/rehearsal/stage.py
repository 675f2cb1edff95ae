"""Where a rehearsal takes place: FreeSWITCH's configuration with one tenant published into it, in a directory of its
own, and what the names of the tenant's prompts mean there."""

from __future__ import annotations

import dataclasses
import wave
from collections.abc import Callable
from pathlib import Path

from app.bootstrap.virtual import RECORDINGS
from app.config import Settings
from app.core.definitions import TenantConfig
from dialplan.compiler import compile_tenant
from dialplan.model import Compiled, context_name
from dialplan.pieces import INSTEAD
from dialplan.writer import context_xml, public_xml
from freeswitch_conf import render
from provisioning.directory import SipUser, directory_xml
from simswitch.media import NotFound, duration
from simswitch.xmldoc import Document, load

Compile = Callable[[TenantConfig], Compiled]

NO_PASSWORD = "0" * 32
"""Nobody registers here with a password."""


class Stage:
    """Publishes ``config`` below ``folder`` and reads it back. Raises InvalidDefinition, as a publication would; only
    sound files that are missing are let pass: the call that should hear them says so.

    ``key_music``: the file that is heard while a key is awaited. ``compiled``: what compiles, for tests.
    """

    def __init__(
        self,
        folder: Path,
        config: TenantConfig,
        *,
        sip_domain: str = "sangdam.local",
        key_music: str = "",
        compiled: Compile | None = None,
    ) -> None:
        self.config = config
        self.sip_domain = sip_domain
        self._settings = Settings.load(state=folder, freeswitch="none", sip_domain=sip_domain, log_level="warning")
        self._compile = compiled or (lambda one: compile_tenant(one, sip_domain, RECORDINGS, key_music))
        self._names: dict[str, list[str]] = {}
        for name in (*config.ars.prompts, *INSTEAD):
            path = self.path(name)
            if path:
                self._names.setdefault(path, []).append(name)
        # Nobody listens: composing music and chime anew would take longer than many calls.
        for sound in ("music/8000/sangdam.wav", "music/16000/sangdam.wav", "system/unavailable-chime.wav"):
            _write_silence(self._settings.prompts_dir / sound)
        render(self._settings)
        self._documents: dict[bool, Document] = {}
        self.document(under_contract=True)

    def variant(self, *, under_contract: bool) -> TenantConfig:
        """The tenant, under contract or not."""
        return dataclasses.replace(self.config, under_contract=under_contract)

    def document(self, *, under_contract: bool) -> Document:
        """What the switch reads. Raises InvalidDefinition."""
        if under_contract not in self._documents:
            config = self.variant(under_contract=under_contract)
            compiled = self._compile(config)
            users = directory_xml(
                SipUser(agent.sip_user, NO_PASSWORD, config.tenant_id, agent.agent_id, agent.extension)
                for agent in config.agents.values()
                if agent.active
            )
            root, name = self._settings.dialplan_dir, f"{context_name(config.tenant_id)}.xml"
            texts = {"public": public_xml(compiled), "tenants": context_xml(compiled), "directory": users}
            for part, text in texts.items():
                (root / part / name).write_text(text, "utf-8")
            self._documents[under_contract] = load(self._settings.freeswitch_conf_dir)
        return self._documents[under_contract]

    # -- prompts ------------------------------------------------------------------------------------

    def path(self, name: str) -> str:
        """The sound file of a prompt, or of the one that stands in for it; empty: there is none."""
        wanted: str | None = name
        while wanted is not None:
            if path := self.config.ars.prompts.get(wanted):
                return path
            wanted = INSTEAD.get(wanted)
        return ""

    def names(self, path: str) -> tuple[str, ...]:
        """The prompts that a file is; a file that is none's has its path as its name."""
        return tuple(self._names.get(path, ())) or (path,)

    def seconds(self, part: str) -> float | None:
        """How long a file or stream sounds; None: it cannot be played."""
        try:
            return duration(part, self.document(under_contract=True).streams)
        except NotFound:
            return None


def _write_silence(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))
