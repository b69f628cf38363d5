"""What Python programs and notebooks call; its names are those of `posecheck.__all__`."""
