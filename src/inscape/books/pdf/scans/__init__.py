"""Pages that are pictures: which they are, how they are cleaned for tesseract, and its words as lines."""
