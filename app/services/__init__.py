"""Use cases: what a screen or the API may ask, one module for each subject. No Flask, no SQL, no Redis."""
