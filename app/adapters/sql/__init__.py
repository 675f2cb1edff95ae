"""Tables, stores, queries and migrations."""
