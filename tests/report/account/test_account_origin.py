import json
from pathlib import Path
from typing import Any

import pytest
from made_accounts import about_file, story_of, told_run

from mien.report.account.origin import (
    data_words,
    facts,
    input_words,
    network_words,
    origin,
    start_words,
)
from mien.report.account.story import Story
from mien.report.account.subject import Subject


def _file(**changes: Any) -> Subject:
    return Subject(Path("small.onnx"), about_file(**changes), {}, ())


def test_the_facts_of_a_run_are_all_there(story: Story) -> None:
    found = dict(facts(story.first))
    assert found["experiment"] == "lenet"
    assert found["network"].startswith("lenet, 1.02 M parameters, 54 M multiply-accumulates")
    assert found["learnt from"] == "28,709 training pictures of fer2013, none left out"
    assert found["chosen on"] == "3,589 validation pictures"
    assert found["seed"] == "0"
    assert found["epochs"] == "30; the weights of epoch 29"
    assert found["chosen by"] == "best val_accuracy on validation: 0.7100"
    assert found["time"] == "1.37 h"
    assert found["hardware"] == "Some CPU, 1 thread"
    assert found["manifest"].endswith(story.first.data["sha256"])
    assert len(found["sha256 of the weights"]) == 64
    assert "started from" not in found
    assert "fold held out" not in found


def test_over_several_heads_what_an_epoch_was_chosen_by_is_a_mean_or_a_sum() -> None:
    found = dict(facts(_file()))
    assert found["chosen by"] == (
        "best val_accuracy (mean of heads ferplus and fer2013) on validation: 0.7654"
    )
    about = about_file()
    about["provenance"]["monitor"] = "val_loss"
    found = dict(facts(Subject(Path("small.onnx"), about, {}, ())))
    assert found["chosen by"].startswith("best val_loss (sum of heads ferplus and fer2013)")


def test_a_file_that_knows_no_more_tells_its_size(tmp_path: Path) -> None:
    path = tmp_path / "small.onnx"
    path.write_bytes(b"0" * 2_340_000)
    assert network_words(Subject(path, about_file(), {}, ())) == "compact, a file of 2.3 MB"


def test_the_data_of_the_start_weights_is_named() -> None:
    about = about_file()
    about["provenance"]["config"] = "model: {name: a, weights: run}"
    about["provenance"]["data"] |= {"started_from": "abcdef" * 10, "started_on": {"name": "home"}}
    said = start_words(Subject(Path("s.onnx"), about, {}, ()))
    assert said == "weights of an earlier run abcdefabcdef, which learnt from home"


def test_what_a_file_does_not_say_is_a_dash() -> None:
    bare = about_file()
    bare["provenance"] = {}
    found = dict(facts(Subject(Path("small.onnx"), bare, {}, ())))
    assert found["learnt from"] == "not known"
    assert found["seed"] == found["versions"] == found["sha256 of the weights"] == "–"
    assert found["commit of mien"] == "not known"
    assert "epochs" not in found


def test_a_graphics_card_and_a_fold_are_named() -> None:
    about = about_file()
    about["provenance"] |= {"gpu": "A card"}
    about["provenance"]["data"] |= {"fold": {"held_out": 3}}
    found = dict(facts(Subject(Path("small.onnx"), about, {}, ())))
    assert found["hardware"] == "A card"
    assert found["fold held out"] == "3"


@pytest.mark.parametrize(
    ("faces", "told"), [("crop", "cut out around"), ("align", "turned upright"), ("", None)]
)
def test_it_says_how_the_faces_were_cut_out(faces: str, told: str | None) -> None:
    found = dict(facts(_file(framing={"faces": faces})))
    assert ("faces" in found) == (told is not None)
    assert told is None or told in found["faces"]


def test_the_head_that_answers_comes_first() -> None:
    names = [name for name, _ in facts(_file()) if name.startswith("head ")]
    assert names == ["head ferplus", "head fer2013"]


def test_networks_say_their_width_and_how_much_of_them_learnt() -> None:
    about = about_file()
    about["provenance"]["config"] = "model: {name: compact, width: 1.5}"
    network = {"parameters": 2_000_000, "trained": 500_000, "macs": 4_000_000}
    wide = Subject(Path("run"), about, network, ())
    assert network_words(wide) == (
        "compact (width 1.5), 2.00 M parameters, 0.50 M of them learnt, 4.0 M "
        "multiply-accumulates a face"
    )
    assert network_words(_file()) == "compact"


def test_the_input_says_colour_and_normalisation() -> None:
    assert input_words(_file()) == "48×48 grey, normalised per_image"
    spec = {"size": 64, "channels": 3, "normalise": "imagenet", "equalise": "none"}
    assert input_words(_file(preprocessing=spec)) == "64×64 RGB, normalised imagenet"


def test_what_was_left_out_is_named() -> None:
    about = about_file()
    about["provenance"]["data"]["left_out"] = ["copies", "not_face"]
    assert data_words(Subject(Path("s.onnx"), about, {}, ())) == (
        "28,006 training pictures of fer2013, copies and not_face left out"
    )


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("{name: a}", ""),
        ("{name: a, pretrained: imagenet}", "weights of ImageNet"),
        ("{name: a, pretrained: own.pth}", "weights of own.pth"),
        ("{name: a, weights: run}", "weights of an earlier run abcdefabcdef"),
    ],
)
def test_it_says_which_weights_training_began_with(model: str, told: str) -> None:
    about = about_file()
    about["provenance"]["config"] = f"model: {model}"
    about["provenance"]["data"]["started_from"] = "abcdef" * 10
    assert start_words(Subject(Path("s.onnx"), about, {}, ())) == told


def test_of_several_seeds_all_are_named(tmp_path: Path) -> None:
    roots = [
        told_run(tmp_path / f"s{seed}", seed=seed, parts=(), calibrated=False) for seed in (1, 2)
    ]
    table = origin(story_of(*roots)).tables[0]
    assert table.caption.endswith("where seeds differ, that of seed 1")
    assert dict(table.rows)["seed"] == "1 and 2"


def test_a_run_without_curves_has_none(tmp_path: Path) -> None:
    from mien.report.account.pieces import Section
    from mien.report.account.whole import told

    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    (root / "metrics.csv").unlink()
    sections = {one.id: one for one in told(story_of(root)) if isinstance(one, Section)}
    assert sections["origin"].pictures == ()


def test_damaged_curves_are_one_clear_line(tmp_path: Path) -> None:
    from mien.errors import RunError
    from mien.report.account.whole import told

    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    (root / "metrics.csv").write_text("epoch,train_loss,val_loss\n1,a,b\n")
    with pytest.raises(RunError, match=r"metrics.csv: expected the metrics of a run"):
        told(story_of(root))


def test_a_run_of_older_settings_is_told_all_the_same(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    path = root / "environment.json"
    values = json.loads(path.read_text())
    for key in ("packages", "threads", "time"):
        values.pop(key)
    path.write_text(json.dumps(values))
    found = dict(facts(story_of(root).first))
    assert found["hardware"] == "Some CPU"
    assert found["trained"] == "–"
