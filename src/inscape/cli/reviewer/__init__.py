"""The terminal reviewer: what a key does (core, desk), what is shown (blocks, screen), the real terminal."""
