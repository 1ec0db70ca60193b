"""Chapters of a page, and the comparison of several models."""

from collections.abc import Sequence

from mien.report.account.origin import data_words, network_words
from mien.report.account.pieces import Missing, Section, Table, Told
from mien.report.account.story import Story, over, spanned
from mien.report.account.summary import summary
from mien.report.account.words import labels, listed
from mien.report.page.render import Chapter

HEADERS = (
    *("model", "head", "scored on", "labels", "seeds", "n", "official % (95 %)", "n, dedup"),
    *("dedup % (95 %)", "macro-F1"),
)


def chapter(
    story: Story,
    told: Sequence[Told],
    faces: Sequence[tuple[str, str]] = (),
    *,
    several: bool = False,
) -> Chapter:
    """Return what a page tells of an experiment.

    Args:
        story: the experiment.
        told: see ``whole.told``.
        faces: caption and data URI of pictures with faces.
        several: whether the page has other chapters.
    """
    return Chapter(
        name=name_of(story) if several else story.name,
        prefix=f"{story.first.path.resolve().stem}-" if several else "",
        summary=tuple(summary(story, told)),
        sections=tuple(one for one in told if isinstance(one, Section)),
        missing=tuple(one for one in told if isinstance(one, Missing)),
        faces=tuple(faces),
    )


def name_of(story: Story) -> str:
    """Return the name of an experiment, with its run's where that is another."""
    folder = story.first.path.resolve().stem
    return story.first.name if folder == story.first.name else f"{story.first.name} ({folder})"


def compared(stories: Sequence[Story]) -> list[Section]:
    """Return the section about several experiments; none for a single one."""
    if len(stories) < 2:
        return []
    return [
        Section(
            id="compared",
            title="Side by side",
            tables=(_scores(stories), _origins(stories)),
            notes=(
                "compare only rows with the same dataset, labels and n; whether a difference "
                "could be chance is told by --against, and by mien compare",
                "± is the sample standard deviation over seeds; 95 % intervals are those of the "
                "choice of test pictures",
            ),
        )
    ]


def _scores(stories: Sequence[Story]) -> Table:
    rows = [row for story in stories for row in _rows(story)]
    return Table("Scores, each head on its own labels", HEADERS, tuple(rows), words=5)


def _rows(story: Story) -> list[tuple[str, ...]]:
    seeds = listed(map(str, story.seeds))
    name = name_of(story)
    if story.on is None:
        return [(name, "", "not evaluated", "", seeds, *("–",) * 5)]
    place = f"{story.on.dataset}, {story.on.split}"
    found: list[tuple[str, ...]] = []
    for head in story.heads:
        official, dedup = story.reports(head), story.reports(head, "", "dedup")
        found.append(
            (name, head, place, labels(story.own(head)), seeds, f"{official[0]['n']:,}",
             spanned(official, "accuracy"), f"{dedup[0]['n']:,}" if dedup else "–",
             spanned(dedup, "accuracy"), over(official, "macro_f1", 3, 1))
        )  # fmt: skip
    return found


def _origins(stories: Sequence[Story]) -> Table:
    rows = tuple(
        (name_of(story), network_words(story.first), data_words(story.first)) for story in stories
    )
    return Table("What they are, and what they learnt from", ("model", "network", "data"), rows, 3)
