"""The command line as `python -m computeshift`."""

from computeshift.experiments.cli.main import main

if __name__ == "__main__":
    main()
