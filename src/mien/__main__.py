"""``python -m mien``."""

from mien.cli.main import main

main()
