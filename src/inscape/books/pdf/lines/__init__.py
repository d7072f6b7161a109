"""A PDF's bytes to pages of printed lines: letters, where the pen stood, pieces put together, reading order."""
