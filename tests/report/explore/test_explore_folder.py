"""The page and its folder: self-contained, the same each time, whole or not at all."""

import json
import re
from base64 import b64decode
from html.parser import HTMLParser
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from made_material import augmented, full, made, pictures
from PIL import Image

from mien.errors import DataError, MissingExtraError, UsageError
from mien.report.explore import folder as folder_module
from mien.report.explore.folder import PAGE, RECORD, check_out, work_of, write
from mien.report.explore.page import facts, method, page, summary
from mien.report.explore.panels.every import every
from mien.report.explore.panels.panel import Panel

pytest.importorskip("matplotlib")

HOSTILE = "<script>alert('x')</script> & \"quotes\""


def silent(doing, done, of):
    pass


class Tags(HTMLParser):
    """Every tag of a page with its attributes, and what follows which tag."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def material():
    return full()


@pytest.fixture(scope="module")
def written(material, tmp_path_factory):
    out = tmp_path_factory.mktemp("explored") / "out"
    paths = write(out, material, every(material, augmented(material)), silent)
    return out, paths


def few(material):
    return [p for p in every(material, augmented(material)) if p.key in ("classes", "sizes")]


def test_page_figures_and_record_are_all_there_is(written):
    out, paths = written
    assert paths[0] == out / PAGE
    assert len(paths) == 20
    assert {p.name for p in out.iterdir()} == {p.name for p in paths} | {RECORD}
    assert not work_of(out).exists()


def test_every_picture_decodes_and_is_embedded_in_the_page(written):
    out, paths = written
    tags = Tags((out / PAGE).read_text(encoding="utf-8"))
    embedded = [b64decode(i["src"].removeprefix("data:image/png;base64,")) for i in tags.all("img")]
    assert embedded == [path.read_bytes() for path in paths[1:]]
    for png in embedded:
        with Image.open(BytesIO(png)) as image:
            image.load()
            assert image.width == 1400


def test_the_page_asks_for_nothing_from_outside(written):
    text = (written[0] / PAGE).read_text(encoding="utf-8")
    tags = Tags(text)
    for _, attributes in tags.found:
        for name in ("src", "href", "srcset", "action", "data"):
            if attributes.get(name):
                assert re.match(r"(data:image/png;base64,|#)", attributes[name])
    assert not tags.all("script") + tags.all("link") + tags.all("iframe")
    assert "http://" not in text
    assert "https://" not in text
    assert "url(" not in text
    assert "@import" not in text


def test_each_figure_has_a_title_n_alt_text_and_sentence(written, material):
    text = (written[0] / PAGE).read_text(encoding="utf-8")
    tags = Tags(text)
    assert len(tags.all("figure")) == 19
    assert all(len(image["alt"]) > 40 for image in tags.all("img"))
    record = json.loads((written[0] / RECORD).read_text(encoding="utf-8"))
    for figure in record["figures"]:
        assert figure["title"] in text
        assert f"(n = {figure['n']:,})" in text
        assert figure["reading"] in text.replace("&#39;", "'")
    assert {f"#{f['key']}" for f in record["figures"]} == {a["href"] for a in tags.all("a")}


def test_the_page_begins_with_the_set_and_ends_with_the_methods(written, material):
    text = (written[0] / PAGE).read_text(encoding="utf-8")
    for said in ("made", "a list", "by turns", material.sha256, "40, 0 of them unreadable"):
        assert said in text[: text.index("<figure")]
    assert text.index("How each figure was computed") > text.rindex("<figure")


def test_the_same_dataset_gives_the_same_bytes(written, material, tmp_path):
    _, paths = written
    again = write(tmp_path / "b", material, every(material, augmented(material)), silent)
    for first, second in zip(paths, again, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_what_makes_no_sense_is_on_the_page_in_one_line(tmp_path):
    material = made(pictures(1)[0], [0], ["train"])
    write(tmp_path / "out", material, every(material, augmented(material)), silent)
    text = (tmp_path / "out" / PAGE).read_text(encoding="utf-8")
    assert "<li>Examples of copies: no two pictures have the same pixels.</li>" in text
    assert text.count("<img ") == 12


def test_names_from_the_dataset_are_no_html():
    material = made(*pictures(2), name=HOSTILE, notes=[HOSTILE], files=[{"name": HOSTILE}])
    panel = Panel("x", HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE, rows=[(HOSTILE,)], headers=(HOSTILE,))
    text = page(material, [panel, Panel("y", HOSTILE, "", missing=HOSTILE)], {"x": b""})
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 10
    assert not any("onerror" in a or "alert" in a for _, a in Tags(text).found)


def test_the_record_is_told_line_by_line_and_empty_lines_are_left_out(material):
    told = dict(facts(material))
    assert told["split"] == "by turns"
    assert "notes" not in told
    assert summary(material) == (
        "40 readable pictures of 8 classes (14 train, 13 val, 13 test), with the labels of "
        "ferplus and FER+ votes."
    )


def test_a_sample_is_said_on_the_page(material):
    from dataclasses import replace

    assert "numbers about pixels of every readable picture" in method(material)
    some = replace(material, sample=np.arange(5))
    assert "of a sample of 5 of the 40 readable pictures, drawn with seed 0" in method(some)


def test_the_template_lies_in_the_package():
    assert files("mien.report.explore").joinpath("page.html.j2").is_file()


def test_nothing_is_left_where_drawing_fails(material, tmp_path):
    def broken():
        raise ZeroDivisionError

    panels = [*few(material), Panel("z", "t", "h", draw=broken)]
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "out", material, panels, silent)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_exploration_stays_where_a_new_one_fails(material, tmp_path, monkeypatch):
    out = tmp_path / "out"
    write(out, material, few(material), silent)
    before = {p.name: p.read_bytes() for p in out.iterdir()}

    def full_disk(*words):
        raise OSError(28, "No space left on device", "explore.html")

    monkeypatch.setattr(folder_module.runs, "write_text", full_disk)
    with pytest.raises(DataError, match="No space left on device; nothing was kept"):
        write(out, material, few(material), silent)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert list(tmp_path.iterdir()) == [out]


def test_an_earlier_exploration_is_replaced_as_a_whole(material, tmp_path):
    out = tmp_path / "out"
    write(out, material, few(material), silent)
    write(out, material, few(material)[:1], silent)
    assert sorted(p.name for p in out.iterdir()) == ["classes.png", PAGE, RECORD]


def test_an_exploration_is_replaced_only_on_demand(material, tmp_path):
    out, dataset = tmp_path / "out", tmp_path / "set"
    check_out(out, dataset, overwrite=False)
    out.mkdir()
    check_out(out, dataset, overwrite=False)
    write(out, material, few(material), silent)
    with pytest.raises(UsageError, match=r"exists already: .* --overwrite"):
        check_out(out, dataset, overwrite=False)
    check_out(out, dataset, overwrite=True)


@pytest.mark.parametrize("name", ["notes.txt", "old.png"])
def test_what_mien_did_not_write_is_never_replaced(material, tmp_path, name):
    out = tmp_path / "out"
    write(out, material, few(material), silent)
    (out / name).write_text("mine")
    with pytest.raises(UsageError, match=f"it holds {name}"):
        check_out(out, tmp_path / "set", overwrite=True)


def test_other_things_are_no_exploration(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="it is a file"):
        check_out(tmp_path / "file", tmp_path / "set", overwrite=True)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").write_text("")
    with pytest.raises(UsageError, match=r"it lacks explore.html or explore.json"):
        check_out(tmp_path / "folder", tmp_path / "set", overwrite=True)
    (tmp_path / "folder" / PAGE).write_text("")
    (tmp_path / "folder" / RECORD).write_text("[]")
    with pytest.raises(UsageError, match="it holds a"):
        check_out(tmp_path / "folder", tmp_path / "set", overwrite=True)


@pytest.mark.parametrize("inside", [".", "explored", "train/angry/x"])
def test_the_prepared_dataset_stays_as_it_is(tmp_path, inside):
    with pytest.raises(UsageError, match="lies in the prepared dataset"):
        check_out(tmp_path / "set" / inside, tmp_path / "set", overwrite=True)


def test_a_way_round_into_the_prepared_dataset_is_seen(tmp_path, monkeypatch):
    (tmp_path / "set" / "train").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "set")
    monkeypatch.chdir(tmp_path / "set" / "train")
    for out in (Path("x"), Path("../y"), tmp_path / "link" / "z"):
        with pytest.raises(UsageError, match="lies in the prepared dataset"):
            check_out(out, tmp_path / "set", overwrite=False)


@pytest.mark.parametrize("module", ["matplotlib"])
def test_a_missing_extra_is_named(material, tmp_path, monkeypatch, module):
    import sys

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r'pip install -e "\.\[train\]"'):
        write(tmp_path / "out", material, few(material), silent)
    assert list(tmp_path.iterdir()) == []
