import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("torch")

from mien.cli.main import app


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def _models(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["models", *arguments])


def _row(result: Result, name: str) -> str:
    found = [line for line in result.stdout.splitlines() if line.split()[:1] == [name]]
    assert len(found) == 1
    return " ".join(found[0].split())


def test_without_names_it_lists_miens_own_and_three_of_torchvision() -> None:
    result = _models()
    assert result.exit_code == 0, result.stderr
    assert _row(result, "compact").startswith("compact 1,016,371 77.1 M any from 8 px The shared")
    assert _row(result, "lenet").startswith("lenet 2,456,071 24.3 M one from 8 px LeNet-like")
    for name in ("mycnn", "three_block", "four_block", "resnet18", "vgg16", "mobilenet_v2"):
        assert _row(result, name)
    assert "For one picture of 48×48×1 and seven classes. MACs: multiply" in result.stdout


def test_names_are_listed_in_the_order_asked_for() -> None:
    result = _models("mobilenet_v2", "lenet", "lenet", "--size", "224", "--channels", "3")
    assert result.exit_code == 0, result.stderr
    assert " 299.5 M any from 8 px MobileNetV2 architecture" in _row(result, "mobilenet_v2")
    assert result.stdout.index("mobilenet_v2") < result.stdout.index("lenet")
    assert "<http" not in result.stdout


def test_a_net_that_the_size_does_not_suit_has_no_numbers() -> None:
    result = _models("--size", "12")
    assert result.exit_code == 0
    assert _row(result, "four_block").startswith("four_block – – one from 16 px")


def test_every_problem_with_the_names_is_one_message() -> None:
    result = _models("resnet81", "vgg16", "compact", "--size", "12")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("mien: 2 problems:\n  unknown model 'resnet81'")
    assert "did you mean resnet18?" in result.stderr
    assert "--size: vgg16 takes pictures of 32 px a side or more, not 12" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compact", "lenet", "--channels", "2"], "channels: input should be 1 or 3, not 2"),
        (["--size", "4"], "size is a side of 8 to 1024 pixels, not 4"),
        (["compact", "--all"], "give one of the two"),
    ],
)
def test_wrong_use_is_one_line(arguments: list[str], said: str) -> None:
    result = _models(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_all_prints_names_and_builds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise AssertionError("built")

    monkeypatch.setattr("mien.models.registry.build", fails)
    result = _models("--all")
    assert result.exit_code == 0
    names = result.stdout.split()
    assert {"resnet18", "vgg16", "mobilenet_v2", "vit_b_16"} <= set(names)
    assert names == sorted(names)
    assert len(names) == len(result.stdout.splitlines())


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = _models()
    assert (result.exit_code, result.stdout) == (2, "")
    assert 'pip install -e ".[train]"' in result.stderr
