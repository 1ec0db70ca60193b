"""Scores of groups of pictures, and the gaps between them."""
