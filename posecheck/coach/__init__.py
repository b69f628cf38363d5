"""What is said to the person."""
