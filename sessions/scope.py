"""Which rows a grown-up may see: the one place where schools, and the classes of a school, are kept apart.

Each model says where its rows belong (`scope`), and `Model.objects.visible_to(user)` returns those that this
grown-up may see; the admin, views, sockets and exports all ask that. What may be done with them, permissions
say: see `roles`.

- Whoever may see every school (operators, superusers) sees all.
- Whoever may see a whole school (school admins) sees all classes of the schools they are staff of.
- Everybody else sees the classes they teach, and of their schools what belongs to no class.
"""

from typing import Any, ClassVar, NamedTuple, Self

from django.apps import apps
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q

EVERY_SCHOOL, WHOLE_SCHOOL = "reading.every_school", "reading.whole_school"


class Scope(NamedTuple):
    """Where the rows of a model belong: lookups from the model, "pk" where it is itself what is meant."""

    school: str
    classroom: str = ""  # empty: rows belong to no class
    shared: bool = False  # rows without a school are everybody's

    def visible_to(self, user: User) -> Q:
        """Return the condition that holds for what this grown-up may see."""
        if user.has_perm(EVERY_SCHOOL):
            return Q()
        if not self.classroom:
            seen = Q(**{f"{self.school}__in": schools_of(user)})
            return seen | Q(**{self.school: None}) if self.shared else seen
        seen = Q(**{f"{self.classroom}__in": user.classrooms.values("pk")})
        if user.has_perm(WHOLE_SCHOOL):
            seen |= Q(**{f"{self.school}__in": user.schools.values("pk")})
        return seen


class ScopedQuerySet(models.QuerySet):
    """Rows of a model that has a `scope`."""

    model: "type[ScopedModel]"

    def visible_to(self, user: User) -> Self:
        """Return those that this grown-up may see; nobody who is not signed in sees any."""
        if not user.is_active or not user.is_staff:
            return self.none()
        return self.filter(self.model.scope.visible_to(user))


class ScopedModel(models.Model):
    """A model whose rows belong to a school."""

    scope: ClassVar[Scope]
    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


def schools_of(user: User) -> models.QuerySet[Any]:
    """Return the schools a grown-up works in: as staff, or by teaching a class."""
    school = apps.get_model("reading.School")
    if user.has_perm(EVERY_SCHOOL):
        return school.objects.all()
    return school.objects.filter(
        Q(pk__in=user.schools.values("pk")) | Q(pk__in=user.classrooms.values("school"))
    )


def whole_schools_of(user: User) -> models.QuerySet[Any]:
    """Return the schools of which this grown-up may see every class."""
    if user.has_perm(EVERY_SCHOOL):
        return apps.get_model("reading.School").objects.all()
    return user.schools.all() if user.has_perm(WHOLE_SCHOOL) else user.schools.none()


def colleagues(user: User) -> models.QuerySet[User]:
    """Return the grown-ups who work in one of this grown-up's schools, the grown-up included."""
    if user.has_perm(EVERY_SCHOOL):
        return User.objects.all()
    schools = schools_of(user).values("pk")
    return User.objects.filter(
        Q(pk=user.pk) | Q(schools__in=schools) | Q(classrooms__school__in=schools)
    ).distinct()


def works_only_with(user: User, other: User) -> bool:
    """Tell whether all that `other` may see is within the schools of `user`."""
    if other.is_superuser or other.has_perm(EVERY_SCHOOL):
        return False
    return not schools_of(other).exclude(pk__in=schools_of(user).values("pk")).exists()
