"""Words: the only room that composes mail.

Pure: a notice and its values go in, finished message bytes come out, and nothing that came from outside is ever more
than text.
"""
