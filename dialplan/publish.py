"""Puts a tenant's files in place, all or nothing, and has FreeSWITCH read them.

One file for each tenant in each of the folders ``public``, ``tenants`` and ``directory``: publishing one
of a thousand tenants writes three files at most, and none whose text is the same.

FreeSWITCH reads an extension at the transfer that leads to it, so a tree that calls walk has to stay: the file
of ``tenants`` keeps the trees of before in which there are calls, and the one that was the present one until
now (a call may be about to enter it). Each publication drops the others.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.core.definitions import TenantConfig, TenantId
from app.core.errors import CoreError, InvalidDefinition
from dialplan.compiler import compile_tenant
from dialplan.model import Compiled, context_name
from dialplan.writer import contexts_element, public_xml, to_text

FOLDERS = ("public", "tenants", "directory", "gateways")

UNREAD = ".unread"
"""A file that is there while files differ from what FreeSWITCH has read: a publisher that was killed in between
leaves it, and the next one has FreeSWITCH read, also when it finds nothing to write."""

TREES_KEPT = 20
"""Trees of before that are kept when nobody can be asked which of them have calls; the youngest."""

Reload = Callable[[], str | None]
"""Has FreeSWITCH read its XML (``reloadxml``) and returns its reply; None when none is running, which then
reads the files when it starts. Raises OSError when it cannot be asked."""

InUse = Callable[[], frozenset[str] | None]
"""Names of the contexts in which there are calls now; None when FreeSWITCH is not running, and has none. Raises
OSError when it cannot be asked."""


class PublicationRejected(CoreError):
    """FreeSWITCH does not accept the files: the previous ones are back in place. ``reply``: its words."""

    code = "publication_rejected"

    def __init__(self, reply: str) -> None:
        super().__init__(f"FreeSWITCH rejected the publication: {reply}", reply=reply)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication did."""

    tenant_id: TenantId
    changed: tuple[Path, ...]
    """Files that were written or removed; empty when everything was published already."""


