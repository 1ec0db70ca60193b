from pathlib import Path

import pytest

from mien.config import Experiment
from mien.errors import ConfigError, UnknownNameError

CONFIGS = sorted((Path(__file__).parent.parent / "configs").glob("*.yaml"))


def _write(folder: Path, text: str) -> Path:
    path = folder / "experiment.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", CONFIGS, ids=lambda p: p.stem)
def test_every_shipped_experiment_is_valid_and_builds_its_network(path: Path) -> None:
    registry = pytest.importorskip("mien.models.registry")
    experiment = Experiment.load(path)
    assert experiment.name == path.stem
    registry.build(experiment)


def test_the_resolved_yaml_reads_back_the_same(tmp_path: Path) -> None:
    for path in CONFIGS:
        experiment = Experiment.load(path)
        assert Experiment.load(_write(tmp_path, experiment.to_yaml())) == experiment


def test_the_name_is_the_files_where_none_is_given(tmp_path: Path) -> None:
    assert Experiment.load(_write(tmp_path, "seed: 3")).name == "experiment"


def test_overrides_reach_any_depth(tmp_path: Path) -> None:
    path = _write(tmp_path, "train: {epochs: 9}")
    overrides = ["train.epochs=5", "data.heads=[ferplus]", "seed=7", "preprocess.size=64"]
    experiment = Experiment.load(path, overrides)
    assert (experiment.train.epochs, experiment.seed, experiment.preprocess.size) == (5, 7, 64)
    assert experiment.data.heads == ("ferplus",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trian: {epochs: 3}", "trian: unknown key; known here: name, seed, data"),
        ("train: {epoch: 3}", "train.epoch: unknown key; known here: epochs"),
        ("preprocess: {sise: 3}", "preprocess.sise: unknown key; known here: size"),
        ("train: {epochs: 0}", "train.epochs: .* greater than or equal to 1, not 0"),
        ("optimizer: {lr: fast}", "optimizer.lr: .*, not 'fast'"),
        ("schedule: {name: step}", "'cosine', 'plateau' or 'constant', not 'step'"),
        ("name: a/b", "name: "),
        ("data: {heads: []}", "one or more different label sets"),
        ("- a list", "expected keys and values, not list"),
        ("a: [", "cannot be read as YAML"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Experiment.load(_write(tmp_path, text))


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = _write(tmp_path, "seed: -1\ntrain: {epochs: 0, speed: 9}")
    with pytest.raises(ConfigError, match="3 problems") as caught:
        Experiment.load(path)
    assert all(key in str(caught.value) for key in ("seed", "train.epochs", "train.speed"))


@pytest.mark.parametrize("override", ["train.epochs", "=3", "seed.x=3", "seed=[3"])
def test_a_broken_override_is_refused(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigError):
        Experiment.load(_write(tmp_path, "seed: 1"), [override])


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nowhere.yaml: no such file"):
        Experiment.load(Path("nowhere.yaml"))


def test_unknown_heads_and_models_list_the_choices(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="known: fer2013, ferplus"):
        Experiment.load(_write(tmp_path, "data: {heads: [rafdb2]}"))
    registry = pytest.importorskip("mien.models.registry")
    with pytest.raises(UnknownNameError, match="known: compact, lenet"):
        registry.build(Experiment.load(_write(tmp_path, "model: {name: vgg}")))
