"""``python -m pdclassify``."""

from pdclassify.cli.main import main

if __name__ == "__main__":
    main()
