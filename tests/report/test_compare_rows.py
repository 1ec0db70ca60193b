"""Which runs make a row, which rows a table, and what their cells say."""

from pathlib import Path
from statistics import stdev
from typing import Any

import pytest
from made_runs import COMMIT, SHA, made_run

from mien.evaluation.metrics import wilson_interval
from mien.evaluation.protocols import own_protocol
from mien.report.compare import numbers, words
from mien.report.compare.inputs import read
from mien.report.compare.notes import notes_of
from mien.report.compare.numbers import Measure, Score
from mien.report.compare.record import Report, Run
from mien.report.compare.rows import Row, rows_of
from mien.report.compare.tables import Table, tables_of

OTHER = "c" * 64


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """Makes runs with a name each, and reads them."""
    count = iter(range(100))
    return lambda **how: read(made_run(tmp_path / f"run{next(count)}", **how))


def _row(run: Run) -> Row:
    return rows_of([run])[0]


def _names(table: Table) -> list[str]:
    return [row.record.config.name for row in table.rows]


def test_seeds_of_one_experiment_make_a_row(made: Any) -> None:
    shares = (0.7, 0.65, 0.72)
    runs = [made(right=share, config={"seed": seed}) for seed, share in zip((2, 0, 1), shares,
            strict=True)]  # fmt: skip
    [row] = rows_of(runs)
    assert row.seeds == (0, 1, 2)
    assert row.official is not None
    assert row.official.accuracy.values == (0.65, 0.72, 0.7)
    assert numbers.percent(row.official.accuracy) == f"69.00 ± {100 * stdev(shares):.2f}"
    assert numbers.percent(row.official.accuracy) == "69.00 ± 3.61"
    assert words.seeds(row) == "3 (0, 1, 2)"


def test_a_single_seed_says_so_and_has_no_deviation(made: Any) -> None:
    row = _row(made(config={"seed": 4}))
    assert words.seeds(row) == "one (4)"
    assert row.official is not None
    assert numbers.percent(row.official.accuracy) == "70.00"


@pytest.mark.parametrize(
    "how",
    [
        {"config": {"machine.threads": 2, "machine.accelerator": "gpu"}},
        {"config": {"data.path": "elsewhere/fer2013", "train.show_faces": 0}},
        {"environment": {"gpu": "H200", "commit": "0" * 40}},
    ],
)
def test_machine_and_place_do_not_part_a_row(made: Any, how: dict[str, Any]) -> None:
    how = {**how, "config": {"seed": 1, **how.get("config", {})}}
    assert len(rows_of([made(), made(**how)])) == 1


@pytest.mark.parametrize(
    "how",
    [
        {"config": {"optimizer.lr": 0.2}},
        {"config": {"model.width": 0.5}},
        {"config": {"train.epochs": 31}},
        {"data": {"sha256": OTHER}, "scored": {"sha256": SHA}},
        {"data": {"left_out": ["copies"]}},
        {"data": {"started_from": OTHER}},
        {"data": {"pretrained": {"file": "resnet18.pth", "sha256": OTHER}}},
        {"scored": {"sha256": OTHER}},
        {"n": 100},
    ],
)
def test_other_settings_data_or_start_part_rows(made: Any, how: dict[str, Any]) -> None:
    how = {**how, "config": {"seed": 1, **how.get("config", {})}}
    assert len(rows_of([made(), made(**how)])) == 2


def test_a_seed_that_was_run_twice_is_no_second_seed(made: Any) -> None:
    runs = [made(right=0.7), made(right=0.6), made(right=0.5, config={"seed": 1})]
    rows = rows_of(runs)
    assert [row.seeds for row in rows] == [(0, 1), (0,)]
    assert rows[1].official is not None
    assert numbers.percent(rows[1].official.accuracy) == "60.00"


def test_runs_that_did_not_end_stand_apart(made: Any) -> None:
    runs = [
        made(),
        made(right=None, config={"seed": 1}),
        made(
            right=None, config={"seed": 2}, state={"status": "running", "epochs": 7, "hours": 0.7}
        ),
    ]
    [table] = tables_of(runs)
    assert [row.seeds for row in table.rows] == [(0,), (1,), (2,)]
    assert [words.epochs(row) for row in table.rows] == ["30", "30", "7 of 30"]
    notes = notes_of(table)
    assert notes[0] == f"lenet, seed 1: not evaluated: mien evaluate {runs[1].source}"
    assert notes[1] == (
        "lenet, seed 2: not finished after 7 of 30 epochs and 42.0 min; at this pace all of them "
        f"take 3.00 h: mien train --resume {runs[2].source}"
    )


