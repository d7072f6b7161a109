"""Blocks to units of the book: kinds, headings, front pages, and the sum of all characters."""
