"""Where evaluations lie: beside their model, and never over those of another dataset."""

from pathlib import Path

from mien.evaluation import places
from mien.runs import write_json


def test_a_run_keeps_its_own_and_a_file_has_them_beside_it(tmp_path: Path) -> None:
    assert places.beside(tmp_path) == tmp_path / "evaluation"
    assert places.beside(tmp_path / "net.onnx") == tmp_path / "net-evaluation"
    found = places.folder(tmp_path / "net.onnx", "drawn", "test", "a" * 64)
    assert found == tmp_path / "net-evaluation" / "drawn-test"
    inside = tmp_path / "x" / "predictions.npz"
    assert places.folder(inside, "drawn", "test", "a" * 64) == tmp_path / "x"


def test_another_dataset_of_the_same_name_gets_its_own_folder(tmp_path: Path) -> None:
    first = places.folder(tmp_path, "drawn", "test", "a" * 64)
    write_json(first / "errors.json", {"data": {"sha256": "a" * 64}})
    assert places.folder(tmp_path, "drawn", "test", "a" * 64) == first
    other = places.folder(tmp_path, "drawn", "test", "b" * 64)
    assert other == first.with_name("drawn-test-bbbbbbbb")
    (first / "errors.json").write_text("damaged")
    assert places.folder(tmp_path, "drawn", "test", "b" * 64) == first
