"""What a model is, what it learnt from, and how."""

from collections.abc import Iterator

from mien.report.account.pieces import Section, Table
from mien.report.account.story import Story
from mien.report.account.subject import Subject
from mien.report.account.words import NONE, counted, listed
from mien.report.compare.numbers import duration, mac_words, millions

HASH = 12
FACES = {
    "crop": "cut out around what the detector found",
    "align": "cut out around what the detector found, and turned upright",
}
"""How the faces were cut out that a model learnt from, by the file's word for it."""
EVEN = {"histogram": "histogram equalisation, ", "clahe": "CLAHE, "}


def origin(story: Story) -> Section:
    """Return what the model is and how it came to be, as a table of facts."""
    several = len(story.subjects) > 1
    caption = "The model and its training" + (
        f"; where seeds differ, that of seed {story.seeds[0]}" if several else ""
    )
    rows = [*facts(story.first)]
    if several:
        rows = [(k, listed(map(str, story.seeds)) if k == "seed" else v) for k, v in rows]
    table = Table(caption, ("fact", "value"), tuple(rows), words=2)
    return Section(id="origin", title="What it is, and how it learnt", tables=(table,))


def facts(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield what is known of a model: name of the fact, and the fact."""
    yield "experiment", subject.name
    yield "network", network_words(subject)
    yield "input", input_words(subject)
    if faces := FACES.get(subject.about.get("framing", {}).get("faces", "")):
        yield "faces", faces
    for head in subject.heads:
        yield f"head {head}", ", ".join(subject.about["heads"][head]["classes"])
    yield "answers with", f"head {subject.about['answer']}"
    yield from data_facts(subject)
    yield from training_facts(subject)


def data_facts(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield what it learnt from."""
    data, rows = subject.data, subject.data.get("rows", {})
    yield "learnt from", data_words(subject)
    yield "chosen on", counted(rows["val"], "validation picture") if rows.get("val") else NONE
    yield "manifest", f"sha256 {data.get('sha256', NONE)}"
    if fold := data.get("fold"):
        yield "fold held out", str(fold.get("held_out"))
    if start := start_words(subject):
        yield "started from", start


def training_facts(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield how it learnt, on what."""
    came = subject.origin
    yield "seed", str(came.get("seed", NONE))
    if came.get("epochs"):
        yield "epochs", f"{came['epochs']}; the weights of epoch {came['best_epoch'] + 1}"
    if came.get("best") is not None:
        yield "chosen by", f"best {monitor_words(subject)} on validation: {came['best']:.4f}"
    if came.get("hours"):
        yield "time", duration(came["hours"])
    threads = f", {counted(came['threads'], 'thread')}" if came.get("threads") else ""
    yield "hardware", came.get("gpu") or f"{came.get('cpu') or NONE}{threads}"
    packages = ", ".join(f"{k} {v}" for k, v in (came.get("packages") or {}).items() if v)
    yield "versions", packages or NONE
    yield "commit of mien", came.get("commit") or "not known"
    yield "trained", came.get("trained") or NONE
    yield "sha256 of the weights", came.get("weights_sha256") or NONE


def monitor_words(subject: Subject) -> str:
    """Say by what an epoch was chosen: over several heads it is a mean, of losses the sum."""
    name, heads = str(subject.origin["monitor"]), list(subject.heads)
    if len(heads) < 2:
        return name
    return f"{name} ({'sum' if name.endswith('loss') else 'mean'} of heads {listed(heads)})"


def network_words(subject: Subject) -> str:
    """Say which network it is, and how large; of a file that tells no more, its size."""
    model, network = subject.config.get("model", {}), subject.network
    name = str(model.get("name", NONE))
    if model.get("width", 1) != 1:
        name += f" (width {model['width']:g})"
    if not network:
        if not subject.path.is_file():
            return name
        return f"{name}, a file of {subject.path.stat().st_size / 1e6:.1f} MB"
    size = f"{millions(network['parameters'])} parameters"
    if network["trained"] != network["parameters"]:
        size += f", {millions(network['trained'])} of them learnt"
    return f"{name}, {size}, {mac_words(network['macs'])} multiply-accumulates a face"


def input_words(subject: Subject) -> str:
    """Say what a network takes: ``48×48 grey, normalised per_image``."""
    spec = subject.about["preprocessing"]
    colour = "grey" if spec["channels"] == 1 else "RGB"
    even = EVEN.get(spec.get("equalise", "none"), "")
    return f"{spec['size']}×{spec['size']} {colour}, {even}normalised {spec['normalise']}"


def data_words(subject: Subject) -> str:
    """Say from how many pictures of what it learnt, and which were left out."""
    data = subject.data
    if not data:
        return "not known"
    left = data.get("left_out") or []
    count = counted(data["rows"]["train"], "training picture")
    said = f"{listed(left)} left out" if left else "none left out"
    return f"{count} of {data['name']}, {said}"


def start_words(subject: Subject) -> str:
    """Say which weights the training began with; empty: random ones."""
    model, data = subject.config.get("model", {}), subject.data
    found = []
    if model.get("pretrained"):
        name = model["pretrained"]
        found.append(f"weights of {'ImageNet' if name == 'imagenet' else name}")
    if model.get("weights"):
        said = f"weights of an earlier run {(data.get('started_from') or '')[:HASH]}".strip()
        before = (data.get("started_on") or {}).get("name")
        found.append(f"{said}, which learnt from {before}" if before else said)
    return listed(found)
