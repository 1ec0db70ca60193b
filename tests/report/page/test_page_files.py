from pathlib import Path

import pytest
from made_accounts import story_of, told_run

from mien.errors import UsageError
from mien.report.account.pieces import Picture, Section
from mien.report.figures import blank
from mien.report.page import check, write
from mien.report.page.files import figures_folder
from mien.report.page.render import Chapter
from mien.report.page.several import chapter, compared


def _chapter(name: str = "curve") -> Chapter:
    picture = Picture(name, "A curve that rises.", "The curve.", lambda: blank(1, 1))
    return Chapter("lenet", "", ("It is.",), (Section("s", "S", pictures=(picture,)),))


def test_every_figure_is_written_as_png_and_svg_and_embedded(tmp_path: Path) -> None:
    out = tmp_path / "new" / "report.html"
    page, folder = write(out, [_chapter()])
    assert sorted(path.name for path in folder.iterdir()) == ["curve.png", "curve.svg"]
    assert (folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert 'src="data:image/svg+xml;base64,' in page.read_text(encoding="utf-8")


def test_the_same_report_is_the_same_file(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, [_chapter()])[0] for name in ("a.html", "b.html"))
    assert first.read_bytes() == second.read_bytes()


def test_what_stands_there_is_kept_unless_told(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    write(out, [_chapter("old")])
    with pytest.raises(UsageError, match="exists already"):
        write(out, [_chapter("new")])
    write(out, [_chapter("new")], overwrite=True)
    assert {path.stem for path in figures_folder(out).iterdir()} == {"new"}


def test_a_folder_with_other_things_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    figures_folder(out).mkdir()
    (figures_folder(out) / "thesis.docx").write_text("")
    with pytest.raises(UsageError, match=r"thesis.docx, which no report wrote"):
        check(out, overwrite=True)
    assert (figures_folder(out) / "thesis.docx").exists()


def test_a_page_is_named_html(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"NAME.html"):
        check(tmp_path / "report.pdf")


def test_a_failed_figure_leaves_the_old_report(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    write(out, [_chapter()])
    before = out.read_bytes()

    def broken() -> None:
        raise OSError("No space left on device")

    picture = Picture("curve", "", "", broken)  # type: ignore[arg-type]
    bad = Chapter("lenet", "", (), (Section("s", "S", pictures=(picture,)),))
    with pytest.raises(OSError, match="No space"):
        write(out, [bad], overwrite=True)
    assert out.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report-figures", "report.html"]


def test_several_experiments_stand_side_by_side(tmp_path: Path) -> None:
    roots = [
        told_run(tmp_path / name, right=right, parts=(), calibrated=False)
        for name, right in (("one", 0.6), ("two", 0.8))
    ]
    stories = [story_of(root) for root in roots]
    assert compared(stories[:1]) == []
    (section,) = compared(stories)
    scores, origins = section.tables
    assert [row[0] for row in scores.rows] == ["lenet (one)", "lenet (two)"]
    assert [row[5] for row in scores.rows] == ["350", "350"]
    assert "28,709 training pictures of fer2013" in origins.rows[0][2]
    made = [chapter(story, [], several=True) for story in stories]
    assert [one.prefix for one in made] == ["one-", "two-"]
    assert chapter(stories[0], []).prefix == ""
    assert [one.name for one in made] == ["lenet (one)", "lenet (two)"]
    assert chapter(stories[0], []).name == "lenet"  # one alone needs no name of its folder


def test_an_experiment_that_was_not_evaluated_has_its_row_too(tmp_path: Path) -> None:
    roots = [told_run(tmp_path / name, parts=(), calibrated=False) for name in ("one", "two")]
    for path in (roots[0] / "evaluation").rglob("*.json"):
        path.unlink()
    (section,) = compared([story_of(root) for root in roots])
    assert section.tables[0].rows[0][2] == "not evaluated"
