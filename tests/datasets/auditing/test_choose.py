import pytest
from made_findings import blocks, brighter, made_set, picture

from mien.datasets.auditing.choose import Choice, going
from mien.datasets.auditing.files import lines
from mien.datasets.auditing.findings import find
from mien.errors import UnknownNameError


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """One picture five times in three splits; one that is a near copy of two others."""
    one, two = blocks(1), blocks(2)
    splits = ("train", "test", "train", "val", "test")
    pictures = [picture(f"{s}-{n}", s, "fear", one) for n, s in enumerate(splits)]
    for number, split in enumerate(("train", "train", "val")):
        shade = two if number == 0 else brighter(two) - number
        pictures.append(picture(f"near-{number}", split, "fear", shade))
    prepared = made_set(tmp_path_factory.mktemp("choose") / "x", pictures)
    return prepared, list(lines(find(prepared)))


def gone(copies, *kinds, **how):
    prepared, found = copies
    result = going(prepared, found, Choice(kinds, **how))
    return (
        prepared.ids[list(result.reasons)].tolist(),
        sorted(prepared.ids[list(result.spared)].tolist()),
    )


def test_of_copies_in_a_split_the_first_stays(copies):
    assert gone(copies, "exact_copy") == (["train-2"], ["test-4"])
    assert gone(copies, "exact_copy", drop_test=True) == (["train-2", "test-4"], [])
    assert gone(copies, "exact_copy", keep="first") == (["train-2"], ["test-4"])


def test_across_splits_test_goes_over_val_over_train(copies):
    assert gone(copies, "copy_across_splits") == (["train-0", "train-2", "val-3"], [])
    assert gone(copies, "copy_across_splits", drop_test=True)[1] == []
    assert gone(copies, "near_copy_across_splits") == (["near-0", "near-1"], [])


def test_keep_first_takes_the_split_of_the_first(copies):
    assert gone(copies, "copy_across_splits", keep="first") == (["val-3"], ["test-1", "test-4"])
    going_too = gone(copies, "copy_across_splits", keep="first", drop_test=True)
    assert going_too == (["test-1", "val-3", "test-4"], [])


def test_keep_none_leaves_test_pictures_only(copies):
    everything = gone(copies, "exact_copy", "copy_across_splits", keep="none")
    assert everything == (["train-0", "train-2", "val-3"], ["test-1", "test-4"])
    assert gone(copies, "near_copy", keep="none") == (["near-0", "near-1"], [])


def test_the_first_that_stays_is_the_first_of_what_is_left(copies):
    prepared, found = copies
    dark = next(line for line in found if line.kind == "exact_copy" and line.id == "train-0")
    dropped = [*found, type(dark)("too_dark", *[getattr(dark, f) for f in dark.__slots__[1:]])]
    result = going(prepared, dropped, Choice(("exact_copy", "too_dark")))
    assert prepared.ids[list(result.reasons)].tolist() == ["train-0"]
    assert [line.kind for line in result.reasons[0]] == ["too_dark", "exact_copy"]


@pytest.mark.parametrize("kind", ["conflicting", "near_conflicting"])
def test_of_conflicts_everything_goes(findings, kind):
    name = "torn" if kind == "conflicting" else "odd"
    result = going(findings.prepared, lines(findings), Choice((kind,), drop_test=True))
    assert findings.prepared.ids[list(result.reasons)].tolist() == [f"{name}-a", f"{name}-b"]


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("subject_leak", ["ann-a"]),
        ("sequence_leak", ["film-a"]),
        ("too_bright", []),
        ("too_dark", ["dark"]),
        ("unreadable", ["broken"]),
        ("constant", ["flat"]),
    ],
)
def test_what_goes_of_other_kinds(findings, kind, ids):
    result = going(findings.prepared, lines(findings), Choice((kind,)))
    assert findings.prepared.ids[list(result.reasons)].tolist() == ids
    assert bool(result.spared) == (kind == "too_bright")


def test_unknown_names_list_the_choices():
    with pytest.raises(UnknownNameError, match=r"'dark'; known: unreadable, constant, .*blurred"):
        Choice(("constant", "dark"))
    with pytest.raises(UnknownNameError, match="'last'; known: test, first, none"):
        Choice(("constant",), keep="last")
