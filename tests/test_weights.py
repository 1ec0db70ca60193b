"""The weights that ship: what the file says of itself is true."""

import io
from pathlib import Path

import numpy as np
import pytest
from made_cases import score
from typer.testing import CliRunner

import mien
from mien.cli.main import app
from mien.emotions import CODES, EMOTIONS, LABEL_SETS
from mien.evaluation import protocols
from mien.inference.model import Model, softmax
from mien.inference.recognizer import WEIGHTS
from mien.inference.sources import sample_photograph
from mien.preprocess import Preprocessing

KINDS = ("official", "dedup")


@pytest.fixture(scope="module")
def shipped() -> Model:
    return Model.open(WEIGHTS)


def test_two_heads_in_canonical_order(shipped: Model) -> None:
    heads = {name: head.classes for name, head in shipped.info.heads.items()}
    assert heads == {name: LABEL_SETS[name] for name in ("fer2013", "ferplus")}
    assert shipped.info.answer == "ferplus"
    assert shipped.preprocessing == Preprocessing()


def test_it_is_small_and_clean_trained(shipped: Model) -> None:
    assert WEIGHTS.stat().st_size < 5_000_000
    data = shipped.info.provenance["data"]
    assert data["left_out"] == ["copies"]
    assert data["rows"] == {"train": 28_006, "val": 3_589}
    assert len(shipped.info.provenance["commit"]) == 40


def test_the_card_is_made_from_the_file_and_what_was_measured(tmp_path: Path) -> None:
    measured = Path(__file__).parents[1] / "results" / "mien"
    made = tmp_path / "card.md"
    command = ["card", str(WEIGHTS), "--out", str(made), "--licence", "mit"]
    command += ["--evaluations", str(measured), "--cross", str(measured / "cross.json")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    told = WEIGHTS.with_suffix(".md").read_text(encoding="utf-8")
    assert told == made.read_text(encoding="utf-8")
    assert "Not measured" not in told


def test_nothing_of_the_machine_it_was_made_on_is_in_it() -> None:
    written = WEIGHTS.read_bytes()
    for word in (b"site-packages", b"/home/", b"/root/", b"/work", b"/Users/"):
        assert word not in written


def test_the_sample_photograph_smiles() -> None:
    (face,) = mien.load().recognize(sample_photograph())
    assert face.emotion == "happiness"
    assert face.confidence > 0.8
    assert sum(face.probabilities.values()) == pytest.approx(1, abs=1e-5)


def _private_test(folder: Path) -> tuple[list[np.ndarray], np.ndarray, np.ndarray, np.ndarray]:
    """Return PrivateTest: pictures, labels, votes, and whether Training has the same picture."""
    import csv

    import pyarrow.parquet
    from PIL import Image

    def pictures(part: str) -> tuple[list[np.ndarray], list[int]]:
        table = pyarrow.parquet.read_table(folder / f"{part}-00000-of-00001.parquet")
        opened = (Image.open(io.BytesIO(row["bytes"])) for row in table["image"].to_pylist())
        return [np.asarray(p.convert("L")) for p in opened], table["label"].to_pylist()

    faces, codes = pictures("test")
    learnt = {face.tobytes() for face in pictures("train")[0]}
    labels = np.array([EMOTIONS.index(CODES["fer2013"][code]) for code in codes])
    with (folder / "fer2013new.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Usage"] == "PrivateTest"]
    columns = (*EMOTIONS, "unknown", "NF")
    votes = np.array([[int(row[name]) for name in columns] for row in rows], np.int16)
    return faces, labels, votes, np.array([face.tobytes() in learnt for face in faces])


@pytest.mark.data
def test_the_scores_in_the_file_are_recomputed(shipped: Model, real_data: Path) -> None:
    pytest.importorskip("pyarrow")
    faces, labels, votes, copied = _private_test(real_data / "fer2013")
    told = shipped.info.scores["fer2013-test"]
    for head, logits in shipped.logits(faces).items():
        found = score(softmax(logits), LABEL_SETS[head], labels, votes, copied)
        for protocol, kinds in told[head].items():
            for kind in KINDS:
                report = found[protocol][kind]
                assert report["n"] == kinds[kind]["n"]
                assert report["accuracy"] == pytest.approx(kinds[kind]["accuracy"], abs=1e-3)
                assert report["macro_f1"] == pytest.approx(kinds[kind]["macro_f1"], abs=2e-3)
    assert told["fer2013"]["fer2013"]["official"]["n"] == 3_589
    assert told["fer2013"]["fer2013"]["dedup"]["n"] == 3_301
    assert told["fer2013"]["fer2013"]["official"]["accuracy"] >= 0.67
    assert told["ferplus"]["ferplus_majority"]["official"]["n"] == 3_153
    assert told["ferplus"]["ferplus_majority"]["official"]["accuracy"] >= 0.85


@pytest.mark.data
def test_its_probabilities_can_be_believed(shipped: Model, real_data: Path) -> None:
    pytest.importorskip("pyarrow")
    from mien.evaluation.certainty import measured
    from mien.evaluation.certainty.fitted import of_file

    faces, labels, votes, _ = _private_test(real_data / "fer2013")
    head = shipped.info.heads["ferplus"]
    answers = softmax(shipped.logits(faces)["ferplus"] / head.temperature)
    case = protocols.cases(answers, head.classes, labels, votes)["ferplus_majority"]["official"]
    found = measured.measured(case, of_file(head))
    assert len(case.rows) == 3_153
    assert head.fitted_on["split"] == "val"
    assert found["calibration"]["ece"] <= 0.03
    assert found["selective"]["at"]["wrong"] <= 0.10
    assert [level["within"] for level in found["conformal"]["aps"].values()] == [True] * 3
