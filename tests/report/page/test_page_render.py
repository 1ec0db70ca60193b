import re
from html.parser import HTMLParser

import pytest

from mien.report.account.pieces import Missing, Picture, Section, Table
from mien.report.page.render import Chapter, kept, page

TABLE = Table("Scores <of all>", ("class", "n"), (("fear & joy", "12"),))
PICTURE = Picture("curve", "A curve that rises.", "The curve.", lambda: None)  # type: ignore[arg-type, return-value]
SECTION = Section("scores", "What it scores", ("61.4 % are right.",), (TABLE,), (PICTURE,), ("n.",))
VOID = {"meta", "img", "br", "link"}


def _chapter(prefix: str = "", **more: object) -> Chapter:
    values = {"missing": (Missing("groups", "mien groups RUN"),), **more}
    return Chapter("lenet", prefix, ("It is a net.",), (SECTION,), **values)  # type: ignore[arg-type]


class _Tags(HTMLParser):
    """Collects ids and the images' texts, and checks that what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.alts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values["href"] or ""] if tag == "a" else []
        self.alts += [values.get("alt") or ""] if tag == "img" else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(text: str) -> _Tags:
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    return tags


@pytest.mark.parametrize("chapters", [[_chapter()], [_chapter("a-"), _chapter("b-")]])
def test_a_page_is_well_formed_and_its_links_lead_somewhere(chapters: list[Chapter]) -> None:
    pictures = {chapter.file_name(PICTURE): b"<svg/>" for chapter in chapters}
    compared = [Section("compared", "Side by side", tables=(TABLE,))] if chapters[1:] else []
    tags = _read(page(chapters, compared, pictures))
    assert len(tags.ids) == len(set(tags.ids))
    assert {link.removeprefix("#") for link in tags.links} <= set(tags.ids)
    assert tags.alts == ["A curve that rises."] * len(chapters)


def test_a_page_asks_for_nothing_from_outside_and_runs_no_script() -> None:
    text = page([_chapter()], [], {"curve": b"<svg/>"})
    assert "default-src 'none'" in text
    assert "<script" not in text
    sources = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert all(source.startswith(("data:image/", "#")) for source in sources)
    assert "url(" not in text
    assert "@import" not in text


def test_what_a_run_is_called_cannot_break_the_page() -> None:
    text = page([_chapter()], [], {"curve": b"<svg/>"})
    assert "Scores &lt;of all&gt;" in text
    assert "fear &amp; joy" in text


def test_tables_have_headers_for_rows_and_columns_and_numbers_to_the_right() -> None:
    text = page([_chapter()], [], {"curve": b"<svg/>"})
    assert '<th scope="row">fear' in text
    assert '<th scope="col" class="number">n</th>' in text
    assert '<td class="number">12</td>' in text


def test_what_is_missing_is_one_list_with_commands() -> None:
    text = page([_chapter()], [], {"curve": b"<svg/>"})
    assert "<li>groups: <code>mien groups RUN</code></li>" in text
    assert "Not in this report" not in page([_chapter(missing=())], [], {"curve": b""})


def test_faces_come_with_the_warning_not_to_publish() -> None:
    plain = page([_chapter()], [], {"curve": b""})
    shown = page([_chapter(faces=(("Ten", "data:image/png;base64,AA"),))], [], {"curve": b""})
    assert "do not publish this page" in shown
    assert "do not publish" not in plain


def test_the_page_can_be_printed() -> None:
    text = page([_chapter()], [], {"curve": b""})
    assert "@media print" in text
    assert "break-inside: avoid" in text


def test_a_number_stays_with_its_per_cent_sign() -> None:
    assert kept("61.4 % of 10 %") == "61.4\u00a0% of 10\u00a0%"
