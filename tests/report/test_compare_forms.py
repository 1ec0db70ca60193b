"""Markdown, CSV, the page and the terminal: the same tables in each form."""

import csv
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from made_runs import COMMIT, SHA, made_run
from rich.console import Console

from mien.errors import UsageError
from mien.report.compare.column import Column
from mien.report.compare.columns import COLUMNS, shown
from mien.report.compare.files import check_out, folder_name, write
from mien.report.compare.forms import csv_text, markdown, page, show
from mien.report.compare.inputs import gather
from mien.report.compare.notes import KINDS, SPREAD, TIME, TRAINED, legend_of
from mien.report.compare.tables import Table, tables_of


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> list[Table]:
    """Two seeds of one experiment, a net with pretrained weights, and a run without scores."""
    root = tmp_path_factory.mktemp("runs")
    imagenet = {"model.name": "resnet18", "model.pretrained": "imagenet"}
    imagenet["name"] = "resnet_imagenet"
    paths = [
        made_run(root / "lenet-s0", right=0.7),
        made_run(root / "lenet-s1", right=0.6, config={"seed": 1}),
        made_run(root / "resnet-s0", right=0.8, config=imagenet, environment={"gpu": "H200"}),
        made_run(root / "late-s0", right=None, config={"name": "late"}),
    ]
    return tables_of(gather(paths).runs)


