"""A made-up Kaggle: kagglehub's cache as it lies on a disk, and a server that answers badly."""

import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from PIL import Image

FER, CK = "msambare/fer2013", "davilsena/ckdataset"
SPLITS = {"train": ("Training",), "test": ("PublicTest", "PrivateTest")}
EMOTIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


def fer_files() -> dict[str, bytes]:
    """The layout of msambare/fer2013: ``train/angry/Training_1234.jpg``."""
    rng = np.random.default_rng(0)
    return {
        f"{split}/{emotion}/{usage}_{number:04d}.jpg": _jpeg(rng.integers(0, 256, (48, 48)))
        for split, usages in SPLITS.items()
        for number, emotion in enumerate(EMOTIONS)
        for usage in usages
    }


def _jpeg(face: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(face.astype(np.uint8)).save(stream, "JPEG")
    return stream.getvalue()


def ck_files() -> dict[str, bytes]:
    """The layout of davilsena/ckdataset: a row for each of its eight codes."""
    rng = np.random.default_rng(0)
    pixels = (" ".join(map(str, rng.integers(0, 256, 48 * 48))) for _ in range(8))
    rows = [f"{code},{text},Training" for code, text in enumerate(pixels)]
    return {"ckextended.csv": "\n".join(["emotion,pixels,Usage", *rows]).encode()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def fill_cache(cache: Path, handle: str, version: int, files: Mapping[str, bytes]) -> Path:
    """Write a complete version as kagglehub does; return its folder."""
    base = cache / "datasets" / handle
    folder = base / "versions" / str(version)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (base / f"{version}.complete").touch()
    return folder


class Kaggle:
    """What the server answers, and what it was asked.

    Attributes:
        status: of each answer.
        body: of each answer.
        sent: how many bytes of the body are sent; all where None.
        pause: seconds for which the connection stays open after that.
        headers: further ones.
    """

    def __init__(self) -> None:
        self.status, self.body, self.pause = 200, b"", 0.0
        self.sent: int | None = None
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.url = ""
        self.stop = threading.Event()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        self.asked.append((request.path, body))
        start = int((request.headers.get("Range") or "bytes=0-").split("=")[1].rstrip("-"))
        rest = self.body[start:]
        request.send_response(206 if start else self.status)
        for name, value in {"Content-Length": str(len(rest)), **self.headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(rest[: self.sent])
        request.wfile.flush()
        self.stop.wait(self.pause)


@contextmanager
def serving() -> Iterator[Kaggle]:
    """A server on this machine."""
    kaggle = Kaggle()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kaggle.answer(self)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kaggle.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield kaggle
    finally:
        kaggle.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()
