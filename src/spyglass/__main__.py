"""The command `spyglass`, also as `python -m spyglass`."""

import gc


def main() -> None:
    """Loading makes much for the cycle collector to walk and next to nothing for it to find."""
    gc.disable()
    from spyglass import cli

    gc.enable()
    cli.main()


if __name__ == "__main__":
    main()
