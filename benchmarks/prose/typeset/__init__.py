"""Typesets public-domain novels in many ways, each with its exact text beside it: the ground truth of the benchmark.

Invariant: what truth.jsonl says is what was set: a text that a typesetter cannot set as it stands (a two-em dash, say)
is changed in the truth, never only in the page.
"""
