import json
import os
from pathlib import Path

import pytest

from mien import runs
from mien.errors import RunError, UsageError


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.txt"
    runs.write_text(path, "first")

    def cut_off() -> None:
        with runs.whole_file(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_off()
    assert path.read_text() == "first"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_files_get_the_usual_permissions(tmp_path: Path) -> None:
    runs.write_text(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_json_refuses_what_json_has_not(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        runs.write_json(tmp_path / "a.json", {"loss": float("nan")})
    assert not any(tmp_path.iterdir())


def test_sha256_is_the_standard_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert runs.sha256(tmp_path / "a").startswith("ba7816bf8f01cfea")


def test_the_environment_says_what_a_number_depends_on() -> None:
    found = runs.environment("pytest", "no-such-package")
    assert found["packages"]["pytest"] == pytest.__version__
    assert found["packages"]["no-such-package"] is None
    assert {"python", "platform", "cpu", "cores", "commit", "time"} <= found.keys()
    json.dumps(found)


def test_a_run_folder_is_never_written_over(tmp_path: Path) -> None:
    runs.RunFolder.create(tmp_path / "new")
    runs.RunFolder.create(tmp_path / "new")
    (tmp_path / "new" / "x").touch()
    with pytest.raises(RunError, match="it is no run of mien; name another folder"):
        runs.RunFolder.create(tmp_path / "new")
    (tmp_path / "new" / "config.yaml").touch()
    with pytest.raises(RunError, match=r"go on with it .*--resume"):
        runs.RunFolder.create(tmp_path / "new")
    runs.write_json(tmp_path / "new" / "state.json", {"status": "failed", "reason": "too hot"})
    with pytest.raises(RunError, match=r"it failed \(too hot\); start anew in another folder"):
        runs.RunFolder.create(tmp_path / "new")


def test_only_a_run_folder_opens(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"found no config.yaml"):
        runs.RunFolder.open(tmp_path)


@pytest.mark.parametrize("state", [None, "", "{", "[]", '{"status": "running"}'])
def test_an_unfinished_run_says_how_to_go_on(tmp_path: Path, state: str | None) -> None:
    run = runs.RunFolder.create(tmp_path)
    run.config.touch()
    if state is not None:
        run.state.write_text(state)
    with pytest.raises(RunError, match=r"has not finished; .*mien train --resume"):
        run.require_finished()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_an_os_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OSError, match="denied"):
        runs.write_text(tmp_path / "a", "x")


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe with a name")
def test_folders_and_devices_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(UsageError, match="expected a file to write, this is a folder or a dev"):
            runs.write_text(path, "x")
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


def test_a_refused_file_is_named_as_the_user_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**options: object) -> None:
        raise PermissionError(13, "Permission denied", ".a.txt.x8f2.tmp")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(PermissionError) as caught:
        runs.write_text(tmp_path / "a.txt", "x")
    assert caught.value.filename == str(tmp_path / "a.txt")


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_damaged_file_of_a_run_is_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "data.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(
        RunError, match=r"data\.json: expected a JSON object that mien wrote, but: "
    ):
        runs.read_json(path)
