"""The source of an augmented dataset: all pictures of a prepared one, then the copies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mien.config import Augment
from mien.datasets.again import Again
from mien.datasets.framing import Framing
from mien.datasets.prepared import PreparedSet
from mien.datasets.source import Picture
from mien.errors import DataError
from mien.transforms.equalise import check_squares, equalised

RECIPE = Augment(rotate=18, zoom=0.15, patch=0.5)
"""What the weights that ship with mien were trained with (``configs/mien.yaml``)."""

VALUES = 2**22
"""How many pixel values are changed at once."""

_COPY = re.compile(r"~aug\d+(~\d+)?$")
_RESPLIT = (
    "each augmented copy has the sequence of its picture, so that a later split keeps them "
    "together; it may put copies into validation or test: split first, then augment"
)


class Augmented:
    """The pictures of a prepared dataset, then the copies.

    Only readable training pictures get copies, and of these none that is byte-identical to a
    validation or test picture: its copies would no longer be told from honest ones. A copy has
    the label, votes, origin and subject of its picture, and its sequence; a picture with copies
    that belongs to no sequence gets its own id for one.
    """

    keeps_row_order = False
    has_splits = True

    def __init__(
        self,
        prepared: PreparedSet,
        copies: int,
        settings: Augment = RECIPE,
        seed: int = 0,
        framing: Framing | None = None,
        equalise: str = "none",
    ) -> None:
        """Describe the dataset to be written.

        Args:
            prepared: the dataset.
            copies: how many of each training picture.
            settings: what may change in a copy, and by how much.
            seed: of the draw.
            framing: how every picture, of each split, is scaled first.
            equalise: see ``Preprocessing``; done after scaling, before copies are made.

        Raises:
            DataError: the dataset has augmented copies already, or pictures that are to be
                equalised are no squares of 8 to 1024 pixels.
        """
        self._again, self.prepared = Again(prepared), prepared
        self._copies, self._settings, self._seed = copies, settings, seed
        self.framing, self._equalise = framing or Framing(), equalise
        self.name, self.label_set = prepared.name, prepared.label_set
        self.faces = self._again.faces
        self.files: Sequence[Path] = self._again.files
        held_out = prepared.flags["copy_in_val"] | prepared.flags["copy_in_test"]
        train = prepared.where("train", ("copies",)) if copies else np.empty(0, np.int64)
        self.parents: npt.NDArray[np.int64] = train
        self.passed_over = int(held_out[prepared.where("train")].sum()) if copies else 0
        told = f", {copies} augmented copies a training picture" if copies else ""
        self.layout = f"{self._again.layout}{told}"
        self.notes = [*self._again.notes, *self._notes()]
        self._check()

    def _check(self) -> None:
        prepared = self.prepared
        again = sum(bool(_COPY.search(name)) for name in prepared.ids.tolist())
        if again and self._copies:
            raise DataError(
                f"{prepared.root} has {again} augmented copies already: augment the dataset that "
                "it was made of"
            )
        sizes = prepared.sizes[prepared.where()]
        if self.framing.size:
            sizes[:, :2] = self.framing.size
        check_squares(sizes, self._equalise, str(prepared.root))

    def _notes(self) -> Iterator[str]:
        if self.passed_over:
            yield (
                f"{self.passed_over} training picture(s) that are byte-identical to one of "
                "validation or test got no augmented copies"
            )
        if self._copies:
            yield _RESPLIT

    def told(self) -> dict[str, Any]:
        """Return what was done, for the record."""
        return {
            "pictures_with_copies": len(self.parents),
            "passed_over": self.passed_over,
            "copies": self._copies,
            "seed": self._seed,
            "settings": self._settings.model_dump(mode="json") if self._copies else None,
            "equalise": self._equalise,
        }

    def __iter__(self) -> Iterator[Picture]:
        """Stream all pictures, then the copies; a batch of pictures is in memory at a time."""
        parents = set(self.parents.tolist())
        for row, picture in enumerate(self._again):
            scaled = self._scaled(picture)
            yield replace(scaled, sequence=_film(scaled)) if row in parents else scaled
        for batch in self._batches():
            yield from self._changed(batch)

    def _scaled(self, picture: Picture) -> Picture:
        if picture.pixels is None:
            return picture
        framed, _ = self.framing.apply(picture.pixels, None)
        return replace(picture, pixels=equalised(framed, self._equalise))

    def _batches(self) -> Iterator[list[Picture]]:
        """Yield pictures of one shape, a bounded number of values at a time."""
        batch: list[Picture] = []
        for picture in map(self._scaled, Again(self.prepared, self.parents)):
            if batch and not self._fits(batch, picture):
                yield batch
                batch = []
            batch.append(picture)
        if batch:
            yield batch

    def _fits(self, batch: Sequence[Picture], picture: Picture) -> bool:
        pixels, first = picture.pixels, batch[0].pixels
        assert pixels is not None
        assert first is not None
        within = (len(batch) + 1) * self._copies * pixels.size <= VALUES
        return within and pixels.shape == first.shape

    def _changed(self, batch: Sequence[Picture]) -> Iterator[Picture]:
        from mien.transforms.copies import copies  # noqa: PLC0415  torch, only where it is needed

        pixels = [picture.pixels for picture in batch if picture.pixels is not None]
        names = [picture.id for picture in batch]
        made = copies(pixels, names, self._copies, self._settings, self._seed)
        for picture, changed in zip(batch, made, strict=True):
            for number, copy in enumerate(changed, 1):
                yield replace(
                    picture,
                    id=f"{picture.id}~aug{number}",
                    where=f"augmented copy {number} of {picture.id}",
                    pixels=copy,
                    sequence=_film(picture),
                )


def _film(picture: Picture) -> str:
    return picture.sequence or picture.id
