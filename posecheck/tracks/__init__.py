"""Landmarks over time as files: our own, and those of other pose programs."""
