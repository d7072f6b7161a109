"""What stands around the text of a page: heads, page numbers, line numbers, signatures. Out with a witness."""
