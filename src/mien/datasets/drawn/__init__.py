"""Made-up faces, drawn by code: everything in mien can be tried with nothing to download."""

from mien.datasets.drawn.parameters import FaceParameters
from mien.datasets.drawn.render import draw_face, render
from mien.datasets.drawn.sampling import sample
from mien.datasets.drawn.scene import draw_scene
from mien.datasets.drawn.source import Drawn

__all__ = ["Drawn", "FaceParameters", "draw_face", "draw_scene", "render", "sample"]
