"""Entry point of `leadtui` and of `python -m leadtui`."""


def main() -> None:
    """Run the command line with the arguments of this process."""
    from leadtui.cli import main as run

    run()


if __name__ == "__main__":
    main()
