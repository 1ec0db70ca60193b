"""The page of all settings is that of the code, and leaves none out."""

import runpy
from pathlib import Path

from mien.config import Experiment

DOCS = Path(__file__).parents[1] / "docs"


def test_the_page_is_that_of_the_code() -> None:
    made = runpy.run_path(str(DOCS / "settings.py"))["page"]()
    written = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert written == made, "run: python docs/settings.py"


def test_every_setting_stands_in_it() -> None:
    written = (DOCS / "settings.md").read_text(encoding="utf-8")
    given = Experiment(name="example").to_dict()
    for section, values in given.items():
        names = [section] if not isinstance(values, dict) else [f"{section}.{n}" for n in values]
        for name in names:
            assert section == "tune" or f"| `{name}` |" in written, name
