"""Real books, spoiled at random: do the readers read or refuse them, and nothing else? See scripts/fuzz_books.py."""
