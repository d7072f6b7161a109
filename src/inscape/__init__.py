"""inscape: from books, and the voice a person has in mind, to a language model that writes from the inside."""

__version__ = "0.1.0"
