"""Whether a face in a scene gets the answer that its own crop gets, and which frame is best.

    python benchmarks/pasted_faces.py [--model FILE] [--out results/pasted_faces.json]

Faces of FER-2013's PublicTest (from the folder MIEN_DATA names) are pasted at 60 to 200 px into
scenes of gradients and noise, with a soft border, and `Recognizer.recognize` looks at the whole
scene. Its answer is compared with the network's answer on the 48 px picture itself.

A FER-2013 picture shows its face in a frame that scatters from picture to picture (its scale by
16 %, standard deviation), which no detector can know. So two comparisons stand side by side: the
recogniser's crop, and the crop at the place where the face really was pasted, which is the most
that any framing could reach. "Clear" faces are those where eight of ten FER+ taggers agree; on
the others both the network and people change their minds easily.

The second part asks the same of photographs of 60 px and more (`expressions/`): each is looked at
by itself, and pasted into a scene at another size; the two crops that the recogniser makes are
compared, all faces counted. Which side of the frame is best is asked of one frame alone.
"""

import argparse
import csv
import io
import os
from pathlib import Path

import numpy as np
import pyarrow.parquet
from PIL import Image

import mien
from mien import runs
from mien.inference.crop import SIDE, VIEWS, cut, frame, views

HEIGHT, WIDTH = 480, 640
CHOSEN_ON = 1500
SIDES = (1.0, 1.03, 1.06, 1.09, 1.118)
"""Sides of the frame that are tried, in units of the detector's box; see mien.inference.crop."""
EMOTION_COLUMNS = (
    *("neutral", "happiness", "surprise", "sadness"),
    *("anger", "disgust", "fear", "contempt"),
)


def public_test(data):
    """Return PublicTest: uint8 [3589, 48, 48], and the share of taggers that agree [3589]."""
    table = pyarrow.parquet.read_table(data / "fer2013" / "valid-00000-of-00001.parquet")
    pictures = [Image.open(io.BytesIO(row["bytes"])) for row in table["image"].to_pylist()]
    faces = np.stack([np.asarray(picture.convert("L")) for picture in pictures])
    with (data / "fer2013" / "fer2013new.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Usage"] == "PublicTest"]
    votes = [max(int(row[name]) for name in EMOTION_COLUMNS) for row in rows]
    return faces, np.array(votes) / 10


def background(rng):
    """Return float [480, 640]: two crossing gradients with noise."""
    across = np.linspace(*rng.uniform(40, 215, 2), WIDTH)
    down = np.linspace(*rng.uniform(-40, 40, 2), HEIGHT)
    noise = rng.normal(0, rng.uniform(0, 12), (HEIGHT, WIDTH))
    return np.clip(across + down[:, None] + noise, 0, 255)


def paste(face, rng):
    """Return a scene uint8 [480, 640] and the square (x, y, side, side) of the face in it."""
    side = int(rng.integers(60, 201))
    x, y = int(rng.integers(0, WIDTH - side + 1)), int(rng.integers(0, HEIGHT - side + 1))
    patch = np.asarray(Image.fromarray(face).resize((side, side), Image.Resampling.BICUBIC))
    edge = np.minimum(np.arange(side), np.arange(side)[::-1]) + 1
    fade = np.clip(np.minimum.outer(edge, edge) / max(2, side / 24), 0, 1)
    scene = background(rng)
    scene[y : y + side, x : x + side] *= 1 - fade
    scene[y : y + side, x : x + side] += fade * patch
    return scene.astype(np.uint8), (x, y, side, side)


def find(detector, scene, square):
    """Return the detection whose middle lies in the pasted square, or None."""
    x, y, side, _ = square
    for found in detector.detect(scene):
        left, top, width, height = found.box
        if x < left + width / 2 < x + side and y < top + height / 2 < y + side:
            return found
    return None


