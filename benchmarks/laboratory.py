"""Train, score and keep the laboratory's real runs, one after another, resumable.

    python benchmarks/laboratory.py DATA RUNS [NAME...]    # all, or those named
    python benchmarks/laboratory.py DATA RUNS --set machine.precision=bf16
    python benchmarks/laboratory.py --list
    python benchmarks/laboratory.py --table [DATA RUNS]    # results/laboratory.md; tests with RUNS

DATA holds the prepared datasets ``fer2013`` (mien data prepare, from any of its forms),
``expressions`` and ``merged8`` (mien data merge of both); RUNS takes the run folders and logs.
A run that was cut off goes on; one whose result is in results/runs is not run again. Each run is
``mien train``, ``mien evaluate`` (the test split, once) and ``mien compare --save``.
``--set`` changes every run that it begins: with bf16, ``compact`` trains 1.8 times as fast on a
CPU that has avx512_bf16.
MobileNetV2's weights: ``MOBILENET=FILE`` names torchvision's mobilenet_v2-b0353104.pth.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS, TABLE = ROOT / "results" / "runs", ROOT / "results" / "laboratory.md"
OURS = "configs/shared_cnn_fer2013.yaml"
"""mien's own recipe, for every network."""
RECIPES = (
    "`mobilenet_v2_extract` has the recipe of description B (class weights, few augmentations),\n"
    "12 epochs; the other two have one recipe: only what learns differs, and how fast."
)
NAMED = "2026-11-22T01:54:00+00:00"
"""When APS was named as the conformal method to use."""
TRANSFER = ("mobilenet_v2_finetune", "mobilenet_v2_extract_ours", "mobilenet_v2_extract")
WRITES = {"crossval": "crossval.json", "tune": "study.json"}


@dataclass(frozen=True)
class Run:
    """One run: its recipe, what is changed in it, and which command trains it."""

    name: str
    config: str
    changes: tuple[str, ...] = ()
    data: str = "fer2013"
    command: tuple[str, ...] = ("train",)


def ours(network, *changes):
    """Return the run of a network with mien's own recipe."""
    return Run(f"{network}_ours", OURS, (f"model.name={network}", *changes))


MOBILENET = (
    "model.name=mobilenet_v2",
    "model.pretrained={MOBILENET}",
    "train.epochs=12",
    "schedule={name: cosine, warmup_epochs: 1}",
)
PAIR = (
    *MOBILENET,
    "loss={label_smoothing: 0.1}",
    "optimizer={name: adamw, lr: 0.001, weight_decay: 0.01}",
    "augment={flip: 0.5, rotate: 15, zoom: 0.15, shift: 0.05, brightness: 0.2, contrast: 0.2}",
    "augment.patch=0.25",
    "train.average=0.998",
    "train.monitor=val_accuracy",
)
"""One recipe for feature extraction and fine-tuning; no class weights, which cost accuracy."""
RUNS = (
    Run("three_block", "configs/three_block.yaml"),
    Run("lenet", "configs/lenet.yaml"),
    Run("four_block", "configs/four_block.yaml"),
    Run("shared_cnn_fer2013", OURS),
    Run("shared_cnn_expressions", OURS, ("data.heads=[eight]",), data="expressions"),
    Run("mycnn_merged8", "configs/mycnn_merged8.yaml", data="merged8"),
    Run(
        "mycnn_cv5",
        "configs/mycnn_merged8.yaml",
        ("data.heads=[fer2013]", "train.epochs=12"),
        command=("crossval", "--folds", "5"),
    ),
    Run("tune_fer2013", "configs/tune_fer2013.yaml", command=("tune",)),
    Run("mobilenet_v2_extract", "configs/resnet18_extract.yaml", MOBILENET),
    Run("mobilenet_v2_extract_ours", "configs/resnet18_extract.yaml", PAIR),
    Run(  # differs from the one before in what learns, and how fast, alone
        "mobilenet_v2_finetune",
        "configs/resnet18_extract.yaml",
        (*PAIR, "model.learn=all", "optimizer.backbone_lr=0.0005"),
    ),
    ours("three_block"),
    ours("lenet", "optimizer.lr=0.02"),  # it has no norms: 0.1 is too much
    Run(  # with mixup and patches it underfits: 59.9 % on validation
        "lenet_ours_light",
        OURS,
        ("model.name=lenet", "optimizer.lr=0.02", "mix.mixup=0", "augment.patch=0"),
    ),
    ours("four_block"),
    ours("compact_m"),
    ours("compact_s"),
    Run(  # the shipped recipe on the smallest size: FER+ votes, for which nothing was chosen
        "mien_s",
        "configs/mien.yaml",
        ("model.name=compact_s", "train.epochs=25"),
    ),
    ours("resnet18", "train.epochs=15"),
    ours("vgg16"),
)


