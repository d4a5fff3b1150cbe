"""Time and the outside world: the daemon, its conversations with other machines, and the `tkt` command.

Nothing here decides what happens to a ticket or composes a mail; it carries events down the one road and does
what the answer says.
"""
