import json
from pathlib import Path

import pytest
from made_accounts import PLACE, about_file, answered, evaluated, story_of, told_run

from mien.errors import RunError, UsageError
from mien.report.account.pieces import Section
from mien.report.account.robust import robust
from mien.report.account.story import choose, stories
from mien.report.account.subject import of_file, of_run
from mien.runs import sha256


def test_a_run_tells_what_a_model_file_would(whole_run: Path) -> None:
    subject = of_run(whole_run)
    assert subject.name == "lenet"
    assert subject.origin["weights_sha256"] == sha256(whole_run / "best.safetensors")
    assert subject.data["rows"]["train"] == 28_709
    assert subject.about["heads"]["fer2013"]["fitted_on"]["split"] == "val"
    assert subject.config["model"]["name"] == "lenet"
    (one,) = subject.evaluations
    assert (one.name, one.dataset, one.split) == (PLACE, "fer2013", "test")
    assert set(one.parts) == {"robustness", "groups", "errors"}
    assert len(one.predictions()) == 350


def test_no_path_of_the_machine_is_told(whole_run: Path) -> None:
    subject = of_run(whole_run)
    assert str(whole_run.parent) not in json.dumps(subject.about)
    assert "path: fer2013" in subject.origin["config"]


def test_a_run_that_has_not_finished_is_refused(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=())
    (root / "state.json").write_text('{"status": "running"}')
    with pytest.raises(RunError, match="has not finished"):
        of_run(root)


def test_artefacts_of_other_weights_are_named_and_not_used(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", calibrated=False)
    path = root / "evaluation" / PLACE / "groups.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model_sha256": "0" * 64}))
    subject = of_run(root)
    assert set(subject.evaluations[0].parts) == {"robustness", "errors"}
    assert [one.what for one in subject.refused] == [f"{PLACE}/groups.json"]
    (root / "best.safetensors").write_bytes(b"trained anew")
    subject = of_run(root)
    assert subject.evaluations == ()
    assert "other weights" in subject.refused[0].sentence


def test_a_sample_is_told_of_where_not_all_was_scored(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=("robustness",), calibrated=False)
    folder = root / "evaluation" / PLACE
    values = json.loads((folder / "robustness.json").read_text())
    for rows in (9, 100, 300):
        grid = {**values["grid"], "rows": rows, "sampled": True}
        other = {"model_sha256": "0" * 64} if rows == 300 else {}
        place = folder / f"robustness-{rows}-rows"
        place.mkdir()
        (place / "robustness.json").write_text(json.dumps({**values, "grid": grid, **other}))
    assert of_run(root).evaluations[0].parts["robustness"] == values
    (folder / "robustness.json").unlink()
    assert of_run(root).evaluations[0].parts["robustness"]["grid"]["rows"] == 100
    section = robust(story_of(root))
    assert isinstance(section, Section)
    assert "points less (on a sample of 100 pictures, drawn by lot, 95 % " in section.text[0]
    assert section.notes[0].endswith("for all leave --rows away")


def test_a_damaged_evaluation_is_one_clear_line(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=())
    path = root / "evaluation" / PLACE / "metrics.json"
    values = json.loads(path.read_text())
    del values["heads"]["fer2013"]["fer2013"]["dedup"]["accuracy"]
    path.write_text(json.dumps(values))
    with pytest.raises(RunError, match=r"metrics.json: .*KeyError: 'accuracy'.*evaluate again"):
        of_run(root)


def test_a_file_finds_its_evaluations_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "small.onnx"
    file.write_bytes(b"a network")
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    folder = evaluated(tmp_path / "x", _of(root, sha256(file)))
    folder.parent.rename(tmp_path / "small-evaluation")
    subject = of_file(file, about_file())
    assert [one.name for one in subject.evaluations] == [PLACE]
    assert subject.heads == ["ferplus", "fer2013"]
    assert subject.command("groups") == "mien groups small.onnx --data DATASET"
    assert of_file(file, about_file(), tmp_path / "small-evaluation").evaluations
    with pytest.raises(UsageError, match="nowhere: expected a folder"):
        of_file(file, about_file(), tmp_path / "nowhere")


def test_a_file_in_its_run_folder_has_the_evaluations_of_the_run(tmp_path: Path) -> None:
    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    file = root / "run.onnx"
    file.write_bytes(b"a network")
    about = about_file()
    assert of_file(file, about).evaluations == ()
    about["provenance"]["weights_sha256"] = sha256(root / "best.safetensors")
    assert [one.name for one in of_file(file, about).evaluations] == [PLACE]


def _of(root: Path, model_sha256: str) -> object:
    from dataclasses import replace

    found = answered(root, 0.6, 0)
    return replace(found, origin=replace(found.origin, model_sha256=model_sha256))


def test_seeds_of_one_experiment_are_told_together(tmp_path: Path) -> None:
    roots = [
        told_run(tmp_path / f"lenet-s{seed}", seed=seed, parts=(), calibrated=False)
        for seed in (2, 1)
    ]
    wide = told_run(tmp_path / "wide", config={"model.width": 2}, parts=(), calibrated=False)
    found = stories([of_run(root) for root in (*roots, wide)])
    assert [story.seeds for story in found] == [(1, 2), (0,)]
    assert len(found[0].reports("fer2013")) == 2
    assert found[0].reports("fer2013", "ferplus_majority") == []


def test_the_same_seed_twice_makes_two_stories(tmp_path: Path) -> None:
    roots = [told_run(tmp_path / name, parts=(), calibrated=False) for name in ("a", "b")]
    assert len(stories([of_run(root) for root in roots])) == 2


def test_the_test_split_of_what_was_learnt_from_is_told_first(tmp_path: Path) -> None:
    from dataclasses import replace

    root = told_run(tmp_path / "run", parts=(), calibrated=False)
    found = answered(root, 0.5, 1)
    for name, split in (("abroad", "test"), ("fer2013", "all")):
        origin = replace(found.origin, dataset=name, dataset_sha256="e" * 64, split=split)
        evaluated(root, replace(found, origin=origin))
    subject = of_run(root)
    assert len(subject.evaluations) == 3
    assert choose(subject).name == PLACE
    assert choose(subject, "abroad-test").dataset == "abroad"
    assert subject.command("errors", choose(subject, "fer2013-all")).endswith("--split all")
    with pytest.raises(UsageError, match="no evaluation abroad; there are: abroad-test, fer2013-a"):
        choose(subject, "abroad")
