import base64
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from made_findings import blocks, brighter, made_set, one_of_each, picture

from mien.datasets.auditing.findings import find
from mien.datasets.auditing.found import found
from mien.datasets.auditing.kinds import KINDS
from mien.datasets.pictures import decode
from mien.report.gallery import write_page
from mien.report.gallery.cards import Card, cards, data_uri, evenly, groups, make_card, ordered


class Reader(HTMLParser):
    """Notes every tag with its attributes, and the text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(findings, folder, **how):
    write_page(folder / "gallery.html", findings, **how)
    return (folder / "gallery.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return made_set(tmp_path_factory.mktemp("sets") / "made", one_of_each())


@pytest.fixture(scope="module")
def page(made, tmp_path_factory):
    return page_of(find(made), tmp_path_factory.mktemp("page"))


def test_the_page_asks_for_nothing_outside_and_runs_nothing(page):
    assert "http:" not in page
    assert "https:" not in page
    assert "url(" not in page
    assert "@import" not in page
    tags = {tag for tag, _ in Reader(page).tags}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form", "svg"}
    assert "default-src 'none'" in page
    for attributes in Reader(page).all("a"):
        assert attributes["href"].startswith("#")


def test_every_picture_decodes_to_its_own_pixels_and_says_what_it_is(page, made):
    images = Reader(page).all("img")
    places = {name: row for row, name in enumerate(made.ids.tolist())}
    for attributes in images:
        form, _, data = attributes["src"].partition(",")
        assert form == "data:image/png;base64"
        name, about = re.fullmatch(r"picture (\S+) \((.+)\)", attributes["alt"]).groups()
        row = places[name]
        assert np.array_equal(decode(base64.b64decode(data)), made.pixels(row))
        assert about.split(", ")[0] == made.split[row]
    assert len(images) == 29  # the findings of FOUND but for the unreadable one


def test_tags_are_closed_and_each_link_leads_somewhere(page):
    read = Reader(page)
    assert read.open == []
    anchors = {attributes["id"] for _, attributes in read.tags if "id" in attributes}
    assert {attributes["href"][1:] for attributes in read.all("a")} <= anchors
    kinds = {attributes["id"] for attributes in read.all("section")}
    assert kinds == {kind for kind in KINDS if kind != "no_face" and not kind.endswith("sets")}


def test_the_page_tells_counts_borders_and_what_was_left_out(page):
    text = " ".join(" ".join(Reader(page).words).split())
    assert "Copy across splits: 4 pictures in 2 groups" in text
    assert "Blurred: 1 picture " in text
    assert "border 25.5" in text
    assert "Not looked for: no face (the face detector was not asked)" in text
    assert "expected 48x48 px" in text
    assert "not shown here" not in text
    assert re.search(r"0\.99\d+ with near-b", text)


def test_an_unreadable_picture_has_a_place_without_an_image(page):
    boxes = [a for a in Reader(page).all("div") if a.get("class") == "none"]
    assert boxes == [
        {
            "class": "none",
            "role": "img",
            "aria-label": "picture broken (train, no label), unreadable",
        }
    ]


def test_nasty_names_stay_text(tmp_path, monkeypatch):
    name = '"><script>alert(1)</script>&amp;'
    prepared = made_set(tmp_path / "x", [picture("p", "train", "fear", blocks(1) // 12)])
    prepared.ids = np.array([name])
    prepared.split = np.array(["<b>"])
    prepared.name = "</title><img src=x onerror=alert(2)>"
    read = Reader(page_of(find(prepared), tmp_path))
    assert {tag for tag, _ in read.tags if tag in ("script", "b")} == {"b"}
    assert read.all("img")[0]["alt"] == f"picture {name} (<b>, fear)"
    assert all(set(a) == {"src", "alt"} for a in read.all("img"))
    assert any(name in word for word in read.words)


def test_most_are_shown_evenly_and_the_rest_is_counted(tmp_path):
    dark = [picture(f"p{n}", "train", "fear", blocks(n) // (10 + n)) for n in range(9)]
    findings = find(made_set(tmp_path / "x", dark), near=False)
    assert [card.id for card in cards(findings, "too_dark", 3)] == ["p8", "p4", "p0"]
    text = " ".join(" ".join(Reader(page_of(findings, tmp_path, most=3)).words).split())
    assert "6 pictures not shown here ; all are in findings.csv" in text


def test_evenly_takes_both_ends():
    assert evenly(9, 3) == [0, 4, 8]
    assert evenly(2, 5) == [0, 1]
    assert evenly(0, 5) == []


def test_the_strongest_come_first():
    one = found(np.arange(3), values=np.array([2.0, 1.0, 3.0]))
    assert ordered(KINDS["too_dark"], one).tolist() == [1, 0, 2]
    assert ordered(KINDS["too_bright"], one).tolist() == [2, 0, 1]
    assert ordered(KINDS["exact_copy"], one).tolist() == [0, 1, 2]


def test_a_large_group_shows_each_split_and_says_how_many_more(tmp_path):
    splits = ["train"] * 8 + ["val", "test"]
    same = [picture(f"p{n}", s, "fear", blocks(1)) for n, s in enumerate(splits)]
    findings = find(made_set(tmp_path / "x", same), near=False)
    (group,) = groups(findings, "copy_across_splits", 60)
    assert [card.id for card in group.cards] == ["p0", "p8", "p9", "p1", "p2", "p3"]
    assert group.more == 4
    assert "and 4 more in this group" in page_of(findings, tmp_path)


def test_groups_are_shown_whole_and_the_rest_is_counted(tmp_path):
    pairs = [picture(f"p{n}", "train", "fear", blocks(n // 2)) for n in range(10)]
    findings = find(made_set(tmp_path / "x", pairs), near=False)
    shown = groups(findings, "exact_copy", 6)
    assert [[card.id for card in group.cards] for group in shown] == [["p0", "p1"], ["p8", "p9"]]
    assert "3 groups not shown here" in page_of(findings, tmp_path, most=6)


def test_pictures_of_other_datasets_stand_beside_ours_under_their_name(tmp_path, made):
    others = [picture("u", "val", "fear", brighter(blocks(13)))]
    findings = find(made, against=[made_set(tmp_path / "b", others, "other")])
    (group,) = groups(findings, "near_copy_across_sets", 60)
    assert [(card.set_name, card.id) for card in group.cards] == [("", "ann-a"), ("other", "u")]
    assert group.cards[0].value.endswith(" with u")
    assert 'alt="picture u (other, val, fear)"' in page_of(findings, tmp_path)


def test_large_pictures_are_made_small_and_colours_stay():
    red = np.zeros((300, 600, 3), np.uint8)
    red[..., 0] = 200
    form, _, data = data_uri(red).partition(",")
    small = decode(base64.b64decode(data))
    assert form == "data:image/jpeg;base64"
    assert small.shape == (64, 128, 3)
    assert np.abs(small.astype(int) - [200, 0, 0]).max() < 6


def test_a_card_says_what_it_shows(made):
    card = make_card(made, 0)
    assert isinstance(card, Card)
    assert card.alt == "picture copy-a (train, anger)"


def test_an_empty_audit_is_a_page_too(tmp_path):
    fine = [picture("p", "train", "fear", blocks(1))]
    read = Reader(page_of(find(made_set(tmp_path / "x", fine), near=False), tmp_path))
    assert read.all("section") == []
