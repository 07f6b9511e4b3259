"""What a run costs, as ratios measured in one go: these machines are noisy, their noise hits both sides alike.

    python benchmarks/run.py [FOLDER ...] [--repeat N]

Without a folder it measures on `examples/`. Give it a checkout of real manifests for figures that mean something. Measured are:

- one small file, a new process: against yamllint, which only reads the YAML; alone in a folder, and in this repository, where look-ups go through the
  texts of hundreds of files;
- each folder, cold: against composing its manifests with ruamel.yaml's C parser in one process (the floor), with one job and two;
- each folder, a new process with a cache: an empty one, one that knows the files but not the run, as after a change, and one that knows all; against
  none. These are processor seconds of all processes of a run;
- where the time goes: import, read, rules, report.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "examples" / "shop" / "frontend" / "service.yaml"


def best(action: Callable[[], object], repeat: int) -> float:
    """The shortest of several runs, in seconds: what the action costs when nothing else wants the machine."""
    shortest = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest


def process(*command: str) -> Callable[[], object]:
    """Runs a command of this environment in a new process, with bytecode allowed: an installed tool has it."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    tool = Path(sys.executable).parent / command[0]
    return lambda: subprocess.run(
        [str(tool), *command[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=False
    )


def floor(texts: list[str]) -> Callable[[], object]:
    """Composes texts with ruamel.yaml's C parser, with the least that it asks of its resolver."""
    from _ruamel_yaml import CParser
    from ruamel.yaml.error import YAMLError

    class Composer(CParser):  # type: ignore[misc]
        def resolve(self, *_: object) -> str:
            return "tag"

        def descend_resolver(self, *_: object) -> None:
            """Nothing to resolve by path."""

        def ascend_resolver(self) -> None:
            """Nothing to resolve by path."""

    def compose() -> None:
        for text in texts:
            parser = Composer(text)
            try:
                while parser.check_node():
                    parser.get_node()
            except YAMLError:
                continue

    return compose


@contextmanager
def within(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def manifests(folder: Path) -> list[str]:
    """The texts of the files that k8slint checks in a folder: what it skips it need not read."""
    from k8slint import run

    with within(folder):
        done = run.check(["."], run.CheckOptions(config=False, jobs=1))
        skipped = {skip.path for skip in done.skipped if not skip.line}
        from k8slint import source

        found = source.discover(["."], base=folder)
        names = [path for path in found.files if run.display(path) not in skipped]
        return [text for path in names if (text := source.load(path).text) is not None]


def check(folder: Path, jobs: int) -> Callable[[], object]:
    from k8slint import run

    def go() -> None:
        with within(folder):
            run.check(["."], run.CheckOptions(config=False, jobs=jobs))

    return go


def spent_by(command: list[str], folder: Path) -> float:
    """Processor seconds of a command of this environment and all processes it starts."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with within(folder):
        process(*command)()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cached(folder: Path, repeat: int) -> dict[str, float]:
    """The ratio of runs with a cache to one without, each the median of several."""
    import statistics

    ratios: dict[str, list[float]] = {"empty": [], "files": [], "warm": []}
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as place:
            plain = ["k8slint", "check", "--no-config", "--quiet", "."]
            command = [*plain, "--cache-dir", place]
            without = spent_by([*plain, "--no-cache"], folder)
            ratios["empty"].append(spent_by(command, folder) / without)
            ratios["warm"].append(spent_by(command, folder) / without)
            for kept in Path(place).glob("*/run-*"):
                kept.unlink()
            ratios["files"].append(spent_by(command, folder) / without)
    return {name: statistics.median(values) for name, values in ratios.items()}


def stages(folder: Path) -> dict[str, float]:
    """Seconds by stage of one run in this process: reading (discovery, YAML), all of a check, the report."""
    from k8slint import document, report, run, source
    from k8slint.plugins import Plugins
    from k8slint.report.base import Style

    texts = manifests(folder)
    spent: dict[str, float] = {}
    gc.disable()
    spent["read"] = best(lambda: [document.read("", text) for text in texts], 3)
    gc.enable()
    with within(folder):
        spent["discover"] = best(lambda: source.discover(["."], base=folder), 3)
        done = run.check(["."], run.CheckOptions(config=False, jobs=1))
        spent["check"] = best(lambda: run.check(["."], run.CheckOptions(config=False, jobs=1)), 3)
        make: Any = report.load("text", Plugins())
        spent["report"] = best(lambda: make(done, Style()), 3)
    return spent


def main() -> None:
    arguments = argparse.ArgumentParser(description="Measures k8slint as ratios.")
    arguments.add_argument("folders", nargs="*", type=Path, default=[ROOT / "examples"])
    arguments.add_argument("--repeat", type=int, default=7)
    given = arguments.parse_args()

    bare = best(process(Path(sys.executable).name, "-c", "pass"), given.repeat)
    version = best(process("k8slint", "--version"), given.repeat)
    yamllint = best(process("yamllint", str(SMALL)), given.repeat)
    with tempfile.TemporaryDirectory() as empty:
        alone = shutil.copy(SMALL, empty)
        small = best(process("k8slint", "check", "--no-config", alone), given.repeat)
    within_project = best(process("k8slint", "check", "--no-config", str(SMALL)), given.repeat)
    print(
        f"one small file, cold: k8slint {small * 1e3:.0f} ms, yamllint {yamllint * 1e3:.0f} ms: {small / yamllint:.2f}x; "
        f"in this repository {within_project / yamllint:.2f}x"
    )
    print(f"  of which python {bare * 1e3:.0f} ms, up to the command line {version * 1e3:.0f} ms")
    for path in given.folders:
        folder = path.resolve()
        texts = manifests(folder)
        size = sum(map(len, texts)) / 1e6
        gc.disable()
        least = best(floor(texts), 5)
        gc.enable()
        one, two = (best(check(folder, jobs), 5) for jobs in (1, 2))
        print(
            f"{folder.name} ({len(texts)} files, {size:.1f} MB): floor {least * 1e3:.0f} ms, "
            f"--jobs 1 {one * 1e3:.0f} ms ({one / least:.2f}x), --jobs 2 {two * 1e3:.0f} ms ({two / least:.2f}x), "
            f"2 against 1: {two / one:.2f}x"
        )
        spent = stages(folder)
        print("  " + ", ".join(f"{stage} {seconds * 1e3:.0f} ms" for stage, seconds in spent.items()))
        kept = cached(folder, given.repeat)
        print("  with a cache: " + ", ".join(f"{name} {ratio:.2f}x" for name, ratio in kept.items()))


if __name__ == "__main__":
    main()
