"""Bytes in, facts out: what a message says, where it came from, and how much of that can be believed.

Pure: no clock, no network, no disk, no database, no process. The most that anything here may take is a number in
`limits.py`.
"""