def test_a_run_that_stopped_says_why(made: Any) -> None:
    state = {"status": "failed", "reason": "the loss is NaN", "epochs": 0, "hours": 0.0}
    [table] = tables_of([made(right=None, state=state)])
    assert table.n == (None, None)
    assert notes_of(table)[0].startswith(
        "lenet, seed 0: stopped after 0 of 30 epochs (the loss is NaN)"
    )


def test_the_tracks_are_the_heads_that_were_learnt(made: Any) -> None:
    both = ["fer2013", "ferplus"]
    runs = [
        made(config={"data.heads": ["rafdb"]}, data={"label_set": "rafdb", "name": "rafdb"}),
        made(config={"data.heads": both}),
        made(config={"data.heads": ["ferplus"]}),
        made(config={"data.heads": both[::-1], "seed": 1}, right=0.5),
        made(),
        made(config={"data.heads": ["eight"]}, data={"label_set": "eight", "name": "merged"}),
    ]
    tables = tables_of(runs)
    assert [(table.title, table.protocol) for table in tables] == [
        ("FER-2013 labels", "fer2013"),
        ("FER+ votes", "ferplus_majority"),
        ("Both: FER-2013 labels and FER+ votes (head fer2013)", "fer2013"),
        ("Both: FER-2013 labels and FER+ votes (head ferplus)", "ferplus_majority"),
        ("RAF-DB labels", "rafdb"),
        ("eight labels", "eight"),
    ]
    assert tables[1].subtitle.startswith("fer2013, test split, against FER+ majority labels: ")


def test_other_numbers_of_pictures_are_another_table(made: Any) -> None:
    tables = tables_of([made(), made(n=100, scored={"sha256": OTHER}), made(right=None)])
    assert [(table.n, len(table.rows)) for table in tables] == [((200, 150), 2), ((100, 75), 1)]
    assert tables[0].subtitle.endswith("official n = 200, dedup n = 150")


def test_another_preparation_of_the_same_size_is_said(made: Any) -> None:
    [table] = tables_of([made(), made(config={"name": "b"}, scored={"sha256": OTHER})])
    notes = " ".join(notes_of(table))
    assert "different preparations of fer2013 were scored" in notes
    assert f"{OTHER[:12]} (b); {SHA[:12]} (lenet)" in notes
    assert f"b: scored on another preparation of fer2013 ({OTHER[:12]})" in notes
    assert not notes_of(tables_of([made()])[0])


def test_nets_that_saw_other_data_stand_last(made: Any) -> None:
    pretrained = {"name": "p", "model.name": "resnet18", "model.pretrained": "imagenet"}
    runs = [
        made(right=0.9, config=pretrained),
        made(right=0.95, config={"name": "w", "model.weights": "runs/a/best.safetensors"},
             data={"started_from": OTHER}),
        made(right=0.99, config={"name": "m"}, data={"name": "merged", "label_set": "eight"},
             scored={"name": "fer2013", "sha256": SHA, "label_set": "fer2013"}),
        made(right=0.5, config={"name": "own"}),
    ]  # fmt: skip
    [table] = tables_of(runs)
    assert _names(table) == ["own", "m", "w", "p"]
    said = [words.other_data(row) for row in table.rows]
    assert said == [
        "", "learnt from merged", f"weights of an earlier run {OTHER[:12]}", "weights of ImageNet",
    ]  # fmt: skip
    assert [words.other_short(row) for row in table.rows] == [
        "", "merged", "earlier run", "ImageNet",
    ]  # fmt: skip


def test_validation_and_train_scores_are_no_test_scores(made: Any) -> None:
    [row] = rows_of([made(scored={"split": "val"})])
    assert row.official is None


def test_the_best_stands_first_and_equals_by_name(made: Any) -> None:
    shares = {"c": 0.5, "b": 0.9, "z": None, "a": 0.5, "y": None}
    runs = [made(right=share, config={"name": name}) for name, share in shares.items()]
    [table] = tables_of(runs)
    assert _names(table) == ["b", "a", "c", "y", "z"]
    assert [len(part) for part in table.parts] == [5]


