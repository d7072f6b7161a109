"""The reader's own passages: the file passages.md, and where its quotes stand in the books."""
