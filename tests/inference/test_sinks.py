import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mien.emotions import EMOTIONS
from mien.inference.recognizer import Face
from mien.inference.sinks import COLUMNS, Result, annotated_path, to_csv, to_json


def face(emotion="fear", score=0.75):
    probabilities = dict.fromkeys(EMOTIONS, 0.0) | {emotion: 1.0}
    return Face((1, 2, 3, 4), score, (), emotion, 1.0, probabilities)


RESULTS = [
    Result("é, ü.jpg", [face(), face("anger", None)]),
    Result("empty.jpg"),
    Result("bad.png", error='expected a picture; "text"'),
]


def test_status():
    assert [r.status for r in RESULTS] == ["ok", "no_face", "error"]


def test_csv_has_a_row_a_face_and_one_where_there_is_none():
    rows = list(csv.DictReader(io.StringIO(to_csv(RESULTS))))
    assert [r["status"] for r in rows] == ["ok", "ok", "no_face", "error"]
    assert [r["face"] for r in rows] == ["1", "2", "", ""]
    assert tuple(rows[0])[-8:] == COLUMNS[-8:] == EMOTIONS
    assert rows[0]["file"] == "é, ü.jpg"
    assert [rows[0][c] for c in ("x", "y", "width", "height")] == ["1", "2", "3", "4"]
    assert (rows[0]["emotion"], rows[0]["fear"], rows[0]["anger"]) == ("fear", "1.0", "0.0")
    assert [r["score"] for r in rows] == ["0.75", "", "", ""]
    assert rows[3]["reason"] == 'expected a picture; "text"'
    assert all(rows[2][c] == "" for c in COLUMNS[3:])


def test_json_holds_the_same():
    values = json.loads(to_json(RESULTS))
    assert [v["status"] for v in values] == ["ok", "no_face", "error"]
    assert [len(v["faces"]) for v in values] == [2, 0, 0]
    assert values[0]["faces"][0]["probabilities"]["fear"] == 1.0
    assert values[2]["reason"] == 'expected a picture; "text"'
    assert "é, ü.jpg" in to_json(RESULTS)


def test_both_say_whether_an_answer_is_uncertain():
    results = [Result("a.jpg", [face(), replace(face(), uncertain=True)]), Result("b.jpg")]
    rows = list(csv.DictReader(io.StringIO(to_csv(results))))
    assert [r["uncertain"] for r in rows] == ["false", "true", ""]
    (first, _) = json.loads(to_json(results))
    assert [f["uncertain"] for f in first["faces"]] == [False, True]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.JPEG", "a.mien.jpg"), ("a.png", "a.mien.png"), ("a.webp", "a.mien.png")],
)
def test_annotated_name(name, expected):
    assert annotated_path(Path("out"), Path(name), []) == Path("out", expected)


def test_annotated_names_do_not_meet():
    taken = set()
    pictures = ["one/a.jpg", "two/a.jpg", "two/A.jpg", "two/a.png", "a-2.jpg"]
    for picture in pictures:
        taken.add(annotated_path(Path("out"), Path(picture), taken))
    assert len({path.name.lower() for path in taken}) == len(pictures)
