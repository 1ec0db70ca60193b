"""What cells and notes say, case by case."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_runs import COMMIT, SHA, evaluated, made_run, write

from mien.evaluation.metrics import wilson_interval
from mien.report.compare import numbers, words
from mien.report.compare.column import accuracy_column
from mien.report.compare.files import save
from mien.report.compare.inputs import read
from mien.report.compare.notes import notes_of
from mien.report.compare.numbers import Measure, Score
from mien.report.compare.record import Report, Run
from mien.report.compare.rows import Row, rows_of, settings_of
from mien.report.compare.tables import protocol_words, tables_of, track_title


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """Makes runs, and reads them."""
    count = iter(range(100))
    return lambda **how: read(made_run(tmp_path / f"run{next(count)}", **how))


def _seeds(made: Any, *each: dict[str, Any]) -> Row:
    """Return the row of runs that differ in their seed and in what is given."""
    runs = [
        made(**{**how, "config": {"seed": n, **how.get("config", {})}})
        for n, how in enumerate(each)
    ]
    [row] = rows_of(runs)
    return row


def _note(run: Run) -> str:
    return notes_of(tables_of([run])[0])[0]


@pytest.mark.parametrize(
    ("track", "title"),
    [
        (("fer2013",), "FER-2013 labels"),
        (("ferplus",), "FER+ votes"),
        (("fer2013", "ferplus"), "Both: FER-2013 labels and FER+ votes"),
        (("rafdb",), "RAF-DB labels"),
        (("ckplus", "rafdb"), "CK+ and RAF-DB labels"),
        (("seven",), "seven labels"),
    ],
)
def test_tracks_have_titles(track: tuple[str, ...], title: str) -> None:
    assert track_title(track) == title


def test_a_set_that_has_only_labels_is_not_said_to_have_votes(made: Any) -> None:
    config = {"data.heads": ["ferplus"]}
    data = {"label_set": "ferplus", "heads": {"ferplus": {"votes": False}}}
    plain = made(config=config, data=data, right=None)
    assert [table.title for table in tables_of([plain])] == ["FER+ labels"]
    voted = made(config=config, right=None)
    assert [table.title for table in tables_of([voted])] == ["FER+ votes"]


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1.3702, "1.37 h"), (0.5, "30.0 min"), (1 / 60, "1.0 min"), (0.003, "11 s"), (0, "0 s")],
)
def test_times_have_the_unit_that_fits(hours: float, said: str) -> None:
    assert numbers.duration(hours) == said


def test_the_interval_of_an_evaluation_is_kept(made: Any) -> None:
    run = made()
    by_person = Report(n=200, accuracy=0.7, macro_f1=0.7, interval=(0.5, 0.9))
    assert Score((by_person,)).interval == (0.5, 0.9)
    [row] = rows_of([run])
    assert row.official is not None
    assert row.official.interval == pytest.approx(wilson_interval(140, 200))


def test_few_people_have_no_interval_and_never_that_of_their_pictures(made: Any) -> None:
    few = Report(n=200, accuracy=0.7, macro_f1=0.7, unit="subject")
    assert Score((few,)).interval is None
    assert Score((few.model_copy(update={"unit": "picture"}),)).interval is not None
    [row] = rows_of([made()])
    column = accuracy_column("official", lambda _: Score((few,)), interval=True)
    assert (column.markdown(row), column.detail(row)) == ("70.00 (—)", "")
    assert column.fields(row)["official_percent_low"] is None


@pytest.mark.parametrize(
    ("protocol", "said"),
    [
        ("fer2013", "FER-2013 labels"),
        ("ferplus_majority", "FER+ majority labels"),
        ("ferplus_majority_without_contempt", "FER+ majority labels without contempt"),
        ("eight", "eight labels"),
        ("jaffe", "JAFFE labels"),
    ],
)
def test_protocols_have_names(protocol: str, said: str) -> None:
    assert protocol_words(protocol) == said


def test_a_label_set_that_nobody_named_keeps_its_own_name() -> None:
    assert words.set_name("mine") == "mine"


@pytest.mark.parametrize(
    ("values", "digits", "times", "said"),
    [
        ((0.6765,), 2, 100, "67.65"),
        ((0.67, 0.69), 2, 100, "68.00 ± 1.41"),
        ((0.7,), 3, 1, "0.700"),
        ((0.7, 0.7, 0.7), 3, 1, "0.700 ± 0.000"),
    ],
)
def test_means_have_their_deviation(
    values: tuple[float, ...], digits: int, times: float, said: str
) -> None:
    assert numbers.decimals(Measure(values), digits, times) == said


def test_what_is_not_known_is_a_dash() -> None:
    assert numbers.percent(None) == numbers.decimals(None, 3) == "—"


def test_a_run_of_an_installed_mien_has_no_commit(made: Any) -> None:
    assert words.commits(_seeds(made, {"environment": {"commit": None}})) == "—"


@pytest.mark.parametrize(
    ("macs", "said"), [(54_300_000, "54 M"), (9_990_000, "10 M"), (9_900_000, "9.9 M")]
)
def test_multiply_accumulates_are_whole_millions_from_ten(macs: int, said: str) -> None:
    assert numbers.mac_words(macs) == said


@pytest.mark.parametrize(
    ("reached", "said"),
    [((30,), "30"), ((30, 30), "30"), ((21,), "21 of 30"), ((28, 21, 30), "21–30 of 30")],
)
def test_epochs_are_those_reached(made: Any, reached: tuple[int, ...], said: str) -> None:
    assert words.epochs(_seeds(made, *({"state": {"epochs": n}} for n in reached))) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"monitor": "val_accuracy", "best": 0.7644}, "accuracy 76.44\u00a0%"),
        ({"monitor": "val_loss", "best": 1.27226}, "loss 1.2723"),
        ({"monitor": "val_macro_f1", "best": 0.7}, "macro-F1 0.700"),
        ({"monitor": "val_recall", "best": 0.5}, "val_recall 0.5000"),
        ({"best": None}, "—"),
    ],
)
def test_the_best_validation_value_says_what_it_is(
    made: Any, state: dict[str, Any], said: str
) -> None:
    assert words.best(_seeds(made, {"state": state})) == said


def test_seeds_are_told_with_what_they_ran_on(made: Any) -> None:
    gpu = {"environment": {"gpu": "H200", "commit": "f" * 40}, "state": {"hours": 0.1}}
    row = _seeds(made, {"state": {"hours": 1.0}}, gpu)
    assert words.seeds(row) == "2 (0, 1)"
    assert words.seed_count(row) == "2"
    assert words.devices(row) == "cpu, gpu"
    assert words.commits(row) == f"{COMMIT[:8]}, ffffffff"
    assert row.hours.mean == pytest.approx(0.55)


def test_a_seed_without_a_best_value_leaves_none_for_the_row(made: Any) -> None:
    row = _seeds(made, {}, {"state": {"best": None}})
    assert row.best is None
    assert words.best(row) == "—"


def test_both_label_sets_are_named(made: Any) -> None:
    record = made(config={"data.heads": ["ferplus", "fer2013"]}).record
    assert words.learnt(record) == "FER-2013 labels, FER+ votes"


def test_pretrained_weights_of_a_file_are_named_without_its_folder(made: Any) -> None:
    config = {"model.name": "resnet18", "model.pretrained": "weights/resnet18.pth"}
    assert words.other_data(_seeds(made, {"config": config})) == "weights of resnet18.pth"


def test_weights_of_an_earlier_run_are_told_by_their_hash_where_it_is_known(made: Any) -> None:
    config = {"model.weights": "runs/a/best.safetensors"}
    [row] = rows_of([made(config=config)])
    assert words.other_data(row) == "weights of an earlier run"
    [row] = rows_of([made(config=config, data={"started_from": SHA})])
    assert words.other_data(row) == f"weights of an earlier run {SHA[:12]}"


def test_weights_are_compared_by_hash_and_files_by_name(made: Any) -> None:
    one = made(config={"model.weights": "a/best.safetensors"}).record
    other = made(config={"model.weights": "b/other.safetensors", "seed": 3}).record
    assert settings_of(one) == settings_of(other)
    fold = {"data.fold": {"file": "a/folds.csv", "held_out": 1}}
    moved = {"data.fold": {"file": "b/other.csv", "held_out": 1}}
    assert settings_of(made(config=fold).record) == settings_of(made(config=moved).record)
    second = {"data.fold": {"file": "a/folds.csv", "held_out": 2}}
    assert settings_of(made(config=fold).record) != settings_of(made(config=second).record)


def test_reading_settings_does_not_change_them(made: Any) -> None:
    record = made().record
    before = record.to_dict()
    settings_of(record)
    assert record.to_dict() == before


def test_a_run_that_learnt_nothing_yet_has_no_pace(made: Any) -> None:
    state = {"status": "running", "epochs": 0, "hours": 0}
    said = _note(made(right=None, state=state))
    assert said.startswith("lenet, seed 0: not finished after 0 of 30 epochs: mien train --resume ")
    assert "pace" not in said


def test_a_pruned_trial_is_listed_as_unfinished(made: Any) -> None:
    state = {"status": "pruned", "epochs": 3, "hours": 0.1}
    [table] = tables_of([made(right=None, state=state), made()])
    assert [words.epochs(row) for row in table.rows] == ["30", "3 of 30"]
    assert notes_of(table) == [
        "lenet, seed 0: not finished after 3 of 30 epochs and 6.0 min; at this pace all of "
        "them take 1.00 h (pruned by mien tune)"
    ]


def test_a_head_that_fits_no_test_picture_is_not_to_be_evaluated_again(tmp_path: Path) -> None:
    root = made_run(tmp_path / "r")
    path = root / "evaluation" / "fer2013-test" / "metrics.json"
    write(path, {**json.loads(path.read_text()), "heads": {"fer2013": {}}})
    assert _note(read(root)) == (
        "lenet, seed 0: no test picture has a label that it can be scored on"
    )


def test_a_result_file_without_scores_names_no_command(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    run = read(made_run(tmp_path / "r", right=None))
    save(path, run)
    again = read(path)
    assert _note(again) == "lenet, seed 0: not evaluated"


def test_scores_on_validation_alone_are_no_evaluation(made: Any) -> None:
    assert "not evaluated: mien evaluate " in _note(made(scored={"split": "val"}))


def test_a_run_scored_on_two_datasets_stands_in_two_tables(tmp_path: Path) -> None:
    root = made_run(tmp_path / "r", right=0.7)
    described = {"name": "fer2013", "sha256": SHA, "label_set": "fer2013"}
    place = {"name": "raf", "sha256": "d" * 64, "label_set": "rafdb"}
    evaluated(root, 0.4, 100, described, ("fer2013",), place)
    run = read(root)
    own, raf = sorted(tables_of([run]), key=lambda table: table.data)
    assert (own.data, own.protocol, own.n) == ("fer2013", "fer2013", (200, 150))
    assert (raf.data, raf.protocol, raf.n) == ("raf", "rafdb", (100, 75))
    assert words.other_data(raf.rows[0]) == "learnt from fer2013"
    assert words.data_short(raf.rows[0]) == "fer2013, full-trained"
    assert raf.subtitle == "raf, test split, against RAF-DB labels: official n = 100, dedup n = 75"


def test_what_stands_below_a_table_is_said_once(made: Any) -> None:
    heads = {"data.heads": ["ferplus"]}
    runs = [made(n=400, config={**heads, "name": name}) for name in "ab"]
    notes = notes_of(tables_of(runs)[0])
    assert len(notes) == len(set(notes)) == 2
    assert notes[0] == (
        "some classes have fewer than 50 test pictures: macro-F1 ≥50 is the mean over the others"
    )


def test_numbers_of_a_score_by_hand(made: Any) -> None:
    score = _seeds(made, {"right": 0.5, "n": 100}, {"right": 0.6, "n": 100}).official
    assert isinstance(score, Score)
    assert score.n == 100
    assert score.accuracy.values == (0.5, 0.6)
    assert score.unmasked is None
    ends = [wilson_interval(right, 100) for right in (50, 60)]
    assert score.interval == pytest.approx(np.mean(ends, axis=0))


def test_answers_that_the_labels_lack_are_given_unmasked_too(made: Any) -> None:
    place = {"name": "raf", "sha256": "d" * 64, "label_set": "rafdb"}
    [table] = tables_of([made(config={"data.heads": ["ferplus"]}, scored=place)])
    score = table.rows[0].official
    assert score is not None
    assert score.unmasked is not None
    assert score.unmasked.mean <= score.accuracy.mean
    assert "labels without contempt: its probability counts as 0" in " ".join(notes_of(table))
