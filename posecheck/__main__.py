"""`python -m posecheck` and the `posecheck` command."""

from posecheck.cli import main

if __name__ == "__main__":
    main()
