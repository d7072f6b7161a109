"""Lines joined to text; hyphens at their ends by the book's own words, then by a list."""
