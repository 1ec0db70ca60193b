import json

import pytest
from made_findings import blocks, made_set, one_of_each, picture

from mien.datasets.auditing.files import lines, write_audit
from mien.datasets.auditing.kinds import KINDS
from mien.datasets.auditing.reading import read_findings
from mien.errors import DataError, UsageError


@pytest.fixture
def written(findings, tmp_path):
    write_audit(tmp_path, findings)
    return tmp_path / "findings.csv"


def test_what_was_written_is_read_back(written, findings, made):
    kinds = list(findings.found)
    assert read_findings(written, made, kinds) == list(lines(findings))
    assert {line.kind for line in read_findings(written, made, ["blurred"])} == {"blurred"}


def test_lines_may_be_taken_out_by_hand(written, made):
    kept = [line for line in written.read_text().split("\n") if "copy-a" not in line]
    written.write_text("\n".join(kept))
    assert len(read_findings(written, made, ["exact_copy"])) == 0
    assert len(read_findings(written, made, ["blurred"])) == 1


def test_findings_of_another_dataset_are_refused_with_counts(written, tmp_path):
    other = made_set(tmp_path / "other", [picture("flat", "val", "fear", blocks(1))])
    with pytest.raises(DataError) as error:
        read_findings(written, other, ["constant"])
    text = str(error.value)
    total = len(written.read_text().splitlines()) - 1
    assert "3 problems:" in text
    assert f"{total - 1} of {total} findings are of no picture of it, first broken" in text
    assert f"1 of {total} findings name another split or label, first flat" in text
    assert f"expected {other.sha256[:12]}" in text


def test_the_same_pictures_prepared_otherwise_are_another_dataset(written, tmp_path):
    other = made_set(tmp_path / "other", one_of_each()[:-1])
    with pytest.raises(DataError, match=r"manifest [0-9a-f]{12}…, expected [0-9a-f]{12}…"):
        read_findings(written, other, ["constant"])


def test_the_counts_must_lie_beside_the_findings(written, made):
    beside = written.parent / "audit.json"
    beside.write_text(json.dumps({"pictures": 27}))
    with pytest.raises(DataError, match="that `mien data audit --out` writes"):
        read_findings(written, made, ["constant"])
    beside.unlink()
    with pytest.raises(DataError, match=r"expected findings\.csv and audit\.json side by side"):
        read_findings(written, made, ["constant"])


def test_a_kind_that_was_not_looked_for_is_refused(written, made):
    with pytest.raises(UsageError, match=r"no_face \(the face detector was not asked\)"):
        read_findings(written, made, ["constant", "no_face"])


@pytest.mark.parametrize("line", ["constant,flat", "strange,flat,train,anger,,,,,"])
def test_damaged_lines_are_counted(written, made, line):
    with written.open("a") as file:
        file.write(f"{line}\n{line}\n")
    number = len(written.read_text().splitlines()) - 1
    with pytest.raises(DataError, match=rf"2 damaged line\(s\), first line {number}"):
        read_findings(written, made, list(KINDS))


def test_another_table_is_no_findings_file(written, made):
    written.write_text("id,kind\n")
    with pytest.raises(DataError, match="expected the columns kind, id, split"):
        read_findings(written, made, ["constant"])
    written.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        read_findings(written, made, ["constant"])
