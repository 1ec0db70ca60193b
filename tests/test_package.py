import re
import runpy
import tomllib
from importlib.metadata import version
from pathlib import Path

import mien

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_requirements_txt_is_what_the_extras_say() -> None:
    made = runpy.run_path(str(ROOT / "tools" / "requirements.py"))["requirements"]()
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8") == made


def test_the_base_install_has_no_deep_learning_framework() -> None:
    names = {re.split(r"[<>=\[]", line)[0] for line in PROJECT["dependencies"]}
    assert not names & {"torch", "tensorflow", "keras", "lightning", "jax", "pandas", "matplotlib"}


def test_all_names_every_extra_a_user_may_want() -> None:
    extras = set(PROJECT["optional-dependencies"])
    (everything,) = PROJECT["optional-dependencies"]["all"]
    named = set(everything.removeprefix("mien[").removesuffix("]").split(","))
    assert named == extras - {"all", "dev", "docs"}


def test_the_version_is_one() -> None:
    assert version("mien") == mien.__version__
    assert f"## {mien.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_makefile_has_its_targets() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("install", "install-dev", "run", "test", "lint", "format", "clean"):
        assert re.search(rf"^{target}:", text, re.MULTILINE), target
