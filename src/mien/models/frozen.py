"""What of a network learns: all of it, its last stages, or its heads alone."""

from mien.config import Model
from mien.errors import ConfigError
from mien.models.network import Network
from mien.models.stages import stages

__all__ = ["freeze", "stages"]


def freeze(network: Network, model: Model) -> None:
    """Freeze what ``model.learn`` leaves out, in place.

    Frozen parameters need no gradient. Frozen layers stay in evaluation mode when the network is
    put into training mode: the statistics of their norms do not move, their dropout is off.
    Names of weights do not change. Where every stage learns, nothing is frozen.

    Raises:
        ConfigError: ``model.top`` asks for more stages than the body has.
    """
    if model.learn == "all":
        return
    known = stages(network.body)
    top = model.top if model.learn == "top" else 0
    if top > len(known):
        raise ConfigError(
            f"model.top: {model.name} has {len(known)} stages "
            f"({', '.join(name for name, _ in known)}), not {top}"
        )
    if top == len(known):
        return
    network.body.requires_grad_(False)
    for _, stage in known[len(known) - top :]:
        stage.requires_grad_(True)
    network.frozen = tuple(stage for _, stage in known[: len(known) - top])
    network.train(network.training)
