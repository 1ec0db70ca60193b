"""Reading runs: from folders, from result files, and what is damaged."""

import json
from pathlib import Path

import pytest
from made_runs import SHA, made_run, write

from mien.errors import RunError, UsageError
from mien.report.compare.files import compact, save
from mien.report.compare.forms import csv_text
from mien.report.compare.inputs import gather, read
from mien.report.compare.reading import without_paths
from mien.report.compare.rows import rows_of
from mien.report.compare.tables import tables_of


def test_a_run_folder_is_read(tmp_path: Path) -> None:
    run = read(made_run(tmp_path / "lenet-s0"))
    record = run.record
    assert (record.name, record.config.model.name, record.config.seed) == ("lenet-s0", "lenet", 0)
    assert record.network.macs == 54_300_000
    report = record.evaluation["fer2013-test"].heads["fer2013"]["fer2013"]["official"]
    assert (report.n, report.accuracy) == (200, 0.7)
    assert run.is_folder


def test_a_run_cut_off_in_its_first_epoch_has_no_state(tmp_path: Path) -> None:
    root = made_run(tmp_path / "new", right=None)
    (root / "state.json").unlink()
    state = read(root).record.state
    assert (state.status, state.epochs, state.best) == ("running", 0, None)


@pytest.mark.parametrize("name", ["network.json", "data.json", "environment.json"])
def test_a_run_without_one_of_its_files_is_damaged(tmp_path: Path, name: str) -> None:
    root = made_run(tmp_path / "r")
    (root / name).unlink()
    assert gather([root]).refused == (f"{root}: damaged: {name} missing",)


@pytest.mark.parametrize("config", [{"seed": 1}, {"seed": 1, "data.heads": ["fer2013", "ferplus"]}])
def test_a_result_file_gives_the_identical_row(tmp_path: Path, config: dict[str, object]) -> None:
    root = made_run(tmp_path / "lenet-s1", config=config)
    run = read(root)
    path = tmp_path / "results" / "lenet.json"
    save(path, run)
    again = read(path)
    assert rows_of([again]) == rows_of([run])
    assert csv_text(tables_of([again])) == csv_text(tables_of([run]))
    assert again.record == run.record
    assert not again.is_folder


def test_a_result_file_keeps_what_a_reader_asks_for_and_is_small(tmp_path: Path) -> None:
    path = tmp_path / "lenet.json"
    save(path, read(made_run(tmp_path / "lenet-s0")))
    kept = json.loads(path.read_text())["run"]
    assert kept["environment"]["cpu"] == "Some CPU"
    scored = kept["evaluation"]["fer2013-test"]
    assert scored["environment"]["python"] == "3.11.7"
    assert scored["data"]["sha256"] == SHA
    report = scored["heads"]["fer2013"]["fer2013"]["dedup"]
    assert report["per_class"]["fear"]["recall"] > 0.5
    assert len(report["confusion"]) == 7
    assert kept["config"]["optimizer"]["name"] == "sgd"
    assert path.stat().st_size < 20_000


def test_a_result_file_names_no_place_on_the_machine(tmp_path: Path) -> None:
    config = {
        "model.name": "resnet18",
        "model.pretrained": "/home/anna/w/resnet.pth",
        "model.weights": "anna/runs/best.safetensors",
        "data.fold": {"file": "../anna/folds.csv", "held_out": 1},
    }
    failed = {"status": "failed", "reason": "cannot write /home/anna/x"}
    environment = {"executable": "/home/anna/python", "home": "C:\\Users\\anna\\mien"}
    root = made_run(tmp_path / "r", config=config, state=failed, environment=environment)
    path = tmp_path / "r.json"
    save(path, read(root))
    text = path.read_text()
    assert str(tmp_path) not in text
    assert "anna" not in text
    values = json.loads(text)["run"]
    assert values["config"]["data"]["path"] == "fer2013"
    assert values["config"]["model"]["pretrained"] == "resnet.pth"
    assert values["config"]["model"]["weights"] == "best.safetensors"
    assert values["config"]["data"]["fold"] == {"file": "folds.csv", "held_out": 1}
    assert values["environment"]["home"] == "mien"


def test_paths_become_their_last_name() -> None:
    assert without_paths({"a": ["/x/y", "3/4", {"b": "D:\\x\\y.csv"}], "c": 1}) == {
        "a": ["y", "3/4", {"b": "y.csv"}], "c": 1,
    }  # fmt: skip
    assert without_paths("\\\\server\\share\\x.pth") == "x.pth"
    assert without_paths("runs/a") == "runs/a"


