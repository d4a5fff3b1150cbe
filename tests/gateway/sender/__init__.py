"""The tests of the loop from outbox to relay."""