def overlap(a, b):
    """Return intersection over union of two boxes."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, across) * max(0, down)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def measure(recognizer, faces, seed=0):
    """Paste each face once; return where it was found: row, overlap of the frames, answers.

    Answers are indices in EMOTIONS: of the 48 px picture, of ``recognize`` on the scene, and of
    the crop at the true place.
    """
    rng = np.random.default_rng(seed)
    found = []
    for row, face in enumerate(faces):
        scene, square = paste(face, rng)
        detection = find(recognizer.detector, scene, square)
        if detection:
            framed = frame(detection.box)
            seen = views(scene, detection.box)
            found.append((row, overlap(framed, square), seen, cut(scene, square)))
    rows = np.array([f[0] for f in found])
    own = recognizer.model.emotions([faces[r] for r in rows]).argmax(1)
    placed = recognizer.model.emotions([f[3] for f in found]).argmax(1)
    return rows, np.array([f[1] for f in found]), own, answers(recognizer, found, 2), placed


def answers(recognizer, rows, place=0):
    """Return the answers on faces, each given as its views, as ``recognize`` does."""
    crops = [crop for row in rows for crop in row[place]]
    return recognizer.model.emotions(crops).reshape(len(rows), len(VIEWS), -1).mean(1).argmax(1)


def by_side(recognizer, faces, seed=0):
    """Return for each of SIDES the share of faces with the answer of their own picture."""
    rng = np.random.default_rng(seed)
    seen = []
    for row, face in enumerate(faces):
        scene, square = paste(face, rng)
        if detection := find(recognizer.detector, scene, square):
            seen.append((row, [cut(scene, frame(detection.box, side)) for side in SIDES]))
    own = recognizer.model.emotions([faces[row] for row, _ in seen]).argmax(1)
    shares = {}
    for place, side in enumerate(SIDES):
        answers = recognizer.model.emotions([crops[place] for _, crops in seen]).argmax(1)
        shares[str(side)] = round(float((answers == own).mean()), 4)
    return shares


def photographs(data, count=None):
    """Yield grey pictures of `expressions/` that the frames were not chosen on.

    The first CHOSEN_ON of a fixed random order were looked at when VIEWS were chosen.
    """
    files = sorted((data / "expressions" / "images").iterdir())
    unseen = np.random.default_rng(0).permutation(len(files))[CHOSEN_ON:]
    for place in unseen[:count]:
        with Image.open(files[place]) as picture:
            yield np.asarray(picture.convert("L"))


def twice(recognizer, pictures, seed=0):
    """Return the answers on each face of 60 px or more alone, and pasted at another size."""
    rng = np.random.default_rng(seed)
    both = []
    for picture in pictures:
        faces = recognizer.detector.detect(picture)
        least = min(faces[0].box[2:]) if len(faces) == 1 else 0
        scale = max(rng.integers(90, 260) / max(picture.shape), 60 / max(least, 1))
        height, width = (round(side * scale) for side in picture.shape)
        if least < 60 or width > WIDTH or height > HEIGHT:
            continue
        x, y = rng.integers(0, WIDTH - width + 1), rng.integers(0, HEIGHT - height + 1)
        scene = background(rng)
        scene[y : y + height, x : x + width] = np.asarray(
            Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC)
        )
        scene = scene.astype(np.uint8)
        if found := find(recognizer.detector, scene, (x, y, max(width, height), 0)):
            both.append((views(picture, faces[0].box), views(scene, found.box)))
    return answers(recognizer, both, 0), answers(recognizer, both, 1)


def agreement(own, seen, placed):
    return {
        "n": len(own),
        "same_answer": round(float((seen == own).mean()), 4),
        "same_answer_at_the_true_place": round(float((placed == own).mean()), 4),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a model file; the shipped one by default")
    parser.add_argument("--data", type=Path, default=os.environ.get("MIEN_DATA"))
    parser.add_argument("--out", type=Path, default=Path("results/pasted_faces.json"))
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("expected --data FOLDER, or the folder's name in MIEN_DATA")
    faces, agreed = public_test(Path(arguments.data))
    recognizer = mien.load(arguments.model)
    rows, overlaps, own, seen, placed = measure(recognizer, faces)
    clear = agreed[rows] >= 0.8
    alone, pasted = twice(recognizer, photographs(Path(arguments.data)))
    record = {
        "what": "answer of recognize on a scene against the answer on the 48 px picture",
        "pictures": "FER-2013 PublicTest, each pasted once",
        "n": len(faces),
        "found": len(rows),
        "seed": 0,
        "model": recognizer.model.info.name,
        "frame_overlap": dict(
            zip(("p5", "p50"), np.percentile(overlaps, (5, 50)).round(4).tolist(), strict=True)
        ),
        "all_found": agreement(own, seen, placed),
        "clear": agreement(own[clear], seen[clear], placed[clear]),
        "photographs": {
            "what": "photographs of 60 px and more that VIEWS were not chosen on, alone and pasted",
            "n": len(alone),
            "same_answer": round(float((alone == pasted).mean()), 4),
        },
        "same_answer_by_side": by_side(recognizer, faces),
        "side": SIDE,
        "views": VIEWS,
        "environment": runs.environment("onnxruntime", "opencv-python-headless", "pillow"),
    }
    runs.write_json(arguments.out, record)
    print({name: value for name, value in record.items() if name != "environment"})


if __name__ == "__main__":
    main()
