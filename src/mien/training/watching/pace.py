"""How long a run still takes, from the mean of its steps so far."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Pace:
    """The time of training steps and of all that lies between them, of this process alone.

    Args:
        costs: for each epoch, what a step of it costs, relative to the others.
        steps: how many an epoch has.
        guess: how many steps a validation costs, until the first one has been timed.
    """

    costs: Sequence[float]
    steps: int
    guess: float
    work: float = 0
    seconds: float = 0
    pauses: int = 0
    paused: float = 0

    def step(self, epoch: int, seconds: float) -> None:
        """Count a training step of an epoch, which counts from 0."""
        self.work += self.costs[epoch]
        self.seconds += seconds

    def pause(self, seconds: float) -> None:
        """Count what lay between two epochs: validation, checkpoint, reports."""
        self.pauses += 1
        self.paused += seconds

    def left(self, epoch: int, done: int, resting: float = 0) -> float | None:
        """Return the seconds until the end of the last epoch, validations included.

        Args:
            epoch: this one, from 0.
            done: how many of its steps are done.
            resting: seconds since the last step, where the epoch's steps are all done.

        Returns:
            None where no step has been timed yet.
        """
        if not self.work:
            return None
        mean = self.seconds / self.work
        ahead = self.steps * sum(self.costs[epoch + 1 :])
        ahead += max(0, self.steps - done) * self.costs[epoch]
        rest = self.paused / self.pauses if self.pauses else self.guess * mean * self.costs[-1]
        rests = rest * (len(self.costs) - epoch)
        return ahead * mean + max(rests - rest, rests - resting, 0)


def costs(sizes: Sequence[int]) -> list[float]:
    """Return what a step costs in each epoch: the area of its input, relative to the last.

    Args:
        sizes: the side of the input in px, for each epoch.
    """
    return [(size / sizes[-1]) ** 2 for size in sizes]


def clock(seconds: float) -> str:
    """Return a time as ``h:mm:ss``, or ``m:ss`` below an hour."""
    hours, rest = divmod(max(0, round(seconds)), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
