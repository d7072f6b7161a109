"""Evaluation: what a trained model is asked, and what a good answer must and must not do."""
