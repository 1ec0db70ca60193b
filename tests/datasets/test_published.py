import numpy as np
import pytest

from mien.datasets.published import counted, differences, form_of
from mien.datasets.published_forms import ALL, FORMS
from mien.datasets.readers.hub_table import Table
from mien.datasets.readers.parquet import split_of
from mien.emotions import EMOTIONS

USAGES = {"train": "Training", "val": "PublicTest", "test": "PrivateTest"}


def arrays(counts, word=lambda split: split):
    """Source's splits, labels and readability with exactly these counts."""
    cells = [(word(s), e, n) for s, row in counts.items() for e, n in row.items()]
    numbers = [n for _, _, n in cells]
    splits = np.repeat(np.array([s for s, _, _ in cells]), numbers)
    labels = np.repeat(np.array([EMOTIONS.index(e) for _, e, _ in cells]), numbers)
    return splits, labels, np.ones(len(labels), bool)


def totals(reader, form=0):
    return {split: sum(row.values()) for split, row in FORMS[reader][form].counts.items()}


def test_the_totals_are_those_of_the_papers():
    assert totals("fer2013-csv") == {"Training": 28_709, "PublicTest": 3_589, "PrivateTest": 3_589}
    assert totals("fer2013-folders") == {"train": 28_709, "test": 7_178}
    assert totals("rafdb") == {"train": 12_271, "test": 3_068}
    assert [totals(name)[ALL] for name in ("ckplus", "ck48", "ckextended")] == [327, 981, 920]


def test_codes_were_read_in_the_order_of_their_source():
    rafdb, ck = FORMS["rafdb"][0].counts["train"], FORMS["ckextended"][0].counts[ALL]
    assert (rafdb["surprise"], rafdb["happiness"], rafdb["neutral"]) == (1290, 4772, 2524)
    assert (ck["anger"], ck["neutral"], ck["contempt"]) == (45, 593, 18)
    assert FORMS["ckplus"][0].counts[ALL]["contempt"] == 18
    assert FORMS["fer2013-folders"][0].counts["test"]["disgust"] == 111


@pytest.mark.parametrize("name", [n for n, forms in FORMS.items() for f in forms if not f.total])
def test_every_form_equals_itself_and_only_itself(name):
    for form in FORMS[name]:
        splits, labels, readable = arrays(form.counts)
        assert form_of(name, splits) is form
        films = np.arange(len(labels)).astype(str)
        people = np.array([f"S{n % (form.subjects or 1)}" for n in range(len(labels))])
        assert differences(name, splits, labels, readable, films, people) == []
        assert len(differences(name, splits[1:], labels[1:], readable[1:], films[1:])) == 1


def test_each_difference_names_split_class_expected_and_came():
    splits, labels, readable = arrays(FORMS["fer2013-csv"][0].counts)
    first = np.flatnonzero((splits == "PrivateTest") & (labels == EMOTIONS.index("disgust")))[0]
    labels[first] = EMOTIONS.index("contempt")
    readable[np.flatnonzero(splits == "Training")[0]] = False
    assert sorted(differences("fer2013-csv", splits, labels, readable)) == [
        "PrivateTest, contempt: expected 0, came 1",
        "PrivateTest, disgust: expected 55, came 54",
        "Training, anger: expected 3,995, came 3,994",
    ]


def test_splits_that_are_missing_or_unknown_are_one_line_each():
    counts = dict(FORMS["rafdb"][0].counts)
    counts["extra"] = counts.pop("test")
    assert set(differences("rafdb", *arrays(counts))) == {
        "test, pictures: expected 3,068, came none",
        "extra, pictures: expected no such split, came 3,068",
    }


def test_the_form_is_chosen_by_the_splits():
    def what(reader, *splits):
        return form_of(reader, np.array(splits)).what

    usages = ("PrivateTest", "PublicTest", "Training")
    assert what("fer2013-folders", "train", "test") == "FER-2013 as folders"
    assert what("fer2013-folders", *usages) == what("fer2013-csv", *usages) == "FER-2013"
    assert what("fer2013-csv", "Training") == "the competition's train.csv"
    assert what("fer2013-csv", "Training", "PublicTest") == "FER-2013"
    assert what("fer2013-folders", "training", "valid", "testing") == "FER-2013"
    assert form_of("folders", np.array(["train"])) is None
    assert form_of("", np.array([], dtype=str)) is None
    assert differences("", np.array(["train"]), np.array([0]), np.array([True])) == []


def test_films_count_once_by_their_peak_however_many_frames_were_taken():
    splits, peaks, _ = arrays(FORMS["ckplus"][0].counts)
    films = np.array([f"f{n}" for n in range(len(peaks))])
    people = np.array([f"S{n % 118}" for n in range(len(peaks))])
    neutral = np.full(len(peaks), EMOTIONS.index("neutral"))
    labels = np.concatenate([neutral, peaks, peaks, peaks])
    taken = (np.tile(splits, 4), labels, np.ones(len(labels), bool), np.tile(films, 4))
    assert differences("ckplus", *taken, np.tile(people, 4)) == []
    assert counted(FORMS["ckplus"][0], *taken)[ALL]["surprise"] == 83
    people[people == "S7"] = "S8"
    assert differences("ckplus", *taken, np.tile(people, 4)) == ["subjects: expected 118, came 117"]


def test_a_set_of_which_only_the_total_was_published():
    count = 213
    labels, people = np.arange(count) % 7, np.array([f"P{n % 10}" for n in range(count)])
    splits, readable = np.full(count, ""), np.ones(count, bool)
    assert differences("jaffe", splits, labels, readable, subjects=people) == []
    readable[0] = False
    found = differences("jaffe", splits, labels, readable, subjects=people)
    assert found == ["pictures: expected 213, came 212"]


@pytest.mark.data
def test_the_real_fer2013_has_the_published_counts(real):
    pytest.importorskip("pyarrow")
    rows = [
        (USAGES[split_of(file.name)], EMOTIONS.index(label))
        for file in sorted(real.glob("*.parquet"))
        for _, label in Table(file).rows()
    ]
    splits, labels = np.array([s for s, _ in rows]), np.array([n for _, n in rows])
    assert differences("fer2013-parquet", splits, labels, np.ones(len(rows), bool)) == []