def command(run, data, runs, changes=()):
    """Return the command that trains a run with those further changes, or goes on with it."""
    out = runs / run.name
    words = [sys.executable, "-m", "mien", *run.command]
    if run.command == ("train",) and (out / "config.yaml").exists():
        return [*words, "--resume", str(out)]
    weights = os.environ.get("MOBILENET", "")
    changes = [each.replace("{MOBILENET}", weights) for each in (*run.changes, *changes)]
    name = f"name={run.name}"
    return [
        *(*words, str(ROOT / run.config), f"data.path={data / run.data}", name, *changes),
        *("--out", str(out)),
    ]


def result_of(run):
    """Return where a run's result is kept."""
    return (RESULTS if run.command == ("train",) else RESULTS.parent) / f"{run.name}.json"


def finished(run, runs):
    """Tell whether a run is trained already."""
    state = runs / run.name / "state.json"
    return state.exists() and '"finished"' in state.read_text()


def work(run, data, runs, changes=()):
    """Do all that is left of a run; return whether its result is there."""
    result, out, steps = result_of(run), runs / run.name, []
    if result.exists():
        return True
    if not finished(run, runs):
        steps.append(command(run, data, runs, changes))
    mien = [sys.executable, "-m", "mien"]
    if run.command == ("train",):
        steps.append([*mien, "evaluate", str(out)])
        steps.append([*mien, "compare", str(out), "--save", str(result)])
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    with (runs / f"{run.name}.log").open("a") as log:
        for step in steps:
            print("$", *step[1:], file=log, flush=True)
            done = subprocess.run(
                step, env=environment, stdout=log, stderr=log, check=False, cwd=runs
            )
            if done.returncode:
                return False
    if run.command != ("train",):
        shutil.copy(out / WRITES[run.command[0]], result)
    return True


REPORTED = """# The laboratory's real runs

Made by `benchmarks/laboratory.py`, from the files in `results/runs/`; each holds its recipe, versions, machine,
commit and confusion matrices. Trained on all 28,709 Training rows of FER-2013 unless a table says otherwise,
best epoch chosen on PublicTest, PrivateTest scored once. One seed where a row says so. Runs that are not
finished stand with the epochs that they reached. Hours are those of the clock, on a machine that did other work
at the same time; they do not compare networks. The first two, `three_block` and `mycnn_merged8`, computed in 32 bits,
the later ones in bf16; `config.machine` in each file says it.

What the descriptions A to E reported that the recipes follow ([docs/training.md](../docs/training.md)), none of them
with code, seed or rows scored:

| who | network | data | reported |
|---|---|---|---|
| B | LeNet-like | FER-2013 | 60–65 % expected |
| B | ResNet-18, VGG-16 fine-tuned from ImageNet | FER-2013 | 70–75 % expected |
| C | ResNet-18 from ImageNet | FER-2013 + CK+, eight classes | about 52 %, F1 about 0.42, means of five folds |
| C | MyCNN | FER-2013 + CK+, eight classes | about 51 %, F1 about 0.40, means of five folds |
| D | four blocks | FER-2013 | F1 happy .90, sad .70, angry .72; no overall figure |
| E | three blocks | FER-2013, own 70/15/15 split | 45.4 %, macro-F1 .388 |

"""  # noqa: E501


def table(runs):
    """Write results/laboratory.md: what was reported, and a table a track of what was measured."""
    sources = sorted(RESULTS.glob("*.json"))
    named = {source.stem for source in sources}
    if runs is not None:
        begun = (run.name for run in RUNS if run.name not in named)
        sources = [_folder(source, runs) for source in sources]
        sources += [runs / name for name in begun if (runs / name / "metrics.csv").exists()]
    measured = compared(sources)
    more = [pair_of(sources), sets_of(sorted(RESULTS.glob("*.json")))]
    more += [
        say(json.loads(result_of(run).read_text(encoding="utf-8")))
        for run in RUNS
        if (say := OTHERS.get(run.command[0])) and result_of(run).exists()
    ]
    TABLE.write_text("\n".join([REPORTED + measured, *filter(None, more)]), encoding="utf-8")


