"""Chat templates: what a model sees of an example, found by rendering and never by reading a template's source."""
