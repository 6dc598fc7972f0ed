"""The project is found whole wherever it is installed: data, version, pinned dependencies."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterable
from importlib import metadata, resources
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import leadtui

ROOT = Path(__file__).parents[1]
FOLDERS = {"playbook", "samples", "calling"}


def the_project() -> dict:
    """Read the [project] table of pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def the_data_files() -> set[str]:
    """List what data/ holds, as paths below it."""
    data = ROOT / "data"
    return {file.relative_to(data).as_posix() for file in data.rglob("*") if file.is_file()}


LOCKS = {"requirements.lock": (["letters"], "build"), "requirements-dev.lock": (..., "dev")}
"""What each is for: which extras, and the group that the tools are in."""

MACHINES = {
    "linux 3.11": {"python_version": "3.11", "python_full_version": "3.11.0"},
    "linux 3.13": {"python_version": "3.13", "python_full_version": "3.13.0"},
    "mac": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    "windows": {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "platform_machine": "AMD64",
        "os_name": "nt",
    },
}


def the_lock(name: str) -> list[str]:
    """Read a lock's pins, each with its hashes."""
    lines = (
        line.strip() for line in (ROOT / name).read_text("utf-8").replace("\\\n", "").splitlines()
    )
    return [" ".join(line.split()) for line in lines if line and not line.startswith("#")]


def the_pins(name: str, environment: dict[str, str]) -> dict[str, Version]:
    """Read which versions a lock pins on a machine."""
    pins = [Requirement(line.partition(" --hash")[0]) for line in the_lock(name)]
    return {
        canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version)
        for pin in pins
        if applies(pin, environment)
    }


def what_is_asked_for(name: str) -> list[Requirement]:
    """List what pyproject.toml asks of a lock."""
    project = the_project()
    extras, group = LOCKS[name]
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    tools = [*groups["build"], *(line for line in groups[group] if isinstance(line, str))]
    optional = project["optional-dependencies"]
    chosen = [line for extra in (optional if extras is ... else extras) for line in optional[extra]]
    return [Requirement(line) for line in (*project["dependencies"], *chosen, *tools)]


def what_it_needs(wanted: Requirement, environment: dict[str, str]) -> list[Requirement]:
    """List what an installed package asks for, and what the extras it is asked with do."""
    try:
        needs = map(Requirement, metadata.requires(wanted.name) or [])
    except metadata.PackageNotFoundError:  # another system's
        return []
    return [need for need in needs if applies(need, environment, wanted.extras)]


def applies(need: Requirement, environment: dict[str, str], extras: Iterable[str] = ()) -> bool:
    """Whether a machine is asked for this."""
    chosen = [{**environment, "extra": extra} for extra in ("", *extras)]
    return need.marker is None or any(map(need.marker.evaluate, chosen))


def test_data_is_found_in_this_install():
    """Whatever way leadtui was installed to run this test, its data is a resource of the
    package."""
    found = resources.files("leadtui") / "data"

    assert {folder.name for folder in found.iterdir() if folder.is_dir()} >= FOLDERS


def test_sdist_and_the_wheel_built_from_it_carry_the_data(tmp_path: Path):
    """The sdist has data/ once, and the wheel made from that sdist finds it as leadtui/data."""
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(build, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    files = the_data_files()

    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {name.removeprefix("data/") for name in packed if name.startswith("data/")} == files
    assert not [name for name in packed if name.startswith("leadtui/data")]
    assert {"tests/test_packaging.py", *LOCKS, "Makefile", "LICENSE"} <= packed

    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    assert {
        name.removeprefix("leadtui/data/") for name in packed if name.startswith("leadtui/data/")
    } == files
    assert {name.partition("/")[0] for name in packed} == {
        "leadtui",
        f"leadtui-{leadtui.__version__}.dist-info",
    }

    look = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "import leadtui, importlib.resources\n"
        "print(leadtui.__file__, *((importlib.resources.files('leadtui') / "
        "'data').iterdir()), "
        "sep='\\n')"
    )
    shown = subprocess.run(
        [sys.executable, "-I", "-c", look], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    module, *folders = map(Path, shown.stdout.split("\n")[:-1])
    assert module.is_relative_to(tmp_path)
    assert {folder.name for folder in folders} >= FOLDERS


def test_version_is_the_same_everywhere():
    """pyproject.toml, the package and the installed metadata name one version."""
    assert the_project()["version"] == leadtui.__version__ == metadata.version("leadtui")


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_registry(name: str):
    """A lock says what and which bytes, and leaves it to the machine where from."""
    lock = (ROOT / name).read_text("utf-8")

    assert "://" not in lock
    assert "index-url" not in lock
    assert "find-links" not in lock


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_all_that_its_packages_ask_for(name: str, machine: str):
    """What is asked for in pyproject.toml, and by whatever that brings, extras included, is pinned
    within its range.

    So a lock can be installed as it stands, and a dependency that is added or raised is not
    forgotten in it."""
    environment = {**default_environment(), **MACHINES[machine]}
    pins = the_pins(name, environment)
    asked = [need for need in what_is_asked_for(name) if applies(need, environment)]

    looked_at, unmet = set(), set()
    while asked:
        wanted = asked.pop()
        pin = pins.get(canonicalize_name(wanted.name))
        if pin is None or not wanted.specifier.contains(pin, prereleases=True):
            unmet.add(str(wanted))
        elif str(wanted) not in looked_at:
            looked_at.add(str(wanted))
            asked += what_it_needs(wanted, environment)

    assert looked_at
    assert unmet == set()


def test_what_is_installed_here_is_what_the_lock_pins():
    """The tests run with the locked versions, and so do those who read what packages ask for."""
    pins = the_pins("requirements-dev.lock", default_environment())

    assert {name: metadata.version(name) for name in pins} == {
        name: str(pin) for name, pin in pins.items()
    }


def test_the_programs_lock_is_part_of_the_tests_lock():
    """`make demo` and `make test` share a venv: the same versions, the same bytes, whichever comes
    first."""
    program, dev = ({re.sub(" ;.*? --", " --", line) for line in the_lock(name)} for name in LOCKS)

    assert program < dev


def test_a_folder_that_is_no_venv_is_not_cleared(tmp_path: Path):
    """VENV=~ by mistake costs a sentence, not a home."""
    (tmp_path / "thesis.txt").write_text("years")

    done = subprocess.run(
        [ROOT / "scripts/venv", "deps"],
        env={**os.environ, "VENV": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "is there and is no venv; name another" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler")
def test_a_command_runs_on_another_day():
    """What scripts/at starts, and what that starts, see the other day, and an inner one counts from
    the machine's."""
    date = "subprocess.check_output(['date', '-u', '+%F'], text=True)"
    ask = f"import subprocess; print({date}, end='')"
    leap = [ROOT / "scripts/at", "2028-02-29 10:00 UTC", sys.executable, "-c", ask]

    for command in (leap, [ROOT / "scripts/at", "1 year", *leap]):
        assert (
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
            == "2028-02-29\n"
        )


def test_pythons_that_are_promised_are_those_that_are_tested():
    """The classifiers, the README and the gate name the same versions."""
    promised = {
        line.rpartition(" ")[2]
        for line in the_project()["classifiers"]
        if ":: Python :: 3." in line
    }
    tested = set(re.findall(r"python_of (3\.\d+)", (ROOT / ".ci/run").read_text("utf-8")))

    assert promised == tested
    assert f"Tested on Linux with Python {' and '.join(sorted(tested))}." in (
        ROOT / "README.md"
    ).read_text("utf-8")
