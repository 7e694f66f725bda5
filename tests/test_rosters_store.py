"""Plans in the database: whole or not at all, and just what the plan said."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from sessions.models import Classroom, School, Student
from sessions.rosters.planning import plan
from sessions.rosters.present import Present
from sessions.rosters.reading import read
from sessions.rosters.roster import Roster
from sessions.rosters.store import Outdated, carry_out, read_present
from tests.rosters import zipped


def of_csv(text: str) -> Roster:
    """Return the roster in a table."""
    return read("a.csv", text.encode(), "Willow School")


def bring(school: School, roster: Roster, remove: bool = False) -> Present:
    """Plan and carry out; returns what the school has then, after a look that nothing is left to do."""
    planned = plan(roster, read_present(school), remove_missing=remove)
    carry_out(school, roster, remove_missing=remove, fingerprint=planned.fingerprint)
    after = read_present(school)
    assert plan(roster, after, remove_missing=remove).changes == ()
    return after


def children(school: School) -> set[tuple[str, str, str]]:
    """Return the school's children: class, name and id."""
    rows = Student.objects.filter(classroom__school=school)
    return set(rows.values_list("classroom__name", "name", "sourced_id"))


def test_a_school_that_was_empty_is_filled_from_its_own_system(willow, foxes):
    rivera = User.objects.get(username="rivera")
    rivera.email = "rivera@willow.example"
    rivera.save()
    foxes.delete()
    bring(willow, read("a.zip", zipped(), "Willow School"))
    assert children(willow) == {
        ("Foxes", "Ada L.", "s1"), ("Foxes", "Ada B.", "s2"), ("Hares", "Chidi", "s3"),
    }  # fmt: skip
    assert list(Classroom.objects.get(name="Foxes").teachers.all()) == [rivera]
    assert len(set(Classroom.objects.values_list("join_code", flat=True))) == 2


def test_children_and_classes_that_were_there_get_their_ids_and_stay_who_they_are(willow, ada, chidi):
    first = "class,class_id,first_name,student_id\nFoxes,c1,Ada,s1\nHares,c2,Chidi,s3\n"
    bring(willow, of_csv(first))
    moved = "class,class_id,first_name,student_id\nBadgers,c1,Chidi,s3\nHares,c2,Adele,s1\n"
    bring(willow, of_csv(moved))
    assert children(willow) == {("Badgers", "Chidi", "s3"), ("Hares", "Adele", "s1")}
    assert {ada.pk, chidi.pk} == set(Student.objects.values_list("pk", flat=True))
    assert Classroom.objects.get(name="Badgers").pk == ada.classroom_id


def test_children_and_classes_may_change_names_with_each_other(willow, ada, ben, chidi):
    first = "class,class_id,first_name,student_id\nFoxes,c1,Ada,s1\nFoxes,c1,Ben,s2\nHares,c2,Chidi,s3\n"
    bring(willow, of_csv(first))
    swapped = "class,class_id,first_name,student_id\nHares,c1,Ben,s1\nHares,c1,Ada,s2\nFoxes,c2,Chidi,s3\n"
    bring(willow, of_csv(swapped))
    assert children(willow) == {("Hares", "Ben", "s1"), ("Hares", "Ada", "s2"), ("Foxes", "Chidi", "s3")}


def test_a_new_child_may_have_the_name_and_the_id_of_one_who_goes(willow, ada, ben):
    bring(willow, of_csv("class,first_name,student_id\nFoxes,Ada,s1\nFoxes,Ben,s2\n"))
    bring(willow, of_csv("class,first_name,student_id\nFoxes,Ada,s9\n"), remove=True)
    assert children(willow) == {("Foxes", "Ada", "s9")}
    assert not Student.objects.filter(pk=ada.pk).exists()


def test_a_new_child_gets_an_animal_that_no_other_of_the_class_has(willow, ada, ben):
    after = bring(willow, of_csv("class,first_name\nFoxes,Ada\nFoxes,Ben\nFoxes,Cleo\nFoxes,Dev\n"))
    assert len({child.animal for child in after.students}) == 4


def test_a_teacher_whom_the_file_gives_another_class_changes_class_when_it_is_said(willow, foxes, hares):
    rivera, okafor = User.objects.get(username="rivera"), User.objects.get(username="okafor")
    for user in (rivera, okafor):
        user.email = f"{user.username}@willow.example"
        user.save()
    roster = of_csv("class,student,teachers\nFoxes,,Okafor@willow.example\n")
    bring(willow, roster)
    assert set(foxes.teachers.all()) == {rivera, okafor}
    assert [change.email for change in plan(roster, read_present(willow)).leaving] == [rivera.email]
    bring(willow, roster, remove=True)
    assert set(foxes.teachers.all()) == {okafor}
    assert set(hares.teachers.all()) == {okafor}


def test_another_schools_people_are_neither_seen_nor_changed(willow, harbour, ada, dana):
    lund = User.objects.get(username="lund")
    lund.email = "lund@harbour.example"
    lund.save()
    dana.sourced_id = "s1"
    dana.save()
    roster = of_csv("class,first_name,student_id,teachers\nGulls,Dana,s1,lund@harbour.example\n")
    planned = plan(roster, read_present(willow))
    assert planned.unknown_teachers == (("Gulls", "lund@harbour.example"),)
    bring(willow, roster)
    assert children(harbour) == {("Gulls", "Dana", "s1")}
    assert ("Gulls", "Dana", "s1") in children(willow)
    assert list(Classroom.objects.get(school=willow, name="Gulls").teachers.all()) == []


def test_nothing_is_changed_when_one_change_cannot_be_made(willow, ada, monkeypatch):
    roster = of_csv("class,first_name\nBees,Eli\nFoxes,Ada\nFoxes,Zoe\n")
    planned = plan(roster, read_present(willow))
    save = Student.save

    def fails_for_zoe(self, *arguments, **options):
        if self.name == "Zoe":
            raise IntegrityError
        save(self, *arguments, **options)

    monkeypatch.setattr(Student, "save", fails_for_zoe)
    with pytest.raises(IntegrityError):
        carry_out(willow, roster, remove_missing=False, fingerprint=planned.fingerprint)
    assert children(willow) == {("Foxes", "Ada", "")}
    assert not Classroom.objects.filter(name="Bees").exists()


def test_a_plan_of_another_day_is_not_carried_out(willow, ada):
    roster = of_csv("class,first_name\nFoxes,Ada\nFoxes,Eli\n")
    planned = plan(roster, read_present(willow))
    Student.objects.create(classroom=ada.classroom, name="Eli")
    with pytest.raises(Outdated) as outdated:
        carry_out(willow, roster, remove_missing=False, fingerprint=planned.fingerprint)
    assert outdated.value.plan.changes == ()
    assert Student.objects.count() == 2


def test_a_roster_with_a_problem_is_not_carried_out(willow, ada):
    roster = of_csv("class,first_name\nFoxes,Eli\nFoxes,Eli\n")
    planned = plan(roster, read_present(willow))
    assert "tell them apart" in planned.problems[0].text
    with pytest.raises(Outdated):
        carry_out(willow, roster, remove_missing=False, fingerprint=planned.fingerprint)
    assert children(willow) == {("Foxes", "Ada", "")}
