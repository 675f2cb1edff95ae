"""``python -m app``: the processes that run on gevent are patched here, before anything is imported."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (so that an older Python gets a sentence, not a traceback)
    sys.exit("Sangdam needs Python 3.11 or newer; this one is " + sys.version.split()[0])

GEVENT_PROCESSES = frozenset({"controller", "web", "simswitch"})
"""Commands whose sockets and locks have to be gevent's; the others run on ordinary threads."""

_command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
if _command in GEVENT_PROCESSES:
    from gevent import monkey

    monkey.patch_all()

from app.cli import main  # noqa: E402  (nothing may be imported before the patch above)

if __name__ == "__main__":
    main()
