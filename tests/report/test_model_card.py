import re

import pytest

from mien.report.model_card import HEADERS, _input, card

METADATA = {
    "name": "small",
    "preprocessing": {"size": 48, "channels": 1, "normalise": "per_image"},
    "heads": {"ferplus": {"classes": ["anger", "fear"], "temperature": 1.0}},
    "answer": "ferplus",
    "provenance": {
        "data": {
            "name": "fer2013",
            "rows": {"train": 28006, "val": 3589},
            "left_out": ["copies"],
            "sha256": "a" * 64,
        },
        "seed": 3,
        "epochs": 5,
        "best_epoch": 3,
        "monitor": "val_accuracy",
        "best": 0.76543,
        "hours": 1.2345,
        "gpu": None,
        "cpu": "A processor",
        "threads": 2,
        "packages": {"torch": "2.13", "absent": None},
        "commit": "c" * 40,
        "weights_sha256": "b" * 64,
        "config": "name: small\nseed: 3\n",
    },
    "scores": {
        "fer2013-test": {
            "ferplus": {
                "ferplus_majority": {
                    "official": {"n": 3153, "accuracy": 0.85123, "macro_f1": 0.7},
                    "dedup": {"n": 2895, "accuracy": 0.84, "macro_f1": 0.69},
                }
            }
        }
    },
}


def test_the_card_says_where_the_weights_come_from() -> None:
    text = card(METADATA)
    for said in (
        "# small", "28,006 pictures, left out: copies", "A processor, 2 threads", "torch 2.13",
        "the weights of epoch 4", "0.7654", "1.23", "c" * 40, "b" * 64, "seed: 3", "MIT",
        "48×48 grey", "not what the person feels", "collected by web search",
    ):  # fmt: skip
        assert said in text, said
    assert "absent" not in text


def test_every_score_has_its_line() -> None:
    lines = [line for line in card(METADATA).splitlines() if line.startswith("| fer2013-test")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert [len(row) for row in cells] == [len(HEADERS)] * 2
    assert cells[0][3:] == ["official", "3153", "85.12", "0.700"]
    assert cells[1][3:] == ["dedup", "2895", "84.00", "0.690"]


def test_a_card_for_drawn_faces_says_so() -> None:
    provenance = {
        **METADATA["provenance"],
        "data": {**METADATA["provenance"]["data"], "name": "drawn"},
    }
    text = card({**METADATA, "provenance": provenance})
    assert "cartoon" in text
    assert "web search" not in text


def test_it_names_the_graphics_card_where_there_was_one() -> None:
    provenance = {**METADATA["provenance"], "gpu": "A card"}
    text = card({**METADATA, "provenance": provenance})
    assert re.search(r"hardware *\| *A card", text)


def test_it_says_how_the_faces_were_cut_out() -> None:
    told = {
        faces: card({**METADATA, "framing": {"faces": faces}}) for faces in ("", "crop", "align")
    }
    assert told[""] == card(METADATA)
    assert re.search(r"faces *\| *cut out around what the detector found *\|", told["crop"])
    assert "turned upright" in told["align"]


@pytest.mark.parametrize(
    ("equalise", "told"),
    [
        ({}, "48×48 grey, norm"),
        ({"equalise": "none"}, "48×48 grey, norm"),
        ({"equalise": "histogram"}, "grey, histogram equalisation, norm"),
        ({"equalise": "clahe"}, "grey, CLAHE, normalised per_image"),
    ],
)
def test_the_input_says_how_it_is_equalised(equalise: dict[str, str], told: str) -> None:
    spec = {"size": 48, "channels": 1, "normalise": "per_image"}
    assert told in _input(spec | equalise)
