"""The project is found whole wherever it is installed: data, version, pinned dependencies."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata, resources
from pathlib import Path

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


def the_lock() -> dict[str, Version]:
    """Read the pins of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [Requirement(line.rstrip("\\ ")) for line in lines if "==" in line and line[0].isalnum()]
    return {canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version) for pin in pins}


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
    assert {"tests/test_packaging.py", "requirements.lock", "Makefile", "LICENSE"} <= packed

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


def test_lock_names_no_registry():
    """The lock says what and which bytes, and leaves it to the machine where from."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")

    assert "://" not in lock
    assert "index-url" not in lock
    assert "find-links" not in lock


def test_lock_pins_every_dependency_within_its_range():
    """A dependency added or raised in pyproject.toml is not forgotten in the lock (`make lock`)."""
    project, pins = the_project(), the_lock()
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]

    missing = []
    for requirement in map(Requirement, wanted):
        pin = pins.get(canonicalize_name(requirement.name))
        if requirement.name != "leadtui" and (pin is None or pin not in requirement.specifier):
            missing.append(str(requirement))

    assert missing == []
