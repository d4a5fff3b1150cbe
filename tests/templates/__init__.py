"""Tests of the room `templates`."""
