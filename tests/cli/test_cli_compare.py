"""``mien compare``: what it prints, writes, and answers with."""

from pathlib import Path
from typing import Any

import pytest
from made_runs import made_run, write
from typer.testing import CliRunner

from mien.cli.main import app

RUN = CliRunner()


def _compare(*words: Any) -> Any:
    return RUN.invoke(app, ["compare", *map(str, words)])


def test_runs_are_compared_on_the_terminal(tmp_path: Path) -> None:
    result = _compare(
        made_run(tmp_path / "a"), made_run(tmp_path / "b", right=0.6, config={"seed": 1})
    )
    assert result.exit_code == 0, result.stderr
    assert "FER-2013 labels" in result.stdout
    assert "65.00 ± 7.07" in result.stdout


def test_what_is_no_run_is_named_and_the_others_are_answered(tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.mkdir()
    result = _compare(made_run(tmp_path / "a"), junk)
    assert result.exit_code == 1
    assert "70.00" in result.stdout
    assert result.stderr.strip() == (
        f"mien: {junk}: expected a run folder of mien train, found no config.yaml"
    )


def test_nothing_left_is_an_error(tmp_path: Path) -> None:
    result = _compare(tmp_path / "a", tmp_path / "b")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "2 problems" in result.stderr
    (tmp_path / "study" / "trials").mkdir(parents=True)
    result = _compare(tmp_path / "study")
    assert (result.exit_code, "a study of mien tune" in result.stderr) == (1, True)
    assert "found no run to compare" in result.stderr


def test_a_run_without_scores_and_a_study_are_answers(tmp_path: Path) -> None:
    (tmp_path / "study" / "trials").mkdir(parents=True)
    result = _compare(made_run(tmp_path / "a", right=None), tmp_path / "study")
    assert result.exit_code == 0
    assert f"not evaluated: mien evaluate {tmp_path / 'a'}" in result.stdout


def test_saved_results_stand_for_their_folders(tmp_path: Path) -> None:
    root = made_run(tmp_path / "a")
    saved = tmp_path / "results" / "a.json"
    assert _compare(root, "--save", saved).exit_code == 0
    assert _compare(saved).stdout == _compare(root).stdout
    result = _compare(root, "--save", saved)
    assert (result.exit_code, "exists already" in result.stderr) == (2, True)
    assert _compare(root, "--save", saved, "--overwrite").exit_code == 0


def test_a_crossvalidation_is_set_aside(tmp_path: Path) -> None:
    root = tmp_path / "cv"
    write(root / "crossval.json", {})
    result = _compare(root, made_run(tmp_path / "a"))
    assert result.exit_code == 0, result.stderr
    assert result.stderr.strip() == (
        f"note: {root}: a cross-validation has a table of its own: {root}/crossval.md"
    )
    assert "70.00" in result.stdout
    result = _compare(root, "--save", tmp_path / "cv.json")
    assert (result.exit_code, "found no run to compare" in result.stderr) == (1, True)


def test_a_result_file_of_a_real_run_names_no_path(small_run: Path, tmp_path: Path) -> None:
    saved = tmp_path / "small.json"
    assert _compare(small_run, "--save", saved).exit_code == 0
    assert "/" not in saved.read_text(encoding="utf-8")
    assert "\\" not in saved.read_text(encoding="utf-8")


def test_files_are_written(tmp_path: Path) -> None:
    out = tmp_path / "report"
    result = _compare(made_run(tmp_path / "a"), "--out", out)
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in out.iterdir()) == [
        "compare.csv", "compare.html", "compare.md",
    ]  # fmt: skip
    assert _compare(tmp_path / "a", "--out", out).exit_code == 2
    assert _compare(tmp_path / "a", "--out", out, "--overwrite").exit_code == 0


def test_wrong_use_is_refused_before_any_work(tmp_path: Path) -> None:
    root = made_run(tmp_path / "a")
    for words, said in (
        ([], "Missing argument"),
        ([root, "--sort", "hours"], "No such option"),
        ([root, root, "--save", tmp_path / "x.json"], "--save writes one run, 2 were given"),
        ([root, "--save", tmp_path / "x.csv"], "NAME.json"),
        ([root, "--out", root], "a run's own folder"),
    ):
        result = _compare(*words)
        assert (result.exit_code, said in result.stderr) == (2, True), words
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize("split", ["test", "val"])
def test_a_real_run_is_read(small_run: Path, tmp_path: Path, split: str) -> None:
    out = tmp_path / "scores"
    done = RUN.invoke(app, ["evaluate", str(small_run), "--split", split, "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    root = tmp_path / "small"
    root.mkdir()
    for file in small_run.iterdir():
        if file.is_file():
            (root / file.name).write_bytes(file.read_bytes())
    scores = root / "evaluation" / f"drawn-{split}" / "metrics.json"
    scores.parent.mkdir(parents=True)
    scores.write_bytes((out / "metrics.json").read_bytes())
    result = _compare(root)
    assert result.exit_code == 0, result.stderr
    assert ("official n = 24" in result.stdout) == (split == "test")
    assert ("not evaluated" in result.stdout) == (split == "val")
