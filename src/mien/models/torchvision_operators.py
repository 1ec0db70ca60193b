"""Makes ``import torchvision`` work beside a CPU-only torch.

The torchvision wheel that installers take there cannot load its compiled operators, and its
import then stops at the missing ``torchvision::nms``. mien uses none of these operators;
declaring their signatures is enough for the import, for models and for weights.
torchmetrics, and so Lightning, imports torchvision wherever it is installed.
"""

from importlib.util import find_spec

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_libraries: list[object] = []


def declare() -> bool:
    """Import torchvision, declaring its operators first where they are missing.

    Returns:
        Whether they had to be declared. False where torchvision is absent or imports by itself.
    """
    if _libraries or find_spec("torchvision") is None:
        return False
    try:
        import torchvision  # noqa: F401, PLC0415
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    else:
        return False
    return _declare()


def _declare() -> bool:
    import torch  # noqa: PLC0415

    library = torch.library.Library("torchvision", "FRAGMENT")
    for schema in _SCHEMAS:
        library.define(schema)
    _libraries.append(library)  # the operators live as long as the library object
    import torchvision  # noqa: F401, PLC0415

    return True
