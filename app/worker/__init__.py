"""The worker: takes the journal into the database, and runs what may take its time."""

from app.worker.main import run_worker, verify_journal

__all__ = ["run_worker", "verify_journal"]
