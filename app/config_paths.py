"""Where in the state directory the product keeps what: one property for each place."""

from __future__ import annotations

from pathlib import Path


class StatePaths:
    """Paths below ``state``; everything the product writes is in one of these."""

    state: Path

    @property
    def freeswitch_dir(self) -> Path:
        """FreeSWITCH's own files: ``conf``, ``log``, ``db``, ``run``, ``tmp``, ``storage`` and the like."""
        return self.state / "freeswitch"

    @property
    def freeswitch_conf_dir(self) -> Path:
        """The configuration that is generated for FreeSWITCH."""
        return self.freeswitch_dir / "conf"

    @property
    def dialplan_dir(self) -> Path:
        """The published dialplan, directory and gateways of the tenants."""
        return self.state / "dialplan"

    @property
    def recordings_dir(self) -> Path:
        """Recordings of calls, by tenant and day."""
        return self.state / "recordings"

    @property
    def prompts_dir(self) -> Path:
        """Announcements made from text or uploaded, and the music on hold."""
        return self.state / "prompts"

    @property
    def cdr_dir(self) -> Path:
        """Spool into which FreeSWITCH writes one call detail record for each leg."""
        return self.state / "cdr"

    @property
    def journal_dir(self) -> Path:
        """Spool of journal events that are on their way to the database."""
        return self.state / "journal"

    @property
    def redis_dir(self) -> Path:
        """Working directory of our own Redis."""
        return self.state / "redis"

    @property
    def secrets_dir(self) -> Path:
        """Passwords and keys that were generated, one file each, readable by the owner only."""
        return self.state / "secrets"

    @property
    def log_dir(self) -> Path:
        """One log file for each process."""
        return self.state / "log"

    @property
    def run_dir(self) -> Path:
        """Process ids and the lock that keeps a second supervisor out."""
        return self.state / "run"

    @property
    def demo_logins_file(self) -> Path:
        """Logins, SIP accounts and API tokens of the demo tenant, as JSON."""
        return self.state / "demo-logins.json"

    @property
    def evidence_dir(self) -> Path:
        """Certificates for caller IDs; each tenant's in a folder of its own."""
        return self.state / "evidence"
