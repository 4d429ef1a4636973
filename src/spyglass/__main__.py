"""`python -m spyglass` is the command `spyglass`."""

from spyglass.cli import main

if __name__ == "__main__":
    main()
