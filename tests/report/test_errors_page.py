"""The files of an account of errors: page, table, figures."""

import base64
import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_sets import make, picture, votes_for

pytest.importorskip("matplotlib")

from test_gallery import Reader

from mien.datasets.pictures import decode
from mien.datasets.prepared import PreparedSet
from mien.emotions import BASIC
from mien.errors import MissingExtraError
from mien.evaluation.answers import Answers
from mien.evaluation.errors.account import account, errors
from mien.evaluation.errors.label_checks import learnt_words
from mien.evaluation.predictions import Predictions
from mien.report.errors import files, write

N = 84
WRONG_EVERY = 3


def dataset(root: Path) -> PreparedSet:
    """Pictures of seven emotions in turn, with votes for the label."""
    pictures = [
        picture(f"n{i:02}", i, BASIC[i % 7], "test", votes=votes_for(**{BASIC[i % 7]: 10}))
        for i in range(N)
    ]
    return make(root, pictures)


def answered(prepared: PreparedSet) -> Predictions:
    """Every third answer is the next class."""
    rows = np.arange(N)
    answers = (rows + (rows % WRONG_EVERY == 0)) % 7
    probabilities = np.full((N, 7), 0.05, np.float32)
    probabilities[rows, answers] = 0.7
    heads = {"fer2013": Answers(BASIC, probabilities)}
    return Predictions.of(
        prepared, rows, heads, model="<ours>", model_sha256="a" * 64, split="test"
    )


FLAGGED: list[dict[str, Any]] = [
    {
        **{"rank": n + 1, "id": f"n{3 * n:02}", "label": BASIC[3 * n % 7]},
        **{"suggested": BASIC[(3 * n + 1) % 7], "answer": BASIC[(3 * n + 1) % 7]},
        **{"of_label": 0.05, "confidence": 0.7, "votes": {"fear": 3, "not_a_face": 7}},
    }
    for n in range(4)
]
ONE = {
    **{"judged": 4, "wrong": 3, "precision": 0.75, "interval": [0.3, 0.95], "found": 0.5},
    "suggested": 0.5,
}
TOLD: dict[str, Any] = {
    **{"head": "fer2013", "protocol": "fer2013", "method": "made up", "n": N, "copies": 5},
    **{"few": {"disgust": 3}, "flagged": 4, "share": 4 / N, "by_pair": []},
    "check": {
        **{"judged": 80, "wrong": 20, "base_rate": 0.25, "interval": [0.17, 0.36]},
        **{"lists": [{"length": 4, **ONE}], "flagged": {"length": 4, **ONE}, "learnt": ""},
    },
}


def told(predictions: Predictions, labels: Any = (TOLD, FLAGGED)) -> dict[str, Any]:
    return account(predictions, errors(predictions), labels)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> PreparedSet:
    return dataset(tmp_path_factory.mktemp("sets") / "made")