def test_lists_stand_on_one_line_of_a_result_file() -> None:
    values = {"a": [1, 2], "b": [[1, 2], [3, 4]], "c": {}, "d": "ü"}
    text = compact(values)
    assert json.loads(text) == values
    assert text.splitlines()[1] == ' "a": [1, 2],'
    assert "  [3, 4]" in text.splitlines()
    assert '"ü"' in text


def test_a_result_is_not_written_over_another_file(tmp_path: Path) -> None:
    run = read(made_run(tmp_path / "r"))
    path = tmp_path / "r.json"
    path.write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        save(path, run)
    assert path.read_text() == "mine"
    save(path, run, overwrite=True)
    assert read(path) == run
    with pytest.raises(UsageError, match=r"NAME\.json"):
        save(tmp_path / "r.yaml", run)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("state.json", "{", "state.json: expected a JSON object"),
        ("state.json", '{"status": "well"}', "state.json: status: input should be 'running', "),
        ("state.json", '{"epochs": "many"}', "state.json: epochs: input should be a valid integer"),
        ("config.yaml", "a: [", "config.yaml: cannot be read as YAML"),
        ("config.yaml", "7", "config.yaml: expected "),
        ("config.yaml", "modle: {}", "modle"),
        ("data.json", "[]", "data.json: expected a JSON object"),
        ("network.json", '{"parameters": -1}', "network.json: parameters: "),
        ("evaluation/fer2013-test/metrics.json", "[", "metrics.json: expected a JSON object"),
        ("evaluation/fer2013-test/metrics.json", "{}", "metrics.json: heads: field required"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, file: str, text: str, said: str) -> None:
    root = made_run(tmp_path / "broken")
    (root / file).write_text(text)
    with pytest.raises(RunError) as error:
        read(root)
    assert str(root / file) in str(error.value)
    assert said in str(error.value)


def test_every_damaged_file_is_named_at_once(tmp_path: Path) -> None:
    root = made_run(tmp_path / "broken")
    for name in ("state.json", "environment.json"):
        (root / name).write_text("{")
    for name in ("data.json", "network.json"):
        (root / name).unlink()
    with pytest.raises(RunError, match="3 problems") as error:
        read(root)
    assert f"{root}: damaged: network.json, data.json missing" in str(error.value)


def test_accuracies_that_are_none_are_refused(tmp_path: Path) -> None:
    root = made_run(tmp_path / "r")
    path = root / "evaluation" / "fer2013-test" / "metrics.json"
    path.write_text(path.read_text().replace('"accuracy": 0.7,', '"accuracy": NaN,', 1))
    with pytest.raises(RunError, match=r"heads\.fer2013\.fer2013\.official\.accuracy"):
        read(root)


def test_a_damaged_result_file_says_where(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write(path, {"run": {"name": "x"}})
    with pytest.raises(RunError, match=r"r.json: run.config: field required"):
        read(path)
    write(path, {"images_per_second": 3})
    with pytest.raises(RunError, match="found no 'run' in it"):
        read(path)


def test_what_is_no_run_is_told_from_what_is(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    one = made_run(runs / "one")
    (runs / "empty").mkdir()
    made_run(runs / "study" / "trials" / "0000")
    given = gather([one, runs / "empty", runs / "study", runs / "nowhere", runs])
    assert [run.source for run in given.runs] == [one]
    assert [str(runs / name) in said for name, said in zip(["empty", "nowhere", ""], given.refused,
            strict=True)] == [True, True, True]  # fmt: skip
    assert f"it holds 1: {runs}/*" in given.refused[2]
    assert "a study of mien tune" in given.notes[0]


def test_a_crossvalidation_is_set_aside_with_its_own_table(tmp_path: Path) -> None:
    root = tmp_path / "cv"
    made_run(root / "fold-1", data={"fold": {"held_out": 1}})
    write(root / "plan.json", {"dealing": {"folds": 5}})
    given = gather([root])
    assert given.notes == (
        f"{root}: a cross-validation, not finished: mien crossval --resume {root}",
    )
    write(root / "crossval.json", {})
    given = gather([root, root / "fold-1"])
    assert not given.refused
    assert f"a table of its own: {root}/crossval.md" in given.notes[0]
    assert [run.source for run in given.runs] == [root / "fold-1"]


def test_a_file_beside_the_runs_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lenet.log"
    path.write_text("epoch 1")
    with pytest.raises(RunError, match="this is another kind of file"):
        read(path)


def test_a_run_given_twice_counts_once(tmp_path: Path) -> None:
    root = made_run(tmp_path / "one", right=None, state={"status": "failed", "reason": "NaN"})
    path = tmp_path / "one.json"
    save(path, read(root))
    given = gather([root, path, root])
    assert len(given.runs) == 1
    assert len(given.notes) == 2
    assert "counted once" in given.notes[0]
