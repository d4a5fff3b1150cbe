"""Hostile mail, each case by its id, through the real listener; judged by the store and by what left the outbox."""
