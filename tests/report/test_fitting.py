"""Columns that do not fit beside each other come in parts."""

from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from mien.report.fitting import GAP, Cells, Fitted, parts, printed

NAME = Cells("name", ("first", "second"))  # 6 wide


def _wide(width: int) -> Cells:
    return Cells("x" * width, ("1", "2"), number=True)


def test_what_fits_stays_together() -> None:
    columns = [NAME, _wide(5), _wide(5)]
    assert parts(columns, 6 + GAP + 5 + GAP + 5) == [columns]
    assert parts(columns, None) == [columns]
    assert parts([NAME], 2) == [[NAME]]


def test_what_does_not_fit_comes_below_with_the_first_column_again() -> None:
    a, b, c = _wide(5), _wide(6), _wide(7)
    assert parts([NAME, a, b, c], 6 + GAP + 5 + GAP + 5) == [[NAME, a], [NAME, b], [NAME, c]]
    assert parts([NAME, a, b, c], 6 + GAP + 5 + GAP + 6) == [[NAME, a, b], [NAME, c]]
    assert parts([NAME, a, b], 1) == [[NAME, a], [NAME, b]]


def test_what_names_a_row_may_be_several_columns() -> None:
    a, b = _wide(5), _wide(6)
    both = [NAME, _wide(3)]
    assert parts([*both, a, b], 6 + GAP + 3 + GAP + 6, 2) == [[*both, a], [*both, b]]
    assert parts(both, 4, 2) == [both]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=9), st.integers(1, 80))
def test_no_column_is_lost_and_no_part_is_wider_than_it_must_be(
    widths: list[int], room: int
) -> None:
    columns = [_wide(width) for width in widths]
    found = parts([NAME, *columns], room)
    assert [column for part in found for column in part[1:]] == columns
    for part in found:
        assert part[0] == NAME
        wide = sum(column.width for column in part) + GAP * (len(part) - 1)
        assert wide <= room or len(part) == 2


def _printed(columns: list[Cells], width: int, *, terminal: bool) -> list[str]:
    out = StringIO()
    printed(Console(file=out, width=width, force_terminal=terminal, color_system=None), columns)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_pipe_gets_long_lines_and_a_terminal_short_ones() -> None:
    columns = [NAME, _wide(9), _wide(9)]
    assert len(_printed(columns, 20, terminal=False)) == 4
    lines = _printed(columns, 20, terminal=True)
    assert len(lines) == 8
    assert max(map(len, lines)) <= 20


def test_rich_prints_a_fitted_table_in_parts_with_its_notes() -> None:
    out = StringIO()
    table = Fitted([NAME, _wide(9), _wide(9)], notes=["a [b] c"])
    Console(file=out, width=20).print(table)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert sum(line.startswith("first") for line in lines) == 2
    assert lines[-1] == "note: a [b] c"
    assert max(map(len, lines)) <= 20


def test_a_name_that_is_wider_than_the_place_is_folded() -> None:
    out = StringIO()
    Console(file=out, width=20).print(Fitted([Cells("name", ("abcdefgh" * 4, "b")), _wide(5)]))
    assert "…" not in out.getvalue()
    assert out.getvalue().count("abcdefgh"[:3]) >= 3


def test_words_of_markup_and_wide_signs_are_left_as_they_are() -> None:
    columns = [Cells("[b]", ("[red]x", "漢字")), _wide(4)]
    lines = _printed(columns, 4, terminal=True)
    assert any(line.startswith("[red]x") for line in lines)
    assert columns[0].width == 6
