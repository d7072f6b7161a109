"""Lines to paragraphs: what is usual in the book, margins and indents, runs set apart, tables."""
