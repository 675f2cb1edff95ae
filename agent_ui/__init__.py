"""The agents' desktop: a page that installs as an application, and the phone in it (JsSIP).

Everything that it does goes through the REST API; here are only its pages, its manifest, its service worker
and its pictures.
"""

from __future__ import annotations

from agent_ui.views import blueprint

__all__ = ["blueprint"]
