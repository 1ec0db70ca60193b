"""Who may import whom (docs/architecture.md), read off the source."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src" / "mien"
BASE = {"numpy", "cv2", "PIL", "onnxruntime", "pydantic", "yaml", "rich", "typer", "mien"}
FOUNDATION = ("emotions", "errors", "ferplus", "preprocess", "config", "runs")
QUESTIONS = ("robustness", "cross", "groups", "errors")
MODULES = sorted(ROOT.rglob("*.py"))


def _name(path: Path) -> str:
    return ".".join(("mien", *path.relative_to(ROOT).with_suffix("").parts))


def _imports(path: Path, top_only: bool = False) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_only else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _inside(names: set[str], *packages: str) -> set[str]:
    return {n for n in names if any(n == p or n.startswith(f"{p}.") for p in packages)}


def _package(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_each_module_keeps_to_its_floor(path: Path) -> None:
    imports, package = _imports(path), _package(path)
    below = {f"mien.{p}" for p in FOUNDATION}
    if package in FOUNDATION:
        assert _inside(imports, "mien") <= {n for n in imports if _inside({n}, *below)}
    if package == "datasets":
        above = ("evaluation", "report", "training", "models", "transforms", "export")
        assert not _inside(imports, *(f"mien.{name}" for name in above))
    if package in ("datasets", "inference"):
        assert not _inside(imports, "torch", "torchvision", "lightning", "pandas", "matplotlib")
    if package != "training":
        assert not _inside(imports, "lightning")
    if package in ("transforms", "models"):
        assert not _inside(imports, "mien.training")
    if "corruptions" in path.parts:
        assert not _inside(imports, "torch")
    if path.parent.name in QUESTIONS and path.parent.parent.name == "evaluation":
        others = [name for name in QUESTIONS if name != path.parent.name]
        assert not _inside(imports, *(f"mien.evaluation.{name}" for name in others))
    if package == "report":
        assert not _inside(imports, "torch", "mien.models", "mien.training", "mien.inference")
    if package not in ("cli", "__main__"):
        assert not _inside(imports, "mien.cli", "mien.app")


@pytest.mark.parametrize(
    "name",
    [
        *("case", "checks", "metrics", "protocols", "ranking", "truths"),
        *(f"certainty/{name}" for name in ("binomial", "calibration", "conformal", "selective")),
        "certainty/temperature",
        *(f"sampling/{name}" for name in ("intervals", "resampling", "significance", "weighted")),
        *(f"sampling/{name}" for name in ("parts", "sides")),
    ],
)
def test_scores_are_numpy_in_numbers_out(name: str) -> None:
    imports = _imports(ROOT / "evaluation" / f"{name}.py")
    foreign = {
        n for n in imports if n.split(".")[0] not in {"numpy", "mien", *sys.stdlib_module_names}
    }
    assert not foreign
    own = {"mien.emotions", "mien.errors", "mien.evaluation", "mien.ferplus"}
    assert _inside(imports, "mien") <= _inside(imports, *own)


@pytest.mark.parametrize(
    "path",
    [p for p in MODULES if _package(p) in ("cli", "datasets", "inference", *FOUNDATION)],
    ids=_name,
)
def test_the_base_install_is_enough_to_import(path: Path) -> None:
    top = {n.split(".")[0] for n in _imports(path, top_only=True)}
    assert top - set(sys.stdlib_module_names) <= BASE


@pytest.mark.parametrize(
    "code", ["import mien", "import mien; mien.load", "from mien.cli.main import app"]
)
def test_starting_loads_neither_torch_nor_matplotlib(code: str) -> None:
    heavy = {"torch", "matplotlib", "pandas", "lightning"}
    probe = f"{code}; import sys; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
