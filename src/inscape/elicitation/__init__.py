"""Elicitation: templates, their slots, and reading what a teacher answers."""
