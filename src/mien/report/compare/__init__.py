"""Runs side by side: one table a track, read from the files of the runs alone."""
