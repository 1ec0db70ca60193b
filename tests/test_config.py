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
    registry.build(experiment, start=False)


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
        ("trian: {epochs: 3}", "line 1: trian: unknown key; did you mean train. known here: name"),
        (
            "train:\n  epoch: 3",
            "line 2: train.epoch: unknown key; did you mean train.epochs. known",
        ),
        ("train: {lr: 3}", "train.lr: unknown key; did you mean optimizer.lr. known here: epochs"),
        ("preprocess: {sise: 3}", "preprocess.sise: .* did you mean preprocess.size. known here: "),
        ("preprocess: {normalise: fixed}", "line 1: preprocess: fixed with 1 channel"),
        ("train: {epochs: 0}", "train.epochs: .* greater than or equal to 1, not 0"),
        ("optimizer: {lr: fast}", "optimizer.lr: .*, not 'fast'"),
        ("schedule: {name: stairs}", "'plateau' or 'constant', not 'stairs'"),
        ("train: {sizes: [32]}", r"train.sizes: the last must be preprocess.size \(48\), not 32"),
        ("train: {epochs: 1, sizes: [32, 48]}", "2 sizes need as many epochs at least"),
        ("mix: {mixup: 0.7, cutmix: 0.5}", "together at most 1"),
        ("schedule: {name: onecycle, warmup_epochs: 1}", "onecycle has its own rise"),
        (
            "optimizer: {sam: 0.1}\nmachine: {precision: '16'}",
            "does not go with machine.precision 16",
        ),
        ("optimizer: {lr: .inf}", "optimizer.lr: .* less than or equal to"),
        ("", "expected keys and values, not an empty file"),
        ("train: &t {epochs: *t}", "cannot be read as YAML|not "),
        ("model: compact", "model: expected a section of keys and values, not 'compact'"),
        ("train:", "line 1: train: expected a section of keys and values, not None"),
        ("train: {sizes: 32}", "train.sizes: expected a list, not 32"),
        ("seed: yes", "seed: expected a number; YAML reads yes, no"),
        ("optimizer: {lr: 1.0e+300}", "optimizer.lr: .* less than or equal to"),
        ("model: {top: 3}", "model.top goes with model.learn: top, not with all"),
        ("model: {learn: heads}\noptimizer: {backbone_lr: 0.1}", "nothing below the heads learns"),
        ("seed: 1\nseed: 2", "line 2: seed is there already, in line 1"),
        (
            "tune: {space: {optimizer.lr: {low: 1, high: 0.1}}}",
            "space.optimizer.lr: low must be below",
        ),
        (
            "tune: {space: {optimiser.lr: [1]}}",
            "optimiser.lr is no setting; did you mean optimizer.lr",
        ),
        ("tune: {space: {optimizer.lr: []}}", "tune.space.optimizer.lr: .*at least 1"),
        ("data: {heads: [rafdb2]}", "unknown label set 'rafdb2'; known: fer2013, ferplus"),
        ("name: a/b", "name: "),
        ("data: {heads: []}", "one or more different label sets"),
        ("- a list", "expected keys and values, not a list"),
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


@pytest.mark.parametrize("precision", ["16", "'16'", "32", "bf16"])
def test_a_precision_may_be_a_number(tmp_path: Path, precision: str) -> None:
    path = _write(tmp_path, f"machine: {{precision: {precision}}}")
    assert Experiment.load(path).machine.precision == precision.strip("'")


def test_a_wrong_override_is_not_laid_to_the_file(tmp_path: Path) -> None:
    path = _write(tmp_path, "seed: 1\ntrain:\n  epochs: 3\nmix: {mixup: 9}")
    with pytest.raises(ConfigError) as caught:
        Experiment.load(path, ["train.epochs=abc"])
    assert "  train.epochs: " in str(caught.value)
    assert "  line 4: mix.mixup: " in str(caught.value)


def test_all_broken_overrides_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="2 problems"):
        Experiment.load(_write(tmp_path, "seed: 1"), ["seed", "train.epochs=[1", "seed=2"])


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Experiment.load(_write(tmp_path, f"seed: {'x' * 5000}"))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "override",
    ["train.epochs", "=3", "seed.x=3", "seed=[3", "train.epochs=2024-13-45", "x=" + "[" * 3000],
)
def test_a_broken_override_is_refused(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigError):
        Experiment.load(_write(tmp_path, "seed: 1"), [override])


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nowhere.yaml: no such file"):
        Experiment.load(Path("nowhere.yaml"))


def test_an_unknown_model_lists_the_choices(tmp_path: Path) -> None:
    registry = pytest.importorskip("mien.models.registry")
    with pytest.raises(UnknownNameError, match="known: compact, compact_m"):
        registry.build(Experiment.load(_write(tmp_path, "model: {name: vgg}")))


def test_problems_come_in_the_order_of_the_file_with_their_lines(tmp_path: Path) -> None:
    path = _write(tmp_path, "seed: 1\ntrain:\n  epoch: 3\n  speed: 9\nloss: {gamma: 99}\n")
    with pytest.raises(ConfigError) as caught:
        Experiment.load(path)
    lines = str(caught.value).splitlines()[1:]
    assert [line.split()[1] for line in lines] == ["3:", "4:", "5:"]


def test_changed_settings_are_checked_again() -> None:
    experiment = Experiment.from_dict({"name": "x"})
    assert experiment.changed({"optimizer.lr": 0.5, "data.path": "a"}).optimizer.lr == 0.5
    with pytest.raises(ConfigError, match=r"optimizer\.lr: .*greater than 0, not -1"):
        experiment.changed({"optimizer.lr": -1})
    with pytest.raises(ConfigError, match="seed is a value, not a section"):
        experiment.changed({"seed.x": 1})


def test_no_folder_of_the_machine_is_told() -> None:
    values = {
        "name": "x",
        "data": {
            "path": "/home/me/data/set",
            "fold": {"file": "/home/me/folds.csv", "held_out": 0},
        },
        "model": {"weights": "/home/me/best.safetensors", "pretrained": "/home/me/w.pth"},
    }
    told = Experiment.from_dict(values).without_folders().to_yaml()
    assert "/home" not in told
    assert all(name in told for name in ("set", "folds.csv", "best.safetensors", "w.pth"))
