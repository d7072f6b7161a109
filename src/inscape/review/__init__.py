"""What reviewing needs besides a person: the rubric, an example as text to edit, word diffs, pace, decisions files."""
