"""`python -m openbeian.cli`: the same as `beian`."""

from openbeian.cli import main

if __name__ == "__main__":
    main()
