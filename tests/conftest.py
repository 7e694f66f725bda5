"""The cast of the tests.

Two schools. At Willow School, whose head is Ms Adeyemi, Ms Rivera teaches the Foxes, where Ada and
Ben read; Mr Okafor teaches the Hares, where Chidi reads. At Harbour School, whose head is Mr Solheim,
Ms Lund teaches the Gulls, where Dana reads. Nothing of one school may be seen from the other; only the
principal, a superuser, sees both, and Noor, who runs the servers, sees both without a word of a child.
PostgreSQL and Redis are real and this run's own: see services_plugin.py.
"""

import gc
from collections.abc import Generator, Iterator

import hypothesis
import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from servestatic.middleware import ServeStaticMiddleware

from readerai.celery import app
from sessions.models import Classroom, School, Student
from sessions.roles import OPERATORS, SCHOOL_ADMINS, TEACHERS

pytest_plugins = ["tests.servers", "tests.product"]


# What a property costs is nothing it states, and a busy machine takes its time.
hypothesis.settings.register_profile("readerai", deadline=None)
hypothesis.settings.load_profile("readerai")

# Fixtures that play sound, browsers, models and whole products against the real clock.
REAL_TIME = {"browser", "product", "start", "server", "stop", "llm"}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None]:
    """What is read for the tests stays: the collector looks neither meanwhile nor ever again through it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in its own
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share what takes long to make in one process; give those of real time a second try.

    A busy machine can hold a browser or a process up for longer than any child would wait. A test
    that fails twice fails, and each second try is counted in the closing line.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for shared in {"cluster"} & fixtures or {"product", "server", "built", "aws"} & fixtures:
            item.add_marker(pytest.mark.xdist_group(shared))
        if "browser" in fixtures and "product" not in fixtures:
            item.add_marker(pytest.mark.xdist_group(item.module.__name__))
        if fixtures & REAL_TIME:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database goes with its server: dropping it before would wait for every connection still open."""
    return True


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Every browser of Django's tests would look for all of them anew, which takes longer than most tests."""
    find, found = ServeStaticMiddleware.add_files_from_finders, {}

    def find_once(middleware: ServeStaticMiddleware) -> None:
        if not found:
            find(middleware)
            found.update(files=middleware.files, directories=middleware.directories)
        vars(middleware).update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ServeStaticMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(autouse=True)
def our_jobs() -> Iterator[None]:
    """Jobs go to our own broker, though a test before has made another application the current one."""
    yield
    app.set_current()
    app.set_default()


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Passwords are hashed to be slow to guess; no test needs to wait for that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def grown_up(name: str, role: str, *schools: School) -> User:
    """Make somebody who works at these schools."""
    user = User.objects.create_user(name, password="chalk-and-cheese", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    user.schools.add(*schools)
    return user


@pytest.fixture
def willow(db) -> School:
    """The school most stories happen in."""
    return School.objects.create(name="Willow School")


@pytest.fixture
def harbour(db) -> School:
    """The other school."""
    return School.objects.create(name="Harbour School")


@pytest.fixture
def foxes(willow) -> Classroom:
    """Ms Rivera's class at Willow."""
    classroom = Classroom.objects.create(school=willow, name="Foxes", join_code="FQXESA")
    classroom.teachers.add(grown_up("rivera", TEACHERS, willow))
    return classroom


@pytest.fixture
def hares(willow) -> Classroom:
    """Mr Okafor's class at Willow."""
    classroom = Classroom.objects.create(school=willow, name="Hares", join_code="HARESB")
    classroom.teachers.add(grown_up("okafor", TEACHERS, willow))
    return classroom


@pytest.fixture
def gulls(harbour) -> Classroom:
    """Ms Lund's class at Harbour."""
    classroom = Classroom.objects.create(school=harbour, name="Gulls", join_code="GUKKSC")
    classroom.teachers.add(grown_up("lund", TEACHERS, harbour))
    return classroom


@pytest.fixture
def adeyemi(willow) -> User:
    """The head of Willow School."""
    return grown_up("adeyemi", SCHOOL_ADMINS, willow)


@pytest.fixture
def solheim(harbour) -> User:
    """The head of Harbour School."""
    return grown_up("solheim", SCHOOL_ADMINS, harbour)


@pytest.fixture
def noor(db) -> User:
    """Runs the servers."""
    return grown_up("noor", OPERATORS)


@pytest.fixture
def principal(db) -> Client:
    """A superuser, signed in to the admin."""
    client = Client()
    client.force_login(User.objects.create_superuser("principal", password="chalk-and-cheese"))
    return client


@pytest.fixture
def ada(foxes) -> Student:
    """A Fox who asks a lot."""
    return Student.objects.create(classroom=foxes, name="Ada", animal="fox", pictures="apple boat star")


@pytest.fixture
def ben(foxes) -> Student:
    """A Fox who loses his network."""
    return Student.objects.create(classroom=foxes, name="Ben", animal="bear")


@pytest.fixture
def chidi(hares) -> Student:
    """A Hare: same school, other class."""
    return Student.objects.create(classroom=hares, name="Chidi", animal="hare")


@pytest.fixture
def dana(gulls) -> Student:
    """A Gull: the other school."""
    return Student.objects.create(classroom=gulls, name="Dana", animal="gull")
