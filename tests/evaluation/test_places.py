"""Where evaluations lie: beside their model, and never over those of another dataset."""

from pathlib import Path

import pytest
from made_sets import make, picture

from mien.errors import DataError, UsageError
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


def test_a_name_from_a_file_leads_to_no_other_folder(tmp_path: Path) -> None:
    for name in ("/etc/made", "../../made", "a\\b", "a\0b"):
        found = places.folder(tmp_path, name, "test", "a" * 64)
        assert found.parent == tmp_path / "evaluation"
    assert places.file_part("Made set (2)-test") == "Made set (2)-test"


def test_a_file_in_the_way_is_refused_before_any_work(tmp_path: Path) -> None:
    places.require_folder(tmp_path / "new" / "deep")
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "deep"):
        with pytest.raises(UsageError, match=r"expected a folder for the results, but .*file is"):
            places.require_folder(folder)
    with pytest.raises(UsageError, match="expected a file to write"):
        places.require_file(tmp_path)
    places.require_file(tmp_path / "file")


def test_no_dataset_is_written_into_whether_named_or_not(tmp_path: Path) -> None:
    root = make(tmp_path / "set", [picture("a", 0)]).root
    for folder in (root, root / "deep" / "er"):
        with pytest.raises(UsageError, match="a dataset that must stay as it is"):
            places.require_folder(folder)
    with pytest.raises(UsageError, match="must stay as it is"):
        places.require_file(tmp_path / "source" / "x.npz", tmp_path / "source")
    places.require_folder(tmp_path)  # a folder that holds one is none


def test_a_folder_that_cannot_be_written_to_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(DataError, match=r"cannot be written to; name another folder \(--out\)"):
        places.require_folder(tmp_path / "new")
