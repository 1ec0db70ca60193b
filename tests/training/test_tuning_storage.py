"""The database of a study: whose study it holds, and what is said where it cannot be used."""

from pathlib import Path
from types import SimpleNamespace

import optuna
import pytest
from tuning_stand_in import Training, experiment, installed, made, tuned

from mien.errors import RunError, UsageError
from mien.training.tuning import storage
from mien.training.tuning.plan import Plan, plan
from mien.training.tuning.study import identity


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Training:
    return installed(monkeypatch)


def test_another_space_or_config_is_refused_with_what_changed(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    tuned(made(drawn_set, tmp_path))
    given = experiment(drawn_set, {"optimizer.lr": {"low": 0.001, "high": 1, "log": True}})
    with pytest.raises(RunError) as caught:
        tuned(plan(given.changed({"train.epochs": 5}), tmp_path))
    for said in (
        "train.epochs was 3, is 5",
        "low was 0.0001, is 0.001",
        "name was ['adam', 'sgd']",
    ):
        assert said in str(caught.value)
    threads = experiment(drawn_set).changed({"machine.threads": 1})
    assert len(tuned(plan(threads, tmp_path))["trials"]) == 4


def test_other_data_are_refused(
    training: Training, drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned(made(drawn_set, tmp_path))
    other = SimpleNamespace(open=lambda path: SimpleNamespace(sha256="0" * 64))
    monkeypatch.setattr("mien.training.tuning.study.PreparedSet", other)
    with pytest.raises(RunError, match="prepared anew"):
        tuned(made(drawn_set, tmp_path))


def test_weights_that_were_moved_are_the_same_and_replaced_ones_are_not(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    def given(name: str) -> Plan:
        start = {"model.weights": str(tmp_path / name), "data.path": str(drawn_set / ".")}
        return plan(experiment(drawn_set).changed(start), tmp_path / "s")

    (tmp_path / "best.st").write_text("some")
    tuned(given("best.st"))
    (tmp_path / "moved").mkdir()
    (tmp_path / "best.st").rename(tmp_path / "moved" / "best.st")
    assert len(tuned(given("moved/best.st"))["trials"]) == 4
    (tmp_path / "moved" / "best.st").write_text("others")
    with pytest.raises(RunError, match=r"start.started_from was '\w{64}', is '\w{64}'"):
        tuned(given("moved/best.st"))
    with pytest.raises(RunError, match="nowhere: expected the best weights of a run"):
        tuned(given("nowhere"))


def test_weights_that_are_searched_are_left_to_the_trials(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    space = {"model.weights": [None, str(tmp_path / "best.st")], "optimizer.lr": [0.1, 1]}
    given = experiment(drawn_set, space).changed({"model.weights": "nowhere"})
    assert identity(given, "0")["start"] == {}


def test_a_folder_that_holds_another_study_is_refused(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    tuned(made(drawn_set, tmp_path))
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    with pytest.raises(RunError, match="holds the trials of another study"):
        tuned(plan(experiment(drawn_set), tmp_path, storage=url))
    with pytest.raises(RunError, match="holds the trials of another study"):
        tuned(plan(experiment(drawn_set), tmp_path, name="other"))


def test_a_folder_of_something_else_is_not_written_into(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    for name in ("config.yaml", "metrics.csv"):
        (tmp_path / name).touch()
    with pytest.raises(RunError, match=r"holds config.yaml and 1 more, which is of no study"):
        tuned(made(drawn_set, tmp_path))
    assert len(list(tmp_path.iterdir())) == 2


def test_two_studies_share_a_database(training: Training, drawn_set: Path, tmp_path: Path) -> None:
    url = storage.file_url(tmp_path / "shared.db")
    for name in ("a", "b"):
        tuned(plan(experiment(drawn_set), tmp_path / name, 2, url, name))
    assert {s.study_name for s in optuna.get_all_study_summaries(url)} == {"a", "b"}
    assert not (tmp_path / "a" / "study.db").exists()


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("sqlite:////no/such/folder/study.db", RunError, "unable to open database file"),
        ("nosuch://me:secret@machine/db", UsageError, "nosuch://me:***@machine/db"),
        ("secret", UsageError, "it is no URL"),
        ("postgresql://me:secret@localhost:1/db", UsageError, "driver installed"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_without_a_password(
    url: str, kind: type[Exception], said: str, drawn_set: Path, tmp_path: Path
) -> None:
    with pytest.raises(kind) as caught:
        tuned(plan(experiment(drawn_set), tmp_path, storage=url))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_password_in_the_databases_own_words_is_hidden() -> None:
    from sqlalchemy.exc import OperationalError

    url = "postgresql://me:secret@machine/db"
    with pytest.raises(RunError) as caught, storage.told(url):
        raise OperationalError("SELECT 1", {}, Exception(f"no answer from {url}\nsecret"))
    assert str(caught.value).endswith("no answer from postgresql://me:***@machine/db")


def test_braces_in_a_folders_name_are_no_template(
    training: Training, drawn_set: Path, tmp_path: Path
) -> None:
    assert tuned(made(drawn_set, tmp_path / "a {b} + c", trials=1))["best"]
    assert (tmp_path / "a {b} + c" / "study.db").is_file()


@pytest.mark.parametrize("name", ["a?b", "a%20b"])
def test_a_folder_that_no_url_can_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"without [?] and %"):
        storage.file_url(tmp_path / name / "study.db")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="kept in memory alone; name a file"):
        storage.require_kept(url)
    storage.require_kept("sqlite:///study.db")
    storage.require_kept("no url")
