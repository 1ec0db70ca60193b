import os
import sys

import numpy as np
import pytest
from made_sources import encoded, faces

from mien.datasets.readers import walk
from mien.datasets.readers.walk import files, leads_nowhere, load, own_files, pictures, subfolders
from mien.errors import SourceError


@pytest.fixture
def tree(tmp_path):
    for file in ("b/2.png", "b/1.JPG", "b/inner/3.png", "a.txt", ".hidden.png", ".git/x.png"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(encoded(faces(1)[0]))
    (tmp_path / "__MACOSX").mkdir()
    return tmp_path


def names(root, paths):
    return [path.relative_to(root).as_posix() for path in paths]


def test_files_come_sorted_without_hidden_ones(tree):
    assert names(tree, files(tree)) == ["a.txt", "b/1.JPG", "b/2.png", "b/inner/3.png"]
    assert names(tree, pictures(tree)) == ["b/1.JPG", "b/2.png", "b/inner/3.png"]
    assert names(tree, subfolders(tree)) == ["b"]
    assert names(tree, own_files(tree)) == ["a.txt"]


def test_links_to_folders_are_followed_but_not_in_circles(tree, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "o.png").write_bytes(encoded(faces(1)[0]))
    (tree / "b/link").symlink_to(other)
    (tree / "b/inner/up").symlink_to(tree)
    (other / "back").symlink_to(tree / "b")
    (other / "self").symlink_to(other)
    assert names(tree, pictures(tree)) == ["b/1.JPG", "b/2.png", "b/inner/3.png", "b/link/o.png"]


def test_links_that_point_to_each_other_or_nowhere_are_listed(tree):
    (tree / "b/one.png").symlink_to("two.png")
    (tree / "b/two.png").symlink_to("one.png")
    (tree / "b/gone.png").symlink_to("/no/such/file.png")
    (tree / "b/folder").symlink_to("/no/such/folder")
    (tree / "b/notes.txt").symlink_to("/no/such/text")
    found = names(tree / "b", pictures(tree / "b"))
    assert found == ["1.JPG", "2.png", "folder", "gone.png", "inner/3.png", "one.png", "two.png"]
    for name in ("one.png", "two.png", "gone.png", "folder"):
        assert leads_nowhere(tree / "b" / name)
        assert load(tree / "b" / name) == (None, "a link that leads nowhere")
    assert subfolders(tree / "b") == [tree / "b/inner"]


def test_very_deep_folders_do_not_end_the_walk(tmp_path):
    deepest = tmp_path
    for _ in range(sys.getrecursionlimit() + 100):
        deepest /= "d"
        deepest.mkdir()
    try:
        assert list(files(tmp_path)) == []
    finally:
        while deepest != tmp_path:  # what empties the folder after the tests calls itself
            deepest.rmdir()
            deepest = deepest.parent


def test_a_pipe_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert load(tmp_path / "pipe.png") == (None, "no plain file, expected a picture")
    (tmp_path / "folder.png").mkdir()
    assert load(tmp_path / "folder.png")[1] == "no plain file, expected a picture"


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(walk.MOST_BYTES + 1)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: pytest.fail("it was read"))
    assert load(tmp_path / "huge.png")[1] == "536,870,913 bytes, expected at most 536,870,912"


def test_equal_channels_are_loaded_as_grey(tmp_path):
    face = faces(1)[0]
    (tmp_path / "a.png").write_bytes(encoded(np.dstack([face] * 3)))
    pixels, problem = load(tmp_path / "a.png")
    assert np.array_equal(pixels, face)
    assert problem == ""
    assert load(tmp_path / "none.png") == (None, "cannot be read (No such file or directory)")


def test_closed_folders_are_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match=r"the folder .* cannot be read: Not a directory"):
        subfolders(tmp_path / "file")
