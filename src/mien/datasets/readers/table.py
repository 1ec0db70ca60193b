"""Anybody's table of pictures: which files are one, and which of them belong together."""

import re
from collections.abc import Sequence
from pathlib import Path

from mien.datasets.prepared import RECORD
from mien.datasets.readers.folder_tree import tree_of
from mien.datasets.readers.names import CODES_SAY_NOTHING, SPLIT_WORDS, shown
from mien.datasets.readers.table_columns import SUFFIXES, columns_of
from mien.datasets.readers.table_rows import words_of
from mien.datasets.readers.table_source import Table, TableSource
from mien.datasets.readers.walk import own_files, subfolders
from mien.datasets.source import SPLITS, Options
from mien.errors import SourceError


def recognise(path: Path, options: Options) -> TableSource | None:
    """Return the source that a table, or a folder with one, is; None where there is none.

    Raises:
        SourceError: it is not clear which table or column to take, its labels are numbers, or
            beside it lie folders by emotion, which may be what is meant.
    """
    return _recognise(path, options, bool(options.columns))


def asked(path: Path, options: Options) -> TableSource | None:
    """Return the source as ``recognise`` does where a person says that it is a table."""
    source = _recognise(path, options, True)
    if source is None and path.is_file() and path.suffix.lower() in SUFFIXES:
        raise SourceError(
            f"{path.name} has no column that is usually called path or label, or no header: "
            "expected both, or say which they are with --columns path=<name>,label=<name>"
        )
    return source


def _recognise(path: Path, options: Options, sure: bool) -> TableSource | None:
    if path.is_dir():
        return _of_folder(path, options, sure)
    columns = columns_of(path, options.columns)
    return _source([Table(path, columns)], options, True) if columns else None


def _of_folder(path: Path, options: Options, sure: bool) -> TableSource | None:
    files = [file for file in own_files(path) if file.suffix.lower() in SUFFIXES]
    found = _tables(files, options)
    if found and not sure and tree_of(path) is not None:
        _refuse_both(path, found)
        return None
    if found:
        tables = _together(path, found)
        source = _source(tables, options, sure)
        others = [shown(f.name) for f in files if f not in {table.path for table in tables}]
        if source is not None and others:
            source.notes.append(f"tables of other things were passed over: {', '.join(others)}")
        return source
    holding = [p for p in subfolders(path) if not (p / RECORD).is_file() and _has_table(p, options)]
    if len(holding) > 1:
        raise SourceError(
            f"{path} holds several folders with tables of paths and labels: "
            f"{', '.join(shown(p.name) for p in holding)}; name one of them"
        )
    return None


def _refuse_both(path: Path, tables: Sequence[Table]) -> None:
    """Refuse tables that lie beside folders by emotion, unless none of their labels is one."""
    told = [t for t in tables if words_of(t.rows()).emotions]
    if told:
        raise SourceError(
            f"{path} holds folders by emotion, and paths with labels in "
            f"{', '.join(shown(table.path.name) for table in told)}: say which is meant with "
            "--as folders or --as table"
        )


def _tables(files: Sequence[Path], options: Options) -> list[Table]:
    """Return the files that have paths and labels; those that lack what was asked for have not."""
    found, lacking = [], []
    for file in files:
        try:
            columns = columns_of(file, options.columns)
            found += [Table(file, columns)] if columns else []
        except SourceError as error:
            lacking.append(error)
    if lacking and not (found and options.columns):
        raise lacking[0]
    return found


def _has_table(path: Path, options: Options) -> bool:
    try:
        return any(columns_of(file, options.columns) for file in own_files(path))
    except SourceError:
        return False


def _together(folder: Path, tables: Sequence[Table]) -> list[Table]:
    """Return the tables of one dataset: one alone, or one for each split."""
    if len(tables) == 1:
        return [*tables]
    parts = [re.split(r"[^a-z]+", table.path.stem.lower()) for table in tables]
    marks = [[word for word in words if word in SPLIT_WORDS] for words in parts]
    rests = {tuple(word for word in words if word not in SPLIT_WORDS) for words in parts}
    splits = [SPLIT_WORDS[words[0]] for words in marks if len(words) == 1]
    own = any("split" in table.columns.places for table in tables)
    if own or len(rests) > 1 or len(splits) < len(tables) or len({*splits}) < len(tables):
        raise SourceError(
            f"{folder} holds several tables of paths and labels: "
            f"{', '.join(shown(table.path.name) for table in tables)}; name one of them"
        )
    marked = [Table(t.path, t.columns, words[0]) for t, words in zip(tables, marks, strict=True)]
    return sorted(marked, key=lambda table: SPLITS.index(SPLIT_WORDS[table.mark]))


def _source(tables: Sequence[Table], options: Options, named: bool) -> TableSource | None:
    """Return the source, None where no label is an emotion and nobody ``named`` the table."""
    words = words_of(cells for table in tables for cells in table.rows())
    what = ", ".join(shown(table.path.name) for table in tables)
    if words.emotions:
        return TableSource(tables, words, "split" in options.columns)
    if not words.rows:
        raise SourceError(f"{what} has a header and no rows: expected a row a picture")
    if words.numbers and not words.others:
        told = ", ".join(sorted(words.numbers)[:12])
        raise SourceError(f"the labels of {what} are numbers ({told}): {CODES_SAY_NOTHING}")
    if named:
        told = ", ".join(sorted(words.others)[:12]) or "all are empty"
        raise SourceError(f"no label of {what} is the name of an emotion ({told})")
    return None
