"""The sample book that the demo walks the road on, with its passages, recorded answers and decisions."""
