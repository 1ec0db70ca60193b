"""Running a model over the grid: what is asked, what is kept, how a run goes on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_grids import SPEC, answers, reader
from made_sets import broken, make, noise, picture

from mien.datasets.prepared import PreparedSet
from mien.emotions import EMOTIONS
from mien.errors import DataError, UsageError
from mien.evaluation import robustness
from mien.evaluation.robustness import ANSWERS, Answered, Grid, run, running
from mien.evaluation.stored import read_predictions, write_predictions
from mien.transforms.corruptions import CORRUPTIONS, corrupt

GRID = Grid.of(["noise", "shift", "jpeg"], "1,5")


@pytest.fixture(scope="module")
def prepared(drawn_set: Path) -> PreparedSet:
    return PreparedSet.open(drawn_set)


@pytest.fixture(scope="module")
def rows(prepared: PreparedSet) -> np.ndarray:
    return prepared.where("val")


def test_a_grid_is_in_the_order_of_the_table_whatever_is_named_first() -> None:
    assert GRID.corruptions == ("noise", "jpeg", "shift")
    assert list(GRID.cells())[:3] == [("noise", 1), ("noise", 5), ("jpeg", 1)]
    assert len(list(Grid.of().cells())) == 80
    assert Grid.of(levels="3, 1,3").levels == (1, 3)


def test_unknown_corruptions_and_levels_are_refused_together() -> None:
    with pytest.raises(UsageError) as refused:
        Grid.of(["fog", "noise", "rain"], "0,1")
    said = str(refused.value)
    assert "2 problems" in said
    assert "unknown corruption fog, rain; known: gaussian_blur, motion_blur" in said
    assert "levels '0,1': expected some of 1,2,3,4,5" in said
    for levels in ("6", "1-3", "x", ","):
        with pytest.raises(UsageError, match="expected some of"):
            Grid.of(levels=levels)


def test_rows_are_sampled_by_the_seed_in_their_order() -> None:
    rows = np.arange(100, 200)
    some = running.sampled(rows, 20, 3)
    assert np.array_equal(some, running.sampled(rows, 20, 3))
    assert (np.diff(some) > 0).all()
    assert not np.array_equal(some, running.sampled(rows, 20, 4))
    assert np.array_equal(running.sampled(rows, 100, 0), rows)
    for count in (0, 101):
        with pytest.raises(UsageError, match=f"--rows {count}: expected 1 to the 100 rows"):
            running.sampled(rows, count, 0)


def test_every_answer_is_that_on_the_corrupted_face(
    prepared: PreparedSet, rows: np.ndarray, tmp_path: Path
) -> None:
    model = reader()
    answered = run(model, prepared, rows, "val", GRID, tmp_path)
    assert list(answered.cells) == list(GRID.cells())
    for name, level in GRID.cells():
        for place in (0, 11, len(rows) - 1):
            row = int(rows[place])
            face = corrupt(prepared.pixels(row), name, level, str(prepared.ids[row]), 0)
            logits = model.logits([face])["ferplus"][0]
            expected = np.exp(logits - logits.max())
            found = answered.cells[name, level]["ferplus"][place]
            assert np.abs(found - expected / expected.sum()).max() < 1e-3
    clean = model.logits([SPEC.resized(prepared.pixels(int(rows[0])))])["ferplus"][0]
    assert answered.clean.heads["ferplus"].probabilities[0].argmax() == clean.argmax()


def test_batches_make_no_difference(
    prepared: PreparedSet, rows: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(reader(), prepared, rows, "val", GRID, tmp_path / "a")
    monkeypatch.setattr(running, "AT_ONCE", 5)
    asked: list[int] = []
    parts = run(reader(faces=asked.append), prepared, rows, "val", GRID, tmp_path / "b")
    assert max(asked[1:]) == 5
    assert sum(asked) == 7 * len(rows)
    for cell, heads in whole.cells.items():
        assert np.allclose(heads["ferplus"], parts.cells[cell]["ferplus"], atol=1e-3)


def test_the_file_holds_all_answers_and_is_a_file_of_predictions(
    prepared: PreparedSet, rows: np.ndarray, tmp_path: Path
) -> None:
    answered = run(reader(), prepared, rows, "val", GRID, tmp_path)
    again = Answered.load(tmp_path / ANSWERS)
    assert again.seed == 0
    assert again.cells.keys() == answered.cells.keys()
    for cell, heads in again.cells.items():
        assert heads["ferplus"].dtype == np.float32
        assert np.array_equal(heads["ferplus"], answered.cells[cell]["ferplus"])
    clean = read_predictions(tmp_path / ANSWERS)
    assert clean.ids.tolist() == prepared.ids[rows].tolist()
    assert robustness.result(again, GRID, False)["heads"] == robustness.numbers(answered, GRID)
    assert [p.name for p in tmp_path.iterdir()] == [ANSWERS]


def test_a_run_that_was_cut_off_goes_on_with_the_next_corruption(
    prepared: PreparedSet, rows: np.ndarray, tmp_path: Path
) -> None:
    whole = run(reader(), prepared, rows, "val", GRID, tmp_path / "whole")
    seen: list[int] = []

    def until(count: int) -> None:
        seen.append(count)
        if sum(seen) > 3 * len(rows):  # the clean faces and one corruption
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(reader(faces=until), prepared, rows, "val", GRID, tmp_path / "cut")
    assert list(Answered.load(tmp_path / "cut" / ANSWERS).cells) == [("noise", 1), ("noise", 5)]
    asked: list[int] = []
    told: list[str] = []
    model = reader(faces=asked.append)
    later = run(model, prepared, rows, "val", GRID, tmp_path / "cut", tell=told.append)
    assert sum(asked) == 5 * len(rows)
    assert "2 of 6 cells are done" in told[0]
    for cell, heads in whole.cells.items():
        assert np.array_equal(heads["ferplus"], later.cells[cell]["ferplus"])


def test_answers_of_a_larger_grid_are_kept(
    prepared: PreparedSet, rows: np.ndarray, tmp_path: Path
) -> None:
    run(reader(), prepared, rows, "val", Grid.of(["noise"]), tmp_path)
    asked: list[int] = []
    model = reader(faces=asked.append)
    run(model, prepared, rows, "val", Grid.of(["noise", "jpeg"], "2"), tmp_path)
    assert sum(asked) == 2 * len(rows)  # clean, and jpeg 2
    assert len(Answered.load(tmp_path / ANSWERS).cells) == 6


@pytest.mark.parametrize("other", ["model", "seed", "rows", "damaged", "table"])
def test_what_is_of_something_else_is_not_gone_on_with(
    prepared: PreparedSet,
    rows: np.ndarray,
    tmp_path: Path,
    other: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grid = Grid.of(["noise"], "1")
    run(reader(), prepared, rows, "val", grid, tmp_path)
    asked: list[int] = []
    told: list[str] = []
    model = reader(seed=int(other == "model"), faces=asked.append)
    if other == "damaged":
        (tmp_path / ANSWERS).write_bytes((tmp_path / ANSWERS).read_bytes()[:-900])
    if other == "table":
        monkeypatch.setattr("mien.evaluation.robustness.answered.VERSION", 2)
    some = rows[:-1] if other == "rows" else rows
    seeded = Grid.of(["noise"], "1", seed=int(other == "seed"))
    run(model, prepared, some, "val", seeded, tmp_path, tell=told.append)
    assert sum(asked) == 2 * len(some)
    assert told
    assert told[0].startswith("begins anew: ")


def test_progress_counts_the_faces_that_are_left(
    prepared: PreparedSet, rows: np.ndarray, tmp_path: Path
) -> None:
    shown: list[tuple[str, int, int]] = []
    run(reader(), prepared, rows, "val", GRID, tmp_path, progress=lambda *one: shown.append(one))
    assert shown[0] == ("noise", 0, 6 * len(rows))
    assert shown[-1] == ("shift", 6 * len(rows), 6 * len(rows))
    assert [done for _, done, _ in shown] == sorted(done for _, done, _ in shown)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    made = answers([[1] * 8, [0] * 8], Grid.of(["noise"], "1"))
    write_predictions(made.clean, tmp_path / "plain.npz")
    with pytest.raises(DataError, match=r"expected the robustness.npz that `mien robustness`"):
        Answered.load(tmp_path / "plain.npz")
    made.cells["noise", 1] = {"seven": np.zeros((7, 7), np.float32)}
    made.save(tmp_path / "short.npz")
    with pytest.raises(DataError, match=r"seven/noise/1: float32 \[7, 7\], not \[8, 7\]"):
        Answered.load(tmp_path / "short.npz")
    with pytest.raises(DataError, match="missing, damaged"):
        Answered.load(tmp_path / "none.npz")


def test_the_record_is_json_and_says_whose_grid_it_is(tmp_path: Path) -> None:
    grid = Grid.of(["noise"], "1", seed=4)
    found = robustness.result(answers([[1] * 8, [0] * 8], grid), grid, True)
    path = tmp_path / "robustness.json"
    path.write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
    again = robustness.read(path)
    assert again == found
    assert again["grid"] == {
        "version": 1, "seed": 4, "rows": 8, "sampled": True,
        "corruptions": ["noise"], "levels": [1],
    }  # fmt: skip
    assert again["data"]["name"] == "made set"
    assert again["environment"]["packages"]["opencv-python-headless"]


@pytest.mark.parametrize("text", ["", "[1]", "{}", '{"data": 3}', '{"data": {"name": 1}}'])
def test_another_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "robustness.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"expected the robustness.json of `mien robustness`"):
        robustness.read(path)
    with pytest.raises(DataError, match="no such file"):
        robustness.read(tmp_path / "none.json")


def test_the_table_in_the_file_is_that_of_the_code() -> None:
    from mien.evaluation.robustness.answered import table

    assert table()["levels"]["jpeg"] == list(CORRUPTIONS["jpeg"].levels)
    json.dumps(table(), allow_nan=False)


def test_pictures_of_many_sizes_and_colours_are_answered_and_unreadable_ones_are_not(
    tmp_path: Path,
) -> None:
    pictures = [
        picture(f"p{n}", n, label, "test", pixels=noise(n, 9 + 7 * n, 1 + 2 * (n % 2)))
        for n, label in enumerate(("fear", "anger", "sadness"))
    ]
    prepared = make(tmp_path / "set", [*pictures, broken("odd", "test")])
    rows = prepared.where("test")
    grid = Grid.of(levels="5")
    answered = run(reader(), prepared, rows, "test", grid, tmp_path / "out")
    assert len(answered.clean) == 3
    assert len(answered.cells) == 16
    for heads in answered.cells.values():
        assert np.allclose(heads["ferplus"].astype(float).sum(1), 1, atol=2e-3)
    (scores,) = robustness.numbers(answered, grid)["ferplus"].values()
    assert scores["official"]["n"] == 3


def test_cells_that_are_no_probabilities_are_not_gone_on_with(tmp_path: Path) -> None:
    grid = Grid.of(["noise"], "1")
    for value in (np.nan, 0, -1):
        made = answers([[1] * 8, [0] * 8], grid)
        made.cells["noise", 1] = {"seven": np.full((8, 7), value, np.float32)}
        made.save(tmp_path / "edited.npz")
        with pytest.raises(DataError, match="seven/noise/1: it holds what is no probability"):
            Answered.load(tmp_path / "edited.npz")


def test_a_cell_that_lacks_a_head_counts_as_not_answered(tmp_path: Path) -> None:
    made = answers([[1] * 8, [0] * 8, [1] * 8], Grid.of(["noise"], "1,2"))
    head = made.clean.heads["seven"]
    clean = replace(made.clean, heads={"seven": head, "other": head})
    cells = {cell: {**values} for cell, values in made.cells.items()}
    cells["noise", 2]["other"] = cells["noise", 2]["seven"]
    Answered(clean, 0, cells).save(tmp_path / "half.npz")
    assert list(Answered.load(tmp_path / "half.npz").cells) == [("noise", 2)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"grid": {"levels": None}}, "of another kind"),
        ({"heads": [1]}, "of another kind"),
        ({"heads": {"seven": float("nan")}}, "NaN is no number"),
    ],
)
def test_an_edited_json_is_refused(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    grid = Grid.of(["noise"], "1")
    found = robustness.result(answers([[1] * 8, [0] * 8], grid), grid, False)
    parts = {
        key: {**found[key], **value} if key == "grid" else value for key, value in change.items()
    }
    path = tmp_path / "robustness.json"
    path.write_text(json.dumps({**found, **parts}))
    with pytest.raises(DataError, match=said):
        robustness.read(path)


def test_a_model_without_a_class_of_the_labels_is_refused_before_the_grid_is_run(
    tmp_path: Path,
) -> None:
    prepared = make(tmp_path / "set", [picture("a", 0, "contempt", "test")], label_set="eight")
    seven = replace(
        reader(),
        classes={"ferplus": EMOTIONS[:1]},
        logits=lambda faces: {"ferplus": np.zeros((len(faces), 1), np.float32)},
    )
    with pytest.raises(DataError, match="reader 0 knows anger: expected pictures with such"):
        robustness.run(seven, prepared, np.arange(1), "test", Grid.of(["noise"], "1"), tmp_path)
    assert not (tmp_path / "robustness.npz").exists()
