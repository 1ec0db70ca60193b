import inspect
import re

from mien import errors


def _tree(kind: type[Exception], depth: int = 0) -> list[tuple[int, str]]:
    below = [line for sub in kind.__subclasses__() for line in _tree(sub, depth + 1)]
    return [(depth, kind.__name__), *below]


def test_the_drawn_tree_is_the_real_one() -> None:
    drawing = (errors.__doc__ or "").split("::", 1)[1]
    drawn = []
    for line in drawing.splitlines():
        found = re.match(r"^([ │├└─]*)(\w*Error)\b", line)
        if found:
            drawn.append((len(found[1]) // 4 - 1, found[2]))
    assert sorted(drawn) == sorted(_tree(errors.MienError))


def test_every_error_of_the_module_is_in_the_tree() -> None:
    kinds = [
        k for _, k in inspect.getmembers(errors, inspect.isclass) if k.__module__ == "mien.errors"
    ]
    assert all(issubclass(kind, errors.MienError) for kind in kinds)


def test_exit_codes_follow_the_tree() -> None:
    assert errors.ConfigError("x").exit_code == 2
    assert errors.UnknownNameError("model", "x", ["a"]).exit_code == 2
    assert errors.PreparedDataError("x").exit_code == 1
    assert errors.ModelFileError("x").exit_code == 1


def test_a_missing_extra_names_the_line_that_installs_it() -> None:
    message = str(errors.MissingExtraError("mien train", "train"))
    line = 'pip install -e ".[train]" in mien\'s folder'
    assert message == f"mien train needs an optional part: {line}"


def test_several_problems_are_one_message() -> None:
    assert errors.several(["a"]) == "a"
    assert errors.several(["a", "b"]) == "2 problems:\n  a\n  b"
    assert errors.several(["a", "b", "c"], most=2).endswith("… and 1 more")
