"""The whole card, in the order of the Hugging Face hub's template."""

from collections.abc import Iterator, Mapping
from typing import Any

from mien.report.account import origin
from mien.report.account.pieces import Table, Told
from mien.report.account.story import Story, choose
from mien.report.account.subject import Subject
from mien.report.account.summary import summary
from mien.report.account.whole import told
from mien.report.account.words import NONE
from mien.report.card import texts
from mien.report.card.front import front
from mien.report.card.licences import UNKNOWN, datasets_of
from mien.report.card.scored import certain, measured, scores
from mien.report.card.speed import speed
from mien.report.card.written import bullets, escaped, facts, section, table, written
from mien.report.compare.files import folder_name


def card(
    subject: Subject,
    licence: str = "",
    cross: Mapping[str, Any] | None = None,
    evaluation: str = "",
) -> str:
    """Return a model card in Markdown, from the files of the model alone.

    Args:
        subject: a run or a model file.
        licence: of the weights, as the hub names it; no file says it.
        cross: content of a ``cross.json``.
        evaluation: which evaluation to tell of, see ``story.choose``.

    Raises:
        UsageError: there is no evaluation of that name.
        RunError: an artefact holds something else than it should.
    """
    chosen = choose(subject, evaluation)
    story = Story((subject,), (chosen,) if chosen else ())
    account = told(story, (), cross)
    parts = [
        front(story, licence),
        f"# {subject.name}",
        bullets(_short(story, account)),
        _details(subject, licence),
        section("Uses", [_listed("Intended", texts.INTENDED), _listed("Not permitted, or not meant",
                                                                      texts.BANNED)]),
        section("Bias, risks and limits", [texts.PERCEIVED, bullets(_limits(subject))]),
        _data(subject),
        _procedure(subject),
        *scores(story, account),
        certain(subject, account),
        *(measured(account, name) for name in ("robustness", "elsewhere")),
        written(speed(subject), "Latency"),
        _environment(story),
        _use(subject),
        section("Citation", [bullets([*_cited(subject), *texts.REFERENCES])]),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _short(story: Story, account: list[Told]) -> list[str]:
    return summary(story, account) if story.heads else summary(story, account)[:2]


def _listed(title: str, lines: tuple[str, ...]) -> str:
    return section(title, [bullets(lines)], 3)


def _details(subject: Subject, licence: str) -> str:
    names = ("experiment", "network", "input", "faces", "answers with", "sha256 of the weights")
    rows = [(k, v) for k, v in origin.facts(subject) if k in names or k.startswith("head ")]
    stated = licence or "not stated: no file of the model names one (--licence)"
    return section("Model details", [facts([*rows, ("licence of the weights", stated)])])


def _limits(subject: Subject) -> Iterator[str]:
    yield from texts.LIMITS
    yield from (f"{one.title}: {one.note}" for _, one in datasets_of(subject) if one.note)


def _data(subject: Subject) -> str:
    rows = [(name, known.title, known.terms) for name, known in datasets_of(subject)]
    terms = Table("Terms, in short: those of the owners decide", ("name", "what", "terms"),
                  tuple(rows), words=3)  # fmt: skip
    return section(
        "Training data and licences", [facts([*origin.data_facts(subject)]), table(terms)]
    )


def _procedure(subject: Subject) -> str:
    config = subject.origin.get("config", "").strip()
    settings = f"<details><summary>All settings</summary>\n\n```yaml\n{config}\n```\n\n</details>"
    return section(
        "Training procedure",
        [facts([*origin.training_facts(subject)]), settings if config else ""],
    )


def _environment(story: Story) -> str:
    """Return on what the training and the evaluation ran."""
    rows = [(f"training: {k}", v) for k, v in origin.training_facts(story.first)
            if k in ("hardware", "versions", "commit of mien", "trained")]  # fmt: skip
    ran = (story.on.metrics.get("environment") or {}) if story.on else {}
    packages = ", ".join(f"{k} {v}" for k, v in ran.get("packages", {}).items() if v)
    keys = {"cpu": "hardware", "platform": "platform", "commit": "commit of mien", "time": "scored"}
    rows += [(f"evaluation: {name}", str(ran[key])) for key, name in keys.items() if ran.get(key)]
    rows += [("evaluation: versions", packages)] if packages else []
    return section("Environment", [facts(rows)])


def _use(subject: Subject) -> str:
    file = subject.path.name if subject.is_file else "model.onnx"
    export = "" if subject.is_file else f"mien export {folder_name(subject.path)} --out {file}\n"
    shell = f"```\n{export}mien predict photo.jpg --model {file}\n```"
    python = (
        f'```python\nimport mien\n\nrecognizer = mien.load("{file}")\n'
        'for face in recognizer.recognize("photo.jpg"):\n'
        "    print(face.emotion, face.confidence, face.box)\n```"
    )
    return section("How to use it", [shell, python])


def _cited(subject: Subject) -> Iterator[str]:
    for _, known in datasets_of(subject):
        if known.source not in (UNKNOWN, "mien"):
            yield f"{known.title}: {known.source}."
    commit = subject.origin.get("commit") or NONE
    version = (subject.origin.get("packages") or {}).get("mien", NONE)
    yield escaped(f"mien {version}, commit {commit}: the software that trained it.")
