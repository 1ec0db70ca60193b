"""How large the base install is: a fresh virtual environment with mien and what it needs.

    python benchmarks/install_size.py [--out results/benchmark_install.json]

Counted as `du -sm` counts: blocks on the disk, the environment's own pip included.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from mien import runs

ROOT = Path(__file__).parents[1]
LIMIT = 400


def installed(folder):
    """Install mien's base package into a new environment; return its size in MiB."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", ROOT]
    subprocess.run(install, check=True)
    listed = subprocess.run(["du", "-sm", folder], check=True, capture_output=True, text=True)
    return int(listed.stdout.split()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "benchmark_install.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size = installed(Path(folder) / "venv")
    record = {
        "what": "base install in a fresh virtual environment, MiB",
        "megabytes": size,
        "limit": LIMIT,
        "within_limit": size <= LIMIT,
        "environment": runs.environment("onnxruntime", "opencv-python-headless", "pillow"),
    }
    runs.write_json(given.out, record)
    print({key: value for key, value in record.items() if key != "environment"})


if __name__ == "__main__":
    main()