def compared(sources):
    """Return what ``mien compare`` says of runs or results, without its heading."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "mien", "compare", *map(str, sources), "--out", folder]
        subprocess.run(words, check=True)
        told = (Path(folder) / "compare.md").read_text(encoding="utf-8")
    return told.partition("\n\n")[2]


def pair_of(sources):
    """Return the test of fine-tuning against feature extraction, where both are there."""
    pair = [source for name in TRANSFER for source in sources if source.stem == name]
    if len(pair) < 2:
        return ""
    tested = compared(pair).partition("### Differences tested\n")[2]
    tested = tested.partition("\n- official:")[0].strip()  # the notes stand above already
    return f"## Fine-tuning against feature extraction: MobileNetV2\n\n{RECIPES}\n\n{tested}\n"


def sets_of(results):
    """Return how often conformal sets hold the label of the test split, of every net's own head.

    Sets with people among the rows have no interval, and are left out.
    """
    lines, within = [], dict[str, list[bool]]()
    for result in results:
        run = json.loads(result.read_text(encoding="utf-8"))["run"]
        for scored in run["evaluation"].values():
            if scored["bootstrap"]["unit"] != "picture":
                continue
            late = scored["environment"]["time"] > NAMED
            name = result.stem + (" (later)" if late else "")
            for head, protocols in scored["heads"].items():
                kinds = protocols.get(head) or protocols[f"{head}_majority"]
                for kind, method in product(("official", "dedup"), ("aps", "lac")):
                    levels = kinds[kind]["conformal"][method].values()
                    inside = [level["within"] for level in levels]
                    for when in ("all", "later")[: 1 + late]:
                        within.setdefault(f"{method.upper()}, {kind}, {when}", []).extend(inside)
                    held = (
                        f"{100 * v['coverage']:.1f}{'' if v['within'] else ' *'}" for v in levels
                    )
                    cells = (name, head, method.upper(), kind, *held)
                    lines.append(f"| {' | '.join(cells)} |")
    counts = [f"- {about}: {sum(each)} of {len(each)}" for about, each in sorted(within.items())]
    return "\n".join(
        [
            "## Conformal sets\n",
            "How often the set holds the label of FER-2013's test split, in %, fitted on",
            "validation rows without copies; * is outside the 95 % beta-binomial interval. Those",
            "marked later were scored after APS had been named as the method to use, see",
            "docs/evaluation.md.\n",
            "| experiment | head | method | rows | of 80 | of 90 | of 95 |",
            "| --- | --- | --- | --- | ---: | ---: | ---: |",
            *lines,
            "\nInside the interval:\n",
            *counts,
            "",
        ]
    )


def of_study(found):
    """Return the section of a tuning study: the best trials of each optimiser."""
    trials = sorted(found["trials"], key=lambda trial: -(trial["value"] or 0))
    keys = [key for key in trials[0]["params"] if key != "optimizer.name"]
    network, epochs = found["config"]["model"]["name"], found["config"]["train"]["epochs"]
    importance, stopped = found["importance"], sum(t["state"] == "pruned" for t in trials)
    weights = ", ".join(f"{key} {value:.2f}" for key, value in importance["values"].items())
    lines = [
        f"## Tuning study: {network}, {epochs} epochs a trial\n",
        f"{len(trials)} trials, {stopped} of them stopped early, compared by {found['monitor']} on",
        "PublicTest; the test split was never read. The best three of each optimiser:\n",
        f"| optimizer | trial | {found['monitor']} | {' | '.join(keys)} |",
        "| --- | ---: |" + " ---: |" * (len(keys) + 1),
    ]
    for name in found["space"]["optimizer.name"]:
        own = [trial for trial in trials if trial["params"]["optimizer.name"] == name]
        for trial in own[:3]:
            values = " | ".join(f"{trial['params'][key]:.3g}" for key in keys)
            cells = f"{name}, {len(own)} trials | {trial['number']} | {100 * trial['value']:.2f} %"
            lines.append(f"| {cells} | {values} |")
    return "\n".join(
        [
            *lines,
            f"\n- importance, {importance['method']}, {importance['n']} finished trials: {weights}",
            "- the sampler seldom goes back to what did badly at first: an optimiser with few",
            "  trials was hardly searched, and little follows from its figures",
            "",
        ]
    )


def of_folds(found):
    """Return the section of a cross-validation: mean and spread over its folds."""
    head, protocol = found["main"]["head"], found["main"]["protocol"]
    network, folds = found["config"]["model"]["name"], len(found["folds"])
    lines = [
        f"## Cross-validation: {network}, {folds} folds of the Training rows\n",
        f"{found['n']:,} pictures, each held out once, copies and near copies in one fold;",
        f"{found['config']['train']['epochs']} epochs, seed {found['config']['seed']}.\n",
        "| measure | mean | sd | least | most |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for measure in ("accuracy", "balanced_accuracy", "macro_f1"):
        values = found["summary"][head][protocol][measure]
        cells = " | ".join(f"{values[key]:.3f}" for key in ("mean", "sd", "min", "max"))
        lines.append(f"| {measure} | {cells} |")
    return "\n".join([*lines, "", *(f"- {note}" for note in found["notes"]), ""])


OTHERS = {"tune": of_study, "crossval": of_folds}


def _folder(result, runs):
    """Return the run of a result where it is still there: its predictions can be tested."""
    folder = runs / result.stem
    return folder if (folder / "config.yaml").exists() else result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("runs", type=Path, nargs="?")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    if args.table:
        table(args.runs)
        return
    if args.list or args.runs is None:
        for run in RUNS:
            there = "done" if result_of(run).exists() else ""
            print(f"{run.name:24} {run.config:36} {' '.join(run.changes)} {there}")
        return
    args.runs.mkdir(parents=True, exist_ok=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    for run in RUNS:
        if not args.names or run.name in args.names:
            good = work(run, args.data.resolve(), args.runs.resolve(), args.set)
            print(run.name, "done" if good else "stopped; see its log", flush=True)


if __name__ == "__main__":
    main()
