"""What grown-ups do about children's sign-in: print badges, and draw badges and pictures anew."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from redis.exceptions import RedisError

from sessions.badge_sheet import Badge, draw
from sessions.models import Classroom, Student
from sessions.renewal import renew_badges, renew_pictures
from sessions.templatetags.pictures import picture_url


class SignInActions:
    """For the admin of children, and of classes: then all children of the chosen classes are meant.

    Each action asks for the permission to change children; which children, the list itself says.
    """

    actions = ["print_badges", "renew_chosen_badges", "renew_chosen_pictures"]

    def has_change_student_permission(self, request: HttpRequest) -> bool:
        """Whoever may change a child may know its secret."""
        return request.user.has_perm("reading.change_student")

    @admin.action(description="Print badges", permissions=["change_student"])
    def print_badges(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """Return the sheet as a PDF."""
        response = HttpResponse(
            draw(_badge(student) for student in _students(queryset)), content_type="application/pdf"
        )
        response["Content-Disposition"] = 'attachment; filename="badges.pdf"'
        return response

    @admin.action(description="Void and renew badges", permissions=["change_student"])
    def renew_chosen_badges(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then give each child a new badge; the history of what was chosen says who did it."""
        what = (
            "The old badges stop working at once, and whoever came in before is signed out: print new ones."
        )
        return self._renew(request, queryset, "renew_chosen_badges", renew_badges, "badges", what)

    @admin.action(description="Renew pictures", permissions=["change_student"])
    def renew_chosen_pictures(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask, then give each child new pictures."""
        what = "The children need to be told their new pictures; whoever came in before is signed out."
        return self._renew(request, queryset, "renew_chosen_pictures", renew_pictures, "pictures", what)

    def _renew(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        action: str,
        renew: Callable[[QuerySet[Student]], int],
        secrets: str,
        what: str,
    ) -> HttpResponse | None:
        """Renew what has been confirmed; else ask on a page of its own."""
        students = _students(queryset)
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": f"New {secrets}?",
                "what": what,
                "students": students,
                "chosen": queryset,
                "checkbox": ACTION_CHECKBOX_NAME,
                "action": action,
                "opts": self.model._meta,
            }
            return TemplateResponse(request, "admin/confirm_renewal.html", context)
        for row in queryset:
            self.log_change(request, row, f"New {secrets}.")
        try:
            count = renew(students)
        except RedisError:
            messages.warning(request, f"New {secrets} are there; a break after wrong tries goes on a while.")
        else:
            messages.success(request, f"New {secrets} for {count} {'child' if count == 1 else 'children'}.")
        return None


@admin.display(description="pictures")
def pictures_of(student: Student) -> str:
    """Show a child's three pictures in order, to be told to it again."""
    return format_html_join(
        " ",
        '<img src="{}" alt="{}" title="{}" width="48" height="48" class="inline-block">',
        ((picture_url(name), name, name) for name in student.pictures.split()),
    )


def _students(chosen: QuerySet[Any]) -> QuerySet[Student]:
    where = {"classroom__in" if chosen.model is Classroom else "pk__in": chosen.values("pk")}
    return Student.objects.filter(**where).select_related("classroom").order_by("classroom__name", "name")


def _badge(student: Student) -> Badge:
    link = settings.SITE_URL.rstrip("/") + reverse("badge", args=[student.badge_key])
    return Badge(student.name, student.animal, student.classroom.name, student.pictures.split(), link)