def test_own_labels_come_before_others() -> None:
    assert own_protocol("ferplus", ["fer2013", "ferplus_majority"]) == "ferplus_majority"
    assert own_protocol("fer2013", ["ferplus_majority", "fer2013"]) == "fer2013"
    assert own_protocol("fer2013", ["rafdb", "ferplus_majority"]) == "rafdb"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "fer2013, full-trained"),
        ({"left_out": ["copies"], "rows": {"train": 28_006}}, "fer2013, clean-trained"),
        ({"rows": {"train": 25_838}}, "fer2013, 25,838 pictures"),
        (
            {"left_out": ["copies"], "rows": {"train": 25_200}},
            "fer2013, 25,200 pictures without copies",
        ),
        (
            {"left_out": ["copies", "constant"], "rows": {"train": 27_990}},
            "fer2013, 27,990 pictures without copies, constant",
        ),
        ({"label_set": "seven", "name": "mine"}, "mine, 28,709 pictures"),
        ({"fold": {"held_out": 3}}, "fer2013, full-trained, without fold 3"),
    ],
)
def test_data_says_what_was_left_out(made: Any, data: dict[str, Any], said: str) -> None:
    row = _row(made(data=data))
    assert words.data_words(row.record) == said
    assert words.data_short(row) == said.partition(", ")[2]


@pytest.mark.parametrize(
    ("count", "digits", "said"),
    [
        (1_020_000, 2, "1.02 M"),
        (64_000, 2, "0.06 M"),
        (4_999, 2, "0.005 M"),
        (54_300_000, 0, "54 M"),
        (1_819_000_000, 0, "1,819 M"),
        (0, 2, "0.00 M"),
    ],
)
def test_counts_are_millions(count: int, digits: int, said: str) -> None:
    assert numbers.millions(count, digits) == said


def test_cells_of_a_run(made: Any) -> None:
    frozen = {"parameters": 2_233_000, "trained": 8_967, "macs": 3_210_000, "input": [3, 96, 96]}
    row = _row(
        made(
            config={"model.name": "compact", "model.width": 0.5, "data.heads": ["ferplus"]},
            network=frozen,
            environment={"gpu": "H200", "processes": 2, "commit": f"{COMMIT}+changes"},
            state={"monitor": "val_macro_f1", "best": 0.70149, "epochs": 21},
        )
    )
    assert words.model_words(row) == "compact (width 0.5)"
    assert words.parameters(row) == "2.23 M (0.01 M learn)"
    assert numbers.mac_words(row.record.network.macs) == "3.2 M"
    assert words.input_words(row) == "96×96 RGB"
    assert words.learnt(row.record) == "FER+ votes"
    assert words.devices(row) == "gpu ×2"
    assert words.commits(row) == f"{COMMIT[:8]}+changes"
    assert words.best(row) == "macro-F1 0.701"
    assert words.epochs(row) == "21 of 30"


def test_majority_labels_are_not_called_votes(made: Any) -> None:
    config = {"data.heads": ["ferplus"], "data.votes": "majority"}
    heads = {"heads": {"ferplus": {"votes": False}}}
    assert words.learnt(made(config=config, data=heads).record) == "FER+ majority"
    drawn = {**heads, "label_set": "ferplus"}
    assert words.learnt(made(config=config, data=drawn).record) == "FER+ labels"


def test_rare_classes_have_a_second_macro_f1(made: Any) -> None:
    [row] = rows_of([made(n=345, right=0.9)])  # 49 or 50 pictures a class
    assert row.official is not None
    supports = {c.support for c in row.official.reports[0].per_class.values()}
    assert supports == {49, 50}
    common = row.official.common_f1
    assert common is not None
    scores = [c.f1 for c in row.official.reports[0].per_class.values() if c.support >= 50]
    assert common.mean == pytest.approx(sum(scores) / 2)
    assert _row(made(n=350)).official.common_f1 is None  # type: ignore[union-attr]


@pytest.mark.parametrize(("right", "n"), [(0, 5), (1, 7), (2405, 3589), (9, 9)])
def test_the_interval_is_that_of_the_metrics(right: int, n: int) -> None:
    score = Score((Report(n=n, accuracy=right / n, macro_f1=0),))
    assert score.interval == pytest.approx(wilson_interval(right, n), abs=1e-12)


def test_the_interval_of_a_mean_need_be_of_no_whole_count() -> None:
    score = Score(tuple(Report(n=3, accuracy=right / 3, macro_f1=0) for right in (1, 2, 2)))
    low, high = score.interval
    share, z = 5 / 9, 1.959964
    for end in (low, high):  # where the score test turns
        assert abs(share - end) == pytest.approx(z * (end * (1 - end) / 3) ** 0.5, abs=1e-5)
    assert low < share < high


def test_a_deviation_is_divided_by_one_less() -> None:
    assert Measure((1.0, 3.0)).spread == pytest.approx(2**0.5)
    assert Measure((1.0,)).spread is None
