"""``python -m app``: the processes that run on gevent are patched here, before anything is imported."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (so that an older Python gets a sentence, not a traceback)
    sys.exit("Sangdam needs Python 3.11 or newer; this one is " + sys.version.split()[0])

GEVENT_PROCESSES = frozenset({"controller", "web"})
"""Commands whose sockets and locks have to be gevent's; the others run on ordinary threads."""

if GEVENT_PROCESSES.intersection(sys.argv[1:2]):
    from gevent import monkey

    monkey.patch_all()

from app.cli import main  # noqa: E402  (nothing may be imported before the patch above)

if __name__ == "__main__":
    main()
