"""`make fuzz`: the reader against mails that nobody has thought of, and how its time grows with its input."""
