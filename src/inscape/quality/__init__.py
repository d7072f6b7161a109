"""Looks at examples for what would teach a model the wrong thing: row by row, and as a set.

Invariant: a check only says what it saw; it changes nothing and decides nothing. It is pure: no file, no database, no
network, no clock, and the same rows give the same findings in the same order. Thresholds come in as `Limits`; their
defaults and sources stand in `settings`.
"""