@pytest.fixture(scope="module")
def written(prepared: PreparedSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("errors")
    paths = write(folder, told(answered(prepared)), FLAGGED, prepared)
    assert paths[0] == folder / "errors.html"
    assert sorted(paths) == sorted(folder.iterdir())
    return folder


def test_all_files_are_there(written: Path) -> None:
    assert {path.name for path in written.iterdir()} == {
        *("errors.json", "errors.html", "label_errors.csv"),
        *("confusions_fer2013.png", "hardest_fer2013.png", "ten_fer2013.png"),
        *(f"confused_fer2013_{n}.png" for n in (1, 2, 3)),
        *("label_errors.png", "label_errors_check.png"),
    }
    for path in written.glob("*.png"):
        pixels = decode(path.read_bytes())
        assert pixels.min() < 60
        assert pixels.max() == 255


def test_the_json_is_the_account(written: Path, prepared: PreparedSet) -> None:
    found = json.loads((written / "errors.json").read_text())
    expected = told(answered(prepared))
    for one in (found, expected):
        del one["environment"]
    assert found == expected


def test_the_table_has_a_line_a_doubted_label(written: Path) -> None:
    lines = list(csv.DictReader((written / "label_errors.csv").read_text().splitlines()))
    assert [line["id"] for line in lines] == ["n00", "n03", "n06", "n09"]
    assert lines[1] == {
        **{"rank": "2", "id": "n03", "label": BASIC[3], "suggested": BASIC[4]},
        **{"of_label": "0.05", "confidence": "0.7", "votes": "not_a_face 7; fear 3"},
    }


def page(folder: Path) -> Reader:
    return Reader((folder / "errors.html").read_text(encoding="utf-8"))


def words(folder: Path) -> str:
    return " ".join(" ".join(page(folder).words).split())


def test_the_page_asks_for_nothing_outside_and_runs_nothing(written: Path) -> None:
    text = (written / "errors.html").read_text(encoding="utf-8")
    assert not [word for word in ("http:", "https:", "url(", "@import") if word in text]
    read = page(written)
    assert read.open == []
    assert not {tag for tag, _ in read.tags} & {"script", "link", "iframe", "form", "object", "a"}
    assert "default-src 'none'" in text


def test_each_picture_is_its_own_and_is_described(written: Path, prepared: PreparedSet) -> None:
    places = {name: row for row, name in enumerate(prepared.ids.tolist())}
    images = page(written).all("img")
    for attributes in images:
        form, _, data = attributes["src"].partition(",")
        assert form == "data:image/png;base64"
        name = attributes["alt"].removeprefix("picture ").partition(":")[0]
        assert np.array_equal(decode(base64.b64decode(data)), prepared.pixels(places[name]))
    hard = N // WRONG_EVERY
    assert len(images) > hard + 10 + len(FLAGGED)


def test_right_and_wrong_are_marked_in_colour_and_sign(written: Path) -> None:
    classes = [attributes["class"] for attributes in page(written).all("figure")]
    text = words(written)
    doubted = len(FLAGGED)
    assert classes.count("right") == text.count("✓")
    assert classes.count("wrong") == text.count("✗") + doubted


def test_the_page_tells_the_story(written: Path) -> None:
    text = words(written)
    assert "Where <ours> errs on made, test split" in text
    assert f"against FER-2013: {N // WRONG_EVERY} errors, n = {N}" in text
    assert "56 of 84 answers are the label" in text
    assert "4 of 84 labels (4.8 %) are doubted by the head fer2013" in text
    assert "5 more pictures have an exact copy in training" in text
    assert "disgust (3)" in text
    assert "first 4 4 3 75.0 % 30.0–95.0 50.0 %" in text
    assert "base rate: all rows 80 20 25.0 % 17.0–36.0" in text
    assert "votes: 7 × not a face, 3 × fear" in text


def test_a_model_that_learnt_votes_is_told_beside_the_check(
    written: Path, prepared: PreparedSet, tmp_path: Path
) -> None:
    assert "Mind that" not in words(written)
    learnt = {**TOLD, "check": {**TOLD["check"], "learnt": learnt_words(["ferplus"])}}
    write(tmp_path, told(answered(prepared), (learnt, FLAGGED)), FLAGGED)
    said = "Mind that this model learnt such votes of other pictures (head ferplus), so the check"
    assert said in words(tmp_path)


def test_confusions_of_few_people_stand_without_an_interval(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    people = np.array([f"p{i % 3}" for i in range(N)])
    write(tmp_path, told(replace(answered(prepared), subjects=people)), FLAGGED, prepared)
    assert "anger disgust 4 12 33.3 % –" in words(tmp_path)


def test_pictures_without_votes_are_shown_too(prepared: PreparedSet, tmp_path: Path) -> None:
    bare = replace(answered(prepared), votes=None)
    plain = [{key: value for key, value in one.items() if key != "votes"} for one in FLAGGED]
    write(tmp_path, told(bare, ({**TOLD, "check": None, "few": {}}, plain)), plain, prepared)
    assert "votes" not in words(tmp_path)
    assert (tmp_path / "label_errors.png").is_file()
    assert not (tmp_path / "label_errors_check.png").exists()
    assert (tmp_path / "label_errors.csv").read_text().splitlines()[1].endswith(",0.7,")


def test_without_the_dataset_numbers_are_told_without_pictures(
    prepared: PreparedSet, tmp_path: Path
) -> None:
    write(tmp_path, told(answered(prepared)), FLAGGED)
    names = {path.name for path in tmp_path.glob("*.png")}
    assert names == {"confusions_fer2013.png", "label_errors_check.png"}
    assert page(tmp_path).all("img") == []
    assert "no picture is shown (--data)" in words(tmp_path)


def test_what_was_not_looked_for_is_said(prepared: PreparedSet, tmp_path: Path) -> None:
    write(tmp_path, told(answered(prepared), "it needs <this>"), None)
    assert "Not looked for: it needs <this>." in words(tmp_path)
    assert not (tmp_path / "label_errors.csv").exists()
    assert not (tmp_path / "label_errors_check.png").exists()


def test_a_model_without_errors_has_a_page(prepared: PreparedSet, tmp_path: Path) -> None:
    perfect = answered(prepared)
    perfect.heads["fer2013"].probabilities[:] = np.eye(7, dtype=np.float32)[np.arange(N) % 7]
    write(tmp_path, told(perfect, "no"), None, prepared)
    assert {path.name for path in tmp_path.glob("*.png")} == {"ten_fer2013.png"}
    assert "0 errors" in words(tmp_path)


def test_without_matplotlib_nothing_is_written(
    prepared: PreparedSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError):
        write(tmp_path, told(answered(prepared)), FLAGGED, prepared)
    assert list(tmp_path.iterdir()) == []
    assert files.csv_text([]).count("\n") == 1
