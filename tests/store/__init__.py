"""The store, every promise on SQLite and on PostgreSQL."""
