from pathlib import Path

import pytest
import yaml
from made_accounts import PLACE, about_file, cross, told_run

from mien.report.account.pieces import Table
from mien.report.account.subject import of_run
from mien.report.card import card, card_of_file, licence_in
from mien.report.card.written import escaped, section, table
from mien.runs import write_json

HEADINGS = [
    "Model details",
    "Uses",
    "Bias, risks and limits",
    "Training data and licences",
    "Training procedure",
    "Evaluation",
    "Calibration and abstention",
    "Robustness",
    "Other datasets",
    "Latency",
    "Environment",
    "How to use it",
    "Citation",
]


def _head(text: str) -> dict[str, object]:
    begin, head, _ = text.split("---\n", 2)
    assert begin == ""
    values = yaml.safe_load(head)
    assert isinstance(values, dict)
    return values


def _headings(text: str, sign: str = "## ") -> list[str]:
    lines = [line for line in text.splitlines() if line.startswith(sign)]
    return [line.removeprefix(sign) for line in lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    root = told_run(tmp_path_factory.mktemp("card") / "lenet")
    subject = of_run(root)
    matrix = cross(subject.origin["weights_sha256"])
    return root, card(subject, "mit", matrix)


def test_the_head_is_what_the_hub_reads(whole: tuple[Path, str]) -> None:
    root, text = whole
    head = _head(text)
    assert head["license"] == "mit"
    assert head["datasets"] == ["fer2013"]
    assert head["metrics"] == ["accuracy", "f1"]
    assert head["pipeline_tag"] == "image-classification"
    (index,) = head["model-index"]  # type: ignore[misc]
    assert index["name"] == "lenet"
    (result,) = index["results"]
    assert result["dataset"]["split"] == "test"
    assert result["task"]["type"] == "image-classification"
    reports = of_run(root).evaluations[0].heads["fer2013"]["fer2013"]
    found = [(one["type"], one["value"]) for one in result["metrics"]]
    assert found == [
        (kind, pytest.approx(reports[rows][score], abs=1e-5))
        for rows in ("official", "dedup")
        for kind, score in (("accuracy", "accuracy"), ("f1", "macro_f1"))
    ]
    assert "official, n=350" in result["metrics"][0]["name"]


def test_the_head_uses_no_anchors(whole: tuple[Path, str]) -> None:
    head = whole[1].split("---\n")[1]
    assert "&id" not in head
    assert "*id" not in head


def test_a_card_has_the_parts_of_the_hubs_form(whole: tuple[Path, str]) -> None:
    assert _headings(whole[1]) == HEADINGS
    assert _headings(whole[1], "### ") == [
        *("Intended", "Not permitted, or not meant", "Scores", "Each expression"),
        *("Groups", "Errors"),
    ]


def test_it_tells_the_law_the_limits_and_the_terms(whole: tuple[Path, str]) -> None:
    said = " ".join(whole[1].split())
    for words in (
        "Art. 5(1)(f)", "Art. 50(3)", "Annex III, 1(c)", "at work and in education",
        "not what the person feels", "Barrett et al. 2019", "found by web search",
        "FER-2013: Ages, skin tones and cultures", "28,709 training pictures of fer2013",
        "arXiv:1307.0414", "bootstrap by picture",
    ):  # fmt: skip
        assert words in said, words


def test_no_path_of_the_machine_is_in_it(whole: tuple[Path, str]) -> None:
    root, text = whole
    assert str(root.parent) not in text


def test_what_was_not_measured_is_a_line_with_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_run(tmp_path / "run", parts=(), calibrated=False)
    monkeypatch.chdir(tmp_path)
    text = card(of_run(Path("run")))
    assert "## Robustness\n\nNot measured: `mien robustness run`." in text
    assert "### Groups\n\nNot measured: `mien groups run`." in text
    assert "Not measured: `mien card MODEL.onnx --measure-latency`." in text
    assert "license: unknown" in text
    assert "not stated: no file of the model names one" in text
    assert _headings(text) == HEADINGS


def test_a_file_tells_the_scores_that_it_carries(tmp_path: Path) -> None:
    text = card_of_file(tmp_path / "small.onnx", about_file())
    rows = [line for line in text.splitlines() if line.startswith("| fer2013-test")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert [row[2:5] for row in cells] == [
        ["FER+ majority labels", "official", "3,153"],
        ["FER+ majority labels", "dedup", "2,895"],
    ]
    assert cells[0][5:] == ["85.12 (83.8–86.3)", "0.700"]
    (result,) = _head(text)["model-index"][0]["results"]  # type: ignore[index]
    assert result["dataset"] == {"type": "fer2013", "name": "fer2013", "split": "test"}
    assert "mien evaluate small.onnx --data DATASET" in text
    assert _headings(text) == HEADINGS


def test_a_file_tells_where_it_comes_from(tmp_path: Path) -> None:
    text = card_of_file(tmp_path / "small.onnx", about_file(framing={"faces": "align"}))
    for said in (
        "28,006 training pictures of fer2013, copies left out", "A processor, 2 threads",
        "torch 2.13", "the weights of epoch 4", "0.7654", "1.23 h", "e655e4c5", "b" * 64,
        "turned upright", "MIT, for the votes", "arXiv:1608.01041", "name: compact",
    ):  # fmt: skip
        assert said in text, said
    assert "absent" not in text


def test_a_file_tells_how_it_was_calibrated(tmp_path: Path) -> None:
    assert "its probabilities are not calibrated" in card_of_file(tmp_path / "s.onnx", about_file())
    head = {
        "classes": ["anger", "fear"],
        "temperature": 0.5714,
        "uncertain": {"below": 0.6356, "error": 0.1},
        "fitted_on": {"dataset": "fer2013", "split": "val", "protocol": "ferplus_majority",
                      "n": 2948},
    }  # fmt: skip
    text = card_of_file(tmp_path / "s.onnx", about_file(heads={"ferplus": head}))
    assert "calibrated on fer2013, val split, FER+ majority labels, n = 2,948" in text
    assert "temperature 0.571; below 63.6 % an answer is uncertain" in text
    del head["uncertain"]
    assert "no threshold" in card_of_file(tmp_path / "s.onnx", about_file(heads={"ferplus": head}))


def test_a_dataset_that_mien_does_not_know_has_terms_not_known(tmp_path: Path) -> None:
    about = about_file()
    about["provenance"]["data"] |= {"name": "mine", "label_set": "seven", "heads": {}}
    text = card_of_file(tmp_path / "small.onnx", about)
    assert "| mine | mine | not known to mien |" in text
    assert "Goodfellow" not in text


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({}, "48×48 grey, normalised per_image"),
        ({"equalise": "histogram"}, "48×48 grey, histogram equalisation, normalised per_image"),
        ({"equalise": "clahe", "channels": 3}, "48×48 RGB, CLAHE, normalised per_image"),
    ],
)
def test_the_input_says_how_it_is_equalised(
    tmp_path: Path, spec: dict[str, object], told: str
) -> None:
    about = about_file()
    about["preprocessing"] |= spec
    assert f"| input | {told} |" in card_of_file(tmp_path / "small.onnx", about)


