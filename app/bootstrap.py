"""The one place that wires the parts together; the command line and the supervisor call only this.

Every function takes the checked settings. Each raises :class:`NotReady` when a part that it needs
is not installed or not built; the command line prints that as a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from app.config import Settings


class NotReady(RuntimeError):
    """A part of the product cannot be started; the text says which and what to do."""


def _not_ready(part: str) -> NoReturn:
    raise NotReady(f"{part} is not part of this build yet.")


def run_controller(settings: Settings) -> None:
    """Run the controller until SIGTERM. gevent has been monkey-patched before this is called."""
    _not_ready("The controller")


def run_web(settings: Settings) -> None:
    """Serve the portals, the API and the agent desktop until SIGTERM. gevent is patched before."""
    _not_ready("The web server")


def run_worker(settings: Settings) -> None:
    """Run background jobs (speech, exports, recordings) until SIGTERM."""
    _not_ready("The worker")


def run_simswitch(settings: Settings) -> None:
    """Run the built-in stand-in for FreeSWITCH on the Event Socket port until SIGTERM."""
    _not_ready("The simulator")


def upgrade_database(settings: Settings) -> None:
    """Bring the database to the newest schema; a database that is already there is left alone."""
    _not_ready("The database")


def seed_demo(settings: Settings) -> dict[str, Any]:
    """Make the demo tenant if it is missing, write ``demo-logins.json`` and return its content."""
    _not_ready("The demo tenant")


def create_tenant(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Make a tenant from the command line's ``name``, ``organisation``, ``did``, ``email`` …

    Returns what the operator needs to hand over (logins, DID).
    """
    _not_ready("Making tenants")


def create_agent(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Make an agent of one tenant (``tenant``, ``login``, ``name``, ``password``, ``menus``)."""
    _not_ready("Making agents")


def create_token(settings: Settings, **kw: Any) -> dict[str, Any]:
    """Make an API token for one login of a tenant (``tenant``, ``login``, ``label``)."""
    _not_ready("Making tokens")


def show_dialplan(settings: Settings, did: str) -> str:
    """The live dialplan XML of one DID, as FreeSWITCH would be given it."""
    _not_ready("The dialplan")


def verify_journal(settings: Settings) -> list[str]:
    """Check the journal; one sentence for each thing that is wrong, an empty list when all is well."""
    _not_ready("The journal")


def render_freeswitch(settings: Settings) -> list[str]:
    """Write FreeSWITCH's configuration into the state directory; the argv that starts it."""
    _not_ready("FreeSWITCH's configuration")
