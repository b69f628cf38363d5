"""Pictures of numbers, by matplotlib: for the folder of results, and for Python programs."""
