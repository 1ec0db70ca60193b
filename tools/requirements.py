"""Prints requirements.txt: what training needs, from pyproject.toml.

python tools/requirements.py > requirements.txt
"""

import tomllib
from pathlib import Path

HEADER = (
    "# The training set-up: base and [train] of pyproject.toml; tools/requirements.py makes it.\n"
)


def requirements() -> str:
    """Return the text of requirements.txt."""
    root = Path(__file__).parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["train"]]
    return HEADER + "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    print(requirements(), end="")
