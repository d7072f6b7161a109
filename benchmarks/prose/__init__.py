"""Measures how well a tool gets the prose out of a typeset novel.

Invariant: nothing here imports the reader that is measured, except the one adapter in `tools` that runs it. One truth,
one scorer, and the same kind of output (a list of paragraphs) asked of every tool.
"""
