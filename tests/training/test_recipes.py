"""Every named recipe of configs/ runs end to end on drawn faces."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from mien.models.torchvision_operators import declare  # noqa: E402

declare()

from safetensors.torch import save_file  # noqa: E402

from mien.config import Experiment, Model  # noqa: E402
from mien.datasets.prepared import PreparedSet  # noqa: E402
from mien.evaluation.answering import open_model  # noqa: E402
from mien.evaluation.asked import rows_of  # noqa: E402
from mien.evaluation.scoring import points  # noqa: E402
from mien.models.backbones import backbone  # noqa: E402
from mien.training.fit import fit  # noqa: E402

CONFIGS = Path(__file__).parents[2] / "configs"
NAMED = (
    "shared_cnn_fer2013",
    "shared_cnn_rafdb",
    "lenet",
    "resnet18_extract",
    "resnet18_finetune",
    "vgg16_extract",
    "vgg16_finetune",
    "mycnn_merged8",
    "resnet18_merged8",
    "four_block",
    "three_block",
)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights in the place of ImageNet's, which are not fetched in a test."""
    folder = tmp_path_factory.mktemp("weights")
    for name in ("resnet18", "vgg16"):
        body, _ = backbone(Model(name=name), 3, 32)
        save_file(body.state_dict(), folder / f"{name}.safetensors")
    return folder


@pytest.mark.parametrize("name", NAMED)
def test_the_recipe_runs_from_training_to_scores(
    name: str, drawn_set: Path, tmp_path: Path, weights: Path
) -> None:
    recipe = Experiment.load(CONFIGS / f"{name}.yaml")
    small = {
        "data.path": str(drawn_set),
        "data.heads": ["ferplus"],
        "preprocess.size": 32,
        "train.epochs": 1,
        "schedule.warmup_epochs": 0,
    }
    if recipe.model.pretrained:
        assert recipe.model.pretrained == "imagenet"
        small["model.pretrained"] = str(weights / f"{recipe.model.name}.safetensors")
    said: list[str] = []
    run = fit(recipe.changed(small), tmp_path / "run", say=said.append)
    learn, every = (json.loads(run.network.read_text())[key] for key in ("trained", "parameters"))
    assert (learn < every) == (recipe.model.learn != "all")
    prepared = PreparedSet.open(drawn_set)
    scores = points(open_model(run.root).on(prepared, rows_of(prepared, "test")))
    assert scores["ferplus"]["ferplus"]["official"]["n"] == 24
    assert said[-2].startswith("epoch 1/1")


def test_the_two_shared_recipes_differ_in_name_and_data_alone() -> None:
    first, second = (
        Experiment.load(CONFIGS / f"shared_cnn_{name}.yaml") for name in ("fer2013", "rafdb")
    )
    same = {"name": "x", "data.path": "x", "data.heads": ["fer2013"]}
    assert first.changed(same) == second.changed(same)
    assert (first.data.heads, second.data.heads) == (("fer2013",), ("rafdb",))