def test_the_licence_that_was_stated_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "small.onnx"
    path = file.with_suffix(".md")
    assert licence_in(path) == ""
    path.write_text(card_of_file(file, about_file()), encoding="utf-8")
    assert licence_in(path) == ""
    path.write_text(card_of_file(file, about_file(), licence="MIT"), encoding="utf-8")
    assert licence_in(path) == "mit"
    assert "license: mit" in card_of_file(file, about_file())
    path.write_text("# no head", encoding="utf-8")
    assert licence_in(path) == ""


def test_latency_is_told_with_machine_and_threads(tmp_path: Path) -> None:
    file = tmp_path / "small.onnx"
    one = {"faces": 1, "runs": 200, "median_ms": 0.63, "p95_ms": 0.9, "faces_per_second": 1588.2}
    many = {"faces": 64, "runs": 30, "median_ms": 32.0, "p95_ms": 40.0, "faces_per_second": 2000.4}
    machine = {"cpu": "A processor", "python": "3.11", "platform": "Linux", "time": "2026"}
    values = {"model_sha256": "b" * 64, "threads": 2, "warm_up": 20, "single": one, "batch": many,
              "environment": {**machine, "packages": {"onnxruntime": "1.20"}}}  # fmt: skip
    write_json(tmp_path / "small-evaluation" / "latency.json", values)
    text = card_of_file(file, about_file())
    assert "**On A processor, 2 threads**" in text
    assert "| 64 | 32.00 | 40.00 | 2,000 | 30 |" in text
    write_json(tmp_path / "small-evaluation" / "latency.json", values | {"model_sha256": "0"})
    assert "--measure-latency" in card_of_file(file, about_file())


def test_texts_are_escaped_for_markdown() -> None:
    assert escaped("p <0.0001 [a]") == "p &lt;0.0001 \\[a]"
    assert section("Title", ["", "text"], 3) == "### Title\n\ntext"
    text = table(Table("A caption", ("class", "n"), (("a|b", "1"),)))
    assert text.splitlines()[2:] == ["| class | n |", "| --- | ---: |", "| a\\|b | 1 |"]


def test_an_evaluation_can_be_named(tmp_path: Path) -> None:
    subject = of_run(told_run(tmp_path / "run", parts=(), calibrated=False))
    assert card(subject, evaluation=PLACE) == card(subject)
