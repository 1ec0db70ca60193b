"""``mien data explore``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mien.cli.data.show import Folder, progress
from mien.cli.extras import require

if TYPE_CHECKING:
    from mien.report.explore.material import Material
    from mien.report.explore.panels.faces import Augmented

VERSIONS = 4


def explore(
    folder: Folder,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to make.", show_default="<DIR name>-explore, here"),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an exploration that stands there.")
    ] = False,
) -> None:
    """Draw a page of figures of a dataset.

    explore.html asks for nothing from outside; the figures lie beside it as PNG files.

    Classes, splits, samples, augmented pictures, mean faces, light, equalisation, votes, copies,
    outliers. OUT is written whole or not at all. Needs mien[train].
    """
    require("mien data explore", "matplotlib", "torch")
    from mien.datasets.prepared import PreparedSet
    from mien.report.explore.folder import check_out, write
    from mien.report.explore.material import read
    from mien.report.explore.panels.every import every

    target = out or Path(f"{folder.resolve().name}-explore")
    prepared = PreparedSet.open(folder)
    check_out(target, folder, overwrite)
    with progress() as show:
        material = read(prepared, show)
        panels = every(material, _augmented(material))
        written = write(target, material, panels, show)
    typer.echo(f"{len(written) - 1} figures of {len(material):,} pictures: {written[0]}")
    for panel in panels:
        if panel.missing:
            typer.echo(f"left out: {panel.title}: {panel.missing}")


def _augmented(material: "Material") -> "Augmented":
    """Return one picture of each class with versions of it, as training would draw them."""
    import torch

    from mien.config import Augment
    from mien.preprocess import Preprocessing
    from mien.report.explore.material import SEED
    from mien.report.explore.panels.faces import Augmented, originals
    from mien.transforms.augment import apply, draw

    settings = Augment()
    spec = Preprocessing(material.measured.side, 3 if (material.sizes[:, 2] == 3).any() else 1)
    rows = {}
    for number, (name, position) in enumerate(originals(material).items()):
        face = torch.from_numpy(spec.fit(material.picture(position)).copy())
        random = torch.Generator().manual_seed(SEED * 1000 + number)
        copies = face.float().div(255).expand(VERSIONS, *face.shape)
        changed = apply(copies, draw(VERSIONS, settings, random)).mul(255).round().byte()
        pictures = torch.cat([face[None], changed]).permute(0, 2, 3, 1).numpy()
        rows[name] = [p.squeeze() for p in pictures]
    return Augmented(rows, _words(settings.model_dump()))


def _words(settings: dict[str, float]) -> str:
    """Say what augmentation draws."""
    within = ("zoom", "shear", "shift", "brightness", "contrast")
    parts = [
        f"flip (in {100 * settings['flip']:g} %)",
        f"turn (±{settings['rotate']:g}°)",
        *(f"{name} (±{100 * settings[name]:g} %)" for name in within),
        f"blur (in {100 * settings['blur']:g} %)",
    ]
    return f"{', '.join(parts)} and patch (in {100 * settings['patch']:g} %)"
