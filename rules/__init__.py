"""Decides what happens to a ticket, and can say why.

Pure: `now`, the facts and the text of the rule files are arguments; the answer is a decision that others carry out.
"""
