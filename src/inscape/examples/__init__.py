"""The canonical example: its four structures, reading of foreign shapes, and its JSON form."""