class Reader(HTMLParser):
    """Notes tags, attributes and text, and that what is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _lines(tables: list[Table]) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(csv_text(tables))))


def test_markdown_has_a_heading_a_table_and_notes_for_each_track(tables: list[Table]) -> None:
    lines = markdown(tables).splitlines()
    assert lines[0] == "# Runs compared"
    assert lines[2] == "## FER-2013 labels"
    assert lines[4] == (
        "fer2013, test split, against FER-2013 labels: official n = 200, dedup n = 150"
    )
    header, rule, first, late, other = lines[6:11]
    assert header.startswith("| experiment | model | parameters | MACs | data | other data |")
    assert rule.startswith("| --- | --- | ---: | ---: | --- | --- |")
    assert first.startswith(
        "| lenet | lenet | 1.02 M | 54 M | fer2013, full-trained |  | FER-2013 labels | 2 (0, 1) "
        "| 65.00 ± 7.07 (58.2–71.2) | 65.00 ± 7.07 | "
    )
    assert "| one (0) | — | — | — | 30 | 1.37 h |" in late
    assert "weights of ImageNet" in other
    assert f"| gpu | {COMMIT[:8]} |" in other


def test_markdown_signs_in_names_are_no_markup(tmp_path: Path) -> None:
    root = made_run(tmp_path / "<b> *x*", right=None, data={"name": "a_b | c"})
    text = markdown(tables_of(gather([root]).runs))
    assert "\na\\_b | c: nothing evaluated\n" in text
    assert "| a_b \\| c, full-trained |" in text
    assert "/\\<b> \\*x\\*\n" in text


def test_csv_has_n_interval_and_numbers_of_every_row(tables: list[Table]) -> None:
    lenet, late, resnet = _lines(tables)
    assert lenet["seeds"] == "0 1"
    assert (lenet["official_n"], lenet["dedup_n"]) == ("200", "150")
    assert (lenet["official_percent"], lenet["official_percent_sd"]) == ("65.00", "7.07")
    assert (lenet["official_percent_low"], lenet["official_percent_high"]) == ("58.20", "71.23")
    assert (lenet["parameters"], lenet["macs"]) == ("1020000", "54300000")
    assert lenet["scored_data_sha256"] == SHA
    assert lenet["runs"] == "lenet-s0 lenet-s1"
    assert (lenet["device"], lenet["hardware"], lenet["commit"]) == ("Some CPU", "cpu", COMMIT)
    assert (resnet["other_data"], resnet["official_percent_sd"]) == ("weights of ImageNet", "")
    assert (late["official_percent"], late["scored_against"], late["epochs"]) == ("", "", "30")


def test_csv_without_a_row_is_empty() -> None:
    assert csv_text([]).strip() == ""


def test_the_page_asks_for_nothing_outside(tables: list[Table]) -> None:
    text = page(tables)
    for word in ("http:", "https:", "url(", "@import", "src="):
        assert word not in text
    script = re.search(r"<script>(.*)</script>", text, re.DOTALL)
    assert script is not None
    digest = b64encode(sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text


def test_the_page_is_whole_and_says_the_interval(tables: list[Table]) -> None:
    read = Reader(page(tables))
    tags = [tag for tag, _ in read.tags]
    assert tags.count("tbody") == 2  # own data, other data
    assert tags.count("tr") == 1 + 3
    assert "58.20–71.23" in read.words
    buttons = tags.count("button")
    cells = [tag for tag, _ in read.tags if tag in ("td", "th")]
    assert len(cells) == 4 * buttons


def test_the_page_knows_by_what_a_cell_is_sorted(tables: list[Table]) -> None:
    read = Reader(page(tables))
    keys = [attributes["data-key"] for _, attributes in read.tags if "data-key" in attributes]
    assert len(keys) == 3 * len(shown(tables[0]))
    first = keys[: len(keys) // 3]
    for key in ("lenet", "1020000", "54300000", "2", "65.00", "1.3702", "30 30"):
        assert key in first
    late = dict(zip([c.header for c in shown(tables[0])], keys[len(first) :], strict=False))
    assert (late["experiment"], late["official %"], late["other data"]) == ("late", "", "")


def test_words_of_a_run_are_no_markup_on_the_page(tmp_path: Path) -> None:
    commit = {"commit": '"><script>1', "cpu": "<u>"}
    root = made_run(tmp_path / "<b>", right=None, data={"name": "<i>"}, environment=commit)
    text = page(tables_of(gather([root]).runs))
    for tag in ("<i>", "<u>", "<b>", "<script>1"):
        assert tag not in text
    assert "&lt;i&gt;: nothing evaluated" in text
    assert 'data-key="&#34;&gt;&lt;script&gt;1"' in text
    Reader(text)


def test_the_terminal_cuts_nothing(tables: list[Table]) -> None:
    out = StringIO()
    show(tables, Console(file=out, width=40))
    text = out.getvalue()
    for words in (
        "resnet_imagenet",
        "65.00 ± 7.07 (58.2–71.2)",
        "full-trained",
        "ImageNet",
        "1.02 M",
        "1.37 h",
    ):
        assert words in text
    assert "…" not in text
    assert "note: late, seed 0: not evaluated: mien evaluate " in text
    for words in ("commit", "weights of ImageNet", "fer2013, full-trained"):
        assert words not in text


def test_optional_columns_go_where_they_say_nothing(tmp_path: Path) -> None:
    [table] = tables_of(gather([made_run(tmp_path / "a", n=400)]).runs)
    gone = [column.header for column in COLUMNS if column not in shown(table)]
    assert gone == ["other data", "macro-F1 ≥50", "unmasked %"]
    assert len(table.parts) == 1
    assert set(_lines([table])[0]) >= {"other_data", "official_macro_f1_common"}


def test_no_two_columns_share_a_field_of_the_csv(tables: list[Table]) -> None:
    row = tables[0].rows[0]
    names = [name for column in COLUMNS for name in column.fields(row)]
    assert len(names) == len(set(names))
    assert len(_lines(tables)[0]) == len(names) + 5  # what was scored


def test_what_is_not_known_is_sorted_by_nothing(tables: list[Table]) -> None:
    row = tables[0].rows[0]
    assert Column("a", lambda row: "x", lambda row: {"a": None, "b": 1}).key(row) == ""
    assert Column("a", lambda row: "x", lambda row: {"a": 0}).key(row) == "0"


def test_the_files_name_no_place_on_the_machine(tables: list[Table], tmp_path: Path) -> None:
    out = tmp_path / "report"
    files = write(out, tables)
    assert [path.name for path in files] == ["compare.md", "compare.csv", "compare.html"]
    place = str(tables[0].rows[0].runs[0].source.parent)
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert place not in text
        assert str(tmp_path) not in text
    assert "mien evaluate late-s0" in (out / "compare.html").read_text(encoding="utf-8")


def test_what_stands_in_the_way_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    run = made_run(tmp_path / "run")
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "compare.csv").write_text("")
    said: dict[Any, str] = {file: "this is a file", run: "a run's own", taken: "exists already"}
    for path, words in said.items():
        with pytest.raises(UsageError, match=words):
            check_out(path)
    check_out(taken, overwrite=True)
    check_out(tmp_path / "new")


def test_a_terminal_that_is_too_narrow_gets_the_table_in_parts(tables: list[Table]) -> None:
    out = StringIO()
    show(tables[:1], Console(file=out, width=60, force_terminal=True, color_system=None))
    text = out.getvalue()
    assert text.count("experiment") > 1
    for words in ("65.00 ± 7.07 (58.2–71.2)", "resnet_imagenet", "1.37 h", "ImageNet"):
        assert words in text
    rows = [line for line in text.splitlines() if line.startswith(("lenet ", "resnet_", "late "))]
    assert len(rows) == 3 * text.count("experiment")
    assert max(map(len, rows)) <= 60
    assert "…" not in text


def test_the_legend_tells_of_nothing_that_is_not_there(tmp_path: Path) -> None:
    bare = made_run(tmp_path / "bare", right=None, data={"rows": {"train": 90}})
    assert legend_of(tables_of(gather([bare]).runs)) == [TIME]
    whole = made_run(tmp_path / "whole", right=0.5)
    assert legend_of(tables_of(gather([whole]).runs)) == [KINDS, TRAINED, TIME]
    seeds = [made_run(tmp_path / str(n), right=0.5, config={"seed": n}) for n in range(2)]
    assert SPREAD in legend_of(tables_of(gather(seeds).runs))


def test_commands_in_the_files_name_runs_as_they_are_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = made_run(tmp_path / "runs" / "late", right=None)
    assert folder_name(root) == "late"
    monkeypatch.chdir(tmp_path)
    assert folder_name(root) == "runs/late"
    assert folder_name(Path("runs/late")) == folder_name(Path("runs/late/")) == "runs/late"
    monkeypatch.chdir(root)
    assert folder_name(Path("../late")) == "../late"
    assert folder_name(Path()) == "late"
