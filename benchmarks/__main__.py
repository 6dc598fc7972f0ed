"""Run all benchmarks, or those named on the command line, and print a Markdown table."""

import os
import platform
import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> int:
    """Run the benchmarks whose names are given, or all; return the exit code."""
    known = sorted(
        file.stem.removeprefix("bench_") for file in Path(__file__).parent.glob("bench_*.py")
    )
    unknown = sorted(set(names) - set(known))
    if unknown:
        print(
            f"no such benchmark: {', '.join(unknown)}; there are {', '.join(known)}",
            file=sys.stderr,
        )
        return 2
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}\n"
    )
    print("| what | median | worst | runs | ratio |\n|---|--:|--:|--:|--:|")
    for name in names or known:
        for measure in import_module(f"benchmarks.bench_{name}").run():
            print(measure.row(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
