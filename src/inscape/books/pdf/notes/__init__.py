"""Footnotes and endnotes: out of the text, tied to the place where they are called."""
