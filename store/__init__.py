"""Remembers: the only room that knows SQL.

What belongs together commits in one transaction or not at all, on SQLite and on PostgreSQL alike.
"""
