import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_predictions import made

from mien.emotions import EMOTIONS
from mien.errors import DataError, RunError, UsageError
from mien.evaluation.answers import Answers
from mien.evaluation.certainty import temperature
from mien.evaluation.certainty.calibrate import calibrate, require_validation
from mien.evaluation.certainty.fitted import for_file, kept, of_file
from mien.evaluation.certainty.measured import in_sample_note, measured
from mien.evaluation.predictions import Predictions
from mien.inference.info import Head

N = 600


def validation(right: float = 0.9, divisor: float = 1.0, **more: object) -> Predictions:
    """Return answers on validation that were divided by a temperature already."""
    plain = made(N, right, split="val", **more)  # type: ignore[arg-type]
    heads = {
        name: Answers(
            head.classes,
            temperature.apply(head.probabilities, divisor).astype(np.float32),
            divisor,
        )
        for name, head in plain.heads.items()
    }
    return replace(plain, heads=heads)


def test_a_head_gets_a_temperature_a_threshold_and_sets() -> None:
    entry = json.loads(json.dumps(calibrate(validation()), allow_nan=False))["fer2013"]
    assert entry["validation"]["after"]["nll"] < entry["validation"]["before"]["nll"]
    assert entry["uncertain"]["bound"] <= entry["uncertain"]["error"] == 0.1
    assert entry["uncertain"]["wrong"] < entry["uncertain"]["bound"]
    assert set(entry["conformal"]) == {"lac", "aps"}
    assert set(entry["conformal"]["lac"]) == {"0.8", "0.9", "0.95"}


def test_copies_of_training_pictures_are_not_fitted_to() -> None:
    entry = calibrate(validation())["fer2013"]
    assert entry["fitted_on"] == {
        "dataset": "made",
        "sha256": "b" * 64,
        "split": "val",
        "protocol": "fer2013",
        "kind": "dedup",
        "n": N * 4 // 5,
        "model_sha256": "a" * 64,
    }
    assert entry["uncertain"]["n"] == N * 4 // 5
    plain = validation()
    copied = np.flatnonzero(plain.copy_in_train)
    assert calibrate(plain.at(copied))["fer2013"]["fitted_on"]["kind"] == "official"


def test_answers_that_were_calibrated_before_give_the_same() -> None:
    first, again = (calibrate(validation(divisor=t))["fer2013"] for t in (1.0, 0.6))
    assert again["temperature"] == pytest.approx(first["temperature"], rel=1e-4)
    assert again["uncertain"]["below"] == pytest.approx(first["uncertain"]["below"], rel=1e-4)


def test_a_head_that_learns_votes_is_fitted_to_their_majority() -> None:
    votes = np.zeros((N, 10), np.int16)
    plain = made(N)
    votes[np.arange(N), plain.labels] = 10
    found = calibrate(validation(classes=EMOTIONS, head="ferplus", votes=votes))["ferplus"]
    assert found["fitted_on"]["protocol"] == "ferplus_majority"


@pytest.mark.parametrize("split", ["test", "train", "all"])
def test_no_other_split_is_fitted_to(split: str) -> None:
    with pytest.raises(UsageError, match=f"on the val split, not on {split}"):
        calibrate(made(split=split))
    with pytest.raises(UsageError, match="must not have been fitted to"):
        require_validation(split)


def test_a_head_without_a_class_of_the_labels_is_refused() -> None:
    rows = np.flatnonzero(made(N).labels != EMOTIONS.index("fear"))
    answers = validation(classes=EMOTIONS).at(rows)
    fear = Answers(("fear",), np.ones((len(rows), 1), np.float32))
    only = replace(answers, heads={"one": fear})
    with pytest.raises(DataError, match="head one has no class of fer2013: calibrate on"):
        calibrate(only)


def test_what_is_kept_is_read_for_the_weights_that_it_was_fitted_to(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    assert kept(path, "a" * 64) == {}
    entries = calibrate(validation())
    path.write_text(json.dumps(entries))
    assert kept(path, "a" * 64) == entries
    with pytest.raises(RunError, match="fitted to other weights than those here"):
        kept(path, "c" * 64)


@pytest.mark.parametrize(
    "text", ["{}", "[]", "{", '{"fer2013": 3}', '{"fer2013": {"temperature": 1}}']
)
def test_what_calibrate_did_not_write_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(RunError, match=r"c\.json: expected"):
        kept(tmp_path / "c.json", "a" * 64)


def test_a_file_keeps_what_answering_needs() -> None:
    entry = calibrate(validation())["fer2013"]
    found = for_file(entry)
    assert set(found) == {"temperature", "uncertain", "conformal", "fitted_on"}
    assert found["uncertain"] == {"below": entry["uncertain"]["below"], "error": 0.1}
    poor = calibrate(validation(right=0.0))["fer2013"]
    assert for_file(poor)["uncertain"] == {"below": 1.0, "error": 0.1}


def test_a_model_file_says_what_the_run_says_also_where_everything_is_answered() -> None:
    found = for_file(calibrate(validation(right=0.99))["fer2013"])
    assert found["uncertain"] == {"below": 0.0, "error": 0.1}
    head = Head(
        made().heads["fer2013"].classes,
        found["temperature"],
        found["uncertain"]["below"],
        found["uncertain"]["error"],
        found["conformal"],
        found["fitted_on"],
    )
    assert of_file(head) == found
    assert "uncertain" not in of_file(Head(head.classes))


def test_certainty_is_measured_on_other_rows() -> None:
    entry = calibrate(validation())["fer2013"]
    other = made(N, 0.9, seed=1)
    case = other.cases("fer2013")["fer2013"]["dedup"]
    found = json.loads(json.dumps(measured(case, entry), allow_nan=False))
    assert found["selective"]["at"]["below"] == entry["uncertain"]["below"]
    assert found["selective"]["at"]["error"] == 0.1
    assert found["conformal"]["aps"]["0.9"]["n"] == len(case.rows)
    low, high = found["conformal"]["lac"]["0.9"]["interval"]
    assert low < 0.9 < high
    bare = measured(case)
    assert "conformal" not in bare
    assert "at" not in bare["selective"]
    poor = measured(case, for_file(calibrate(validation(right=0.0))["fer2013"]))
    assert poor["selective"]["at"]["below"] == 1
    assert (poor["selective"]["at"]["answered"], poor["selective"]["at"]["wrong"]) == (0, None)


@pytest.mark.parametrize(("split", "told"), [("val", True), ("all", True), ("test", False)])
def test_rows_that_were_fitted_to_are_told(split: str, told: bool) -> None:
    rows = validation()
    entries = calibrate(rows)
    heads = {name: replace(one, fitted=for_file(entries[name])) for name, one in rows.heads.items()}
    scored = replace(rows, heads=heads, origin=replace(rows.origin, split=split))
    assert ("fitted to rows of this split" in in_sample_note(scored)) == told
    elsewhere = replace(scored, origin=replace(scored.origin, dataset_sha256="c" * 64))
    assert in_sample_note(elsewhere) == in_sample_note(rows) == ""
