import os

import pytest

from mien.datasets.readers.names import SPLIT_WORDS, Ids, Seen, dataset_name, emotion, shown


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("train/happy/a b.png", "train/happy/a b.png"),
        ("ä/笑.png", "ä/笑.png"),
        ("a\nb\t\x1b[31m", r"a\nb\t\x1b[31m"),
        (os.fsdecode(b"caf\xe9.png"), r"caf\udce9.png"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
    ],
)
def test_names_are_shown_as_one_printable_line(text, line):
    assert shown(text) == line
    assert shown(text).isprintable()
    shown(text).encode()


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("my faces (2)", "my_faces_2"),
        ("..", "mine"),
        ("笑", "mine"),
        ("a" * 99, "a" * 60),
        ("", "mine"),
    ],
)
def test_a_dataset_has_a_safe_name_like_its_folder(folder, name):
    assert dataset_name(folder, "mine") == name


def test_ids_differ_where_only_case_or_suffix_or_the_cut_differ():
    paths = ["a/b.png", "A/B.png", "a/b.jpg", "a-b.png", "a/b.jpeg"]
    ids = Ids()
    found = [ids(path.split("/")) for path in paths]
    assert found[0] == "a-b"
    assert len({name.casefold() for name in found}) == len(paths)
    assert all(name.casefold().startswith("a-b-") for name in found[1:])


def test_ids_are_safe_and_stable():
    odd = ["x" * 255 + ".png", "a\nb.png", os.fsdecode(b"\xff.png"), "..png", " .png", "CON.png"]
    first, second = Ids(), Ids()
    found = [first(["happy", name]) for name in odd]
    assert found == [second(["happy", name]) for name in odd]
    assert len(set(found)) == len(odd)
    assert all(name.isascii() and "/" not in name and len(name) < 140 for name in found)


def test_the_same_path_twice_is_no_matter_of_ids():
    seen = Seen()
    assert [seen.add(text) for text in ("a", "b", "a", "A", os.fsdecode(b"\xff"))] == [
        *(True, True, False, True, True)
    ]


def test_words_for_splits_and_emotions():
    assert SPLIT_WORDS["publictest"] == "val"
    assert emotion(" Happy ") == "happiness"
    assert emotion("bored") is None
