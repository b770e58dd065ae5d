"""The wheel, and the answers of the library that runs with it and Django alone."""

import functools
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from .page import blocks, named_file
from .places import PROJECT, ROOT
from .questions import DECISIONS, DJANGO_AND_ITS_OWN, FORMS, LISTS

HAS_HATCHLING = importlib.util.find_spec("hatchling") is not None


def _build(folder):
    """Build the wheel; give it, or why there is none."""
    if not HAS_HATCHLING:
        return None, "hatchling is not installed; requirements/dev.txt has it"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    return next(folder.glob("*.whl")), ""


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    return _build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def wheel(built):
    path, why = built
    if not HAS_HATCHLING:
        pytest.skip(f"The wheel is not built: {why}.")
    if path is None:
        pytest.fail(f"The wheel cannot be built: {why}")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="session")
def package(built, tmp_path_factory):
    """A folder that holds what the wheel holds, from the wheel itself wherever it can be built."""
    folder, (path, _why) = tmp_path_factory.mktemp("package"), built
    if path:
        zipfile.ZipFile(path).extractall(folder)
    else:
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / "roles", folder / "roles", ignore=ignored)
    return folder


@pytest.fixture(scope="session")
def django_only(tmp_path_factory):
    """A folder with Django and what it stands on, and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("django")
    for name in DJANGO_AND_ITS_OWN:
        place = importlib.util.find_spec(name).submodule_search_locations[0]
        (folder / name).symlink_to(place, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def run(package, django_only, tmp_path_factory):
    """Run the project with questions, in one of its forms."""

    def run_project(form, questions):
        folder = tmp_path_factory.mktemp(form)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(map(str, (package, django_only, PROJECT))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
            "DJANGO_SETTINGS_MODULE": f"library_site.{form}",
            "LIBRARY_DATABASE": str(folder / "library.sqlite3"),
        }
        done = subprocess.run(
            # -S keeps site-packages out; a warning of any kind is an error.
            [sys.executable, "-S", "-W", "error", str(PROJECT / "ask.py")],
            cwd=folder,
            env=environment,
            input=json.dumps(questions),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"The library ({form}) does not run:\n{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])

    return run_project


@pytest.fixture(scope="session")
def answers_of(run):
    """The answers of both forms, each asked once."""
    questions = {
        "decisions": [question for *question, _expected in DECISIONS],
        "lists": [question for *question, _expected in LISTS],
        "examples": [block for block in blocks("python") if not named_file(block)],
    }

    @functools.cache
    def ask(form):
        try:
            return {"form": form} | run(form, questions), None
        except RuntimeError as error:
            return None, error

    def answers(form):
        found, error = ask(form)
        if error:
            raise error
        return found

    return answers


@pytest.fixture(params=FORMS)
def answers(request, answers_of):
    return answers_of(request.param)