class Publisher:
    """Publishes tenants below ``root`` (settings.dialplan_dir). Safe with several processes at once."""

    def __init__(
        self,
        root: Path,
        reload: Reload,
        *,
        in_use: InUse = lambda: None,
        sip_domain: str = "sangdam.local",
        recordings_dir: str = "",
        key_music: str = "",
    ) -> None:
        self._root = root
        self._reload = reload
        self._in_use = in_use
        self._sip_domain = sip_domain
        self._recordings_dir = recordings_dir
        self._key_music = key_music

    def compile(self, config: TenantConfig) -> Compiled:
        """The tenant's dialplan as this installation would publish it. Raises InvalidDefinition."""
        return compile_tenant(config, self._sip_domain, self._recordings_dir, self._key_music)

    def publish(self, config: TenantConfig, directory: str | None = None) -> Publication:
        """Compile, write, reload. ``directory``: the tenant's SIP users (provisioning.directory_xml); None
        leaves them as they are.

        Raises InvalidDefinition (nothing was written), :class:`PublicationRejected` or OSError (the previous
        files are back).
        """
        compiled = self.compile(config)
        missing = [path for path in compiled.prompts if not os.path.isfile(path)]
        if missing:
            raise InvalidDefinition("sound files are missing", field="prompts", value=missing)
        name = f"{context_name(config.tenant_id)}.xml"
        texts: dict[Path, str | None] = {self._root / "public" / name: public_xml(compiled)}
        if directory is not None:
            texts[self._root / "directory" / name] = directory
        return self._replace(config.tenant_id, texts, {self._root / "tenants" / name: compiled})

    def publish_directory(self, tenant_id: TenantId, directory: str) -> Publication:
        """Only the SIP users: a new agent, a new password. Raises as :meth:`publish`."""
        name = f"{context_name(tenant_id)}.xml"
        return self._replace(tenant_id, {self._root / "directory" / name: directory})

    def remove(self, tenant_id: TenantId) -> Publication:
        """Take everything of the tenant away, trees of before too; callers of its numbers get 404."""
        name = f"{context_name(tenant_id)}.xml"
        return self._replace(tenant_id, {self._root / folder / name: None for folder in FOLDERS})

    def published(self) -> frozenset[TenantId]:
        """Tenants that have a context of their own."""
        stems = (path.stem for path in (self._root / "tenants").glob("t*.xml"))
        return frozenset(int(stem[1:]) for stem in stems if stem[1:].isdigit())

    def _replace(
        self,
        tenant_id: TenantId,
        texts: Mapping[Path, str | None],
        trees: Mapping[Path, Compiled] | None = None,
    ) -> Publication:
        """``trees``: files whose text depends on the trees of before that are in them."""
        for path, text in texts.items():
            _check_xml(path, text)
        with self._locked():
            before = {path: _read(path) for path in (*texts, *(trees or {}))}
            wanted = {path: None if text is None else text.encode() for path, text in texts.items()}
            for path, compiled in (trees or {}).items():
                wanted[path] = self._with_trees_of_before(compiled, before[path])
            changes = {path: data for path, data in wanted.items() if data != before[path]}
            unread = self._root / UNREAD
            if not changes and not unread.exists():
                return Publication(tenant_id, ())
            unread.touch()
            try:
                _write(changes)
                reply = self._reload()
            except OSError:
                _write({path: before[path] for path in changes})
                # It may have read them all the same, only too slowly to say so.
                with contextlib.suppress(OSError):
                    self._reload()
                raise
            if reply is not None and not _accepted(reply):
                _write({path: before[path] for path in changes})
                self._reload()
                raise PublicationRejected(reply.strip())
            unread.unlink(missing_ok=True)
            return Publication(tenant_id, tuple(changes))

    def _with_trees_of_before(self, compiled: Compiled, present: bytes | None) -> bytes:
        """The tenant's contexts, and those in ``present`` that calls still need."""
        root = contexts_element(compiled)
        old = _old_trees(present, compiled)
        if old:
            try:
                in_use = self._in_use()
                kept = old[:1] + [tree for tree in old[1:] if in_use and tree.get("name") in in_use]
            except OSError:
                kept = old[:TREES_KEPT]
            root.extend(kept)
        return to_text(root).encode()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One publication at a time: FreeSWITCH must not read another's files half way."""
        for folder in FOLDERS:
            (self._root / folder).mkdir(parents=True, exist_ok=True)
        with (self._root / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _accepted(reply: str) -> bool:
    """``+OK [Success]``; FreeSWITCH says +OK also when the XML is broken, with the reason in brackets."""
    return reply.strip() == "+OK [Success]"


def _check_xml(path: Path, text: str | None) -> None:
    if text is None:
        return
    try:
        ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise InvalidDefinition(
            f"{path.name} is not XML: {error}", field=path.parent.name, value=""
        ) from error


def _old_trees(text: bytes | None, compiled: Compiled) -> list[ElementTree.Element]:
    """The trees in a tenant's file that are not the new one, the present one first."""
    if text is None:
        return []
    try:
        found = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return []
    present = {compiled.doorway.name, compiled.context.name}
    return [element for element in found.iterfind("context") if element.get("name") not in present]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(files: Mapping[Path, bytes | None]) -> None:
    """Write all drafts and force them to the disk, only then rename them one after the other."""
    drafts: dict[Path, str] = {}
    try:
        for path, data in files.items():
            if data is not None:
                drafts[path] = _draft(path, data)
        for path, data in files.items():
            if data is None:
                path.unlink(missing_ok=True)
            else:
                os.replace(drafts.pop(path), path)
    finally:
        for draft in drafts.values():
            os.unlink(draft)
    _sync_folders({path.parent for path in files})


def _draft(path: Path, data: bytes) -> str:
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return name


def _sync_folders(folders: Iterable[Path]) -> None:
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
