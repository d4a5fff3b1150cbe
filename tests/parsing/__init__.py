"""The room that reads: bytes in, facts out."""
