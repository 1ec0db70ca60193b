"""All panels of an exploration, in the order of the page."""

from mien.report.explore.material import Material
from mien.report.explore.panels import classes, copies, extremes, faces, light, sources, votes
from mien.report.explore.panels.panel import Panel


def every(material: Material, augmented: faces.Augmented) -> list[Panel]:
    """Return the panels, those included that make no sense for this dataset.

    Args:
        material: what to look at.
        augmented: pictures that were made elsewhere, because this package knows no torch.
    """
    return [
        *classes.panels(material),
        faces.samples(material),
        faces.augmented(augmented),
        *faces.typical(material),
        *light.panels(material),
        *votes.panels(material),
        *copies.panels(material),
        extremes.panel(material),
        *sources.panels(material),
    ]
