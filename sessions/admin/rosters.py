"""A school's roster in the admin: upload a file, look at what would change, confirm; and export again."""

import logging
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminFileFieldWidget

from sessions import audit
from sessions.models import School
from sessions.rosters import pending, plain
from sessions.rosters.changes import Plan
from sessions.rosters.export import as_oneroster, as_plain_csv
from sessions.rosters.lines import counts, lines, where
from sessions.rosters.pending import Pending
from sessions.rosters.planning import plan
from sessions.rosters.reading import read
from sessions.rosters.roster import Refused
from sessions.rosters.store import Outdated, carry_out, read_present
from sessions.rosters.tables import MAX_FILE_BYTES
from sessions.scope import whole_schools_of

logger = logging.getLogger(__name__)

IMPORT_ROSTER = "reading.import_roster"
_GONE = "The file is no longer here: we keep one for half an hour. Please choose it again."
_AWAY = "We cannot keep the file just now. Please try again in a moment."
_SHOWN_PROBLEMS = 200


class RosterForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label="Roster file", widget=UnfoldAdminFileFieldWidget, help_text="CSV, or OneRoster as ZIP."
    )

    def __init__(self, school: School, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._school = school

    def clean(self) -> dict[str, Any]:
        """Read the roster in the file."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is not None:
            try:
                cleaned["roster"] = read(file.name, file.read(MAX_FILE_BYTES + 1), self._school.name)
            except Refused as error:
                self.add_error("file", str(error))
        return cleaned


class RosterPages(ModelAdmin):
    """The roster pages of a school, for whoever sees the whole of it and may import rosters."""

    actions_detail = ["open_roster"]

    def get_urls(self) -> list[Any]:
        """Put the roster beside a school's other pages."""
        pages = {
            "<int:school_id>/roster/": ("roster", self.roster),
            "<int:school_id>/roster/template.csv": ("roster_template", self.template),
            "<int:school_id>/roster/export/<str:kind>/": ("roster_export", self.export),
            "<int:school_id>/roster/<str:token>/": ("roster_preview", self.preview),
        }
        own = [
            path(route, self.admin_site.admin_view(never_cache(view)), name=f"reading_school_{name}")
            for route, (name, view) in pages.items()
        ]
        return own + super().get_urls()

    @action(description="Roster", icon="upload_file", permissions=["open_roster"])
    def open_roster(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Lead from the school to its roster."""
        return redirect("admin:reading_school_roster", object_id)

    def has_open_roster_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Show the way only to whom the page opens."""
        return may_import(request.user) and whole_schools_of(request.user).filter(pk=object_id).exists()

    def roster(self, request: HttpRequest, school_id: int) -> HttpResponse:
        """Ask for a file, and offer what there is."""
        school = _school(request, school_id)
        form = RosterForm(school, request.POST or None, request.FILES or None)
        problems: list[dict[str, str]] = []
        if request.method == "POST" and form.is_valid():
            roster = form.cleaned_data["roster"]
            found = plan(roster, read_present(school)).problems
            if found:
                problems = [{"where": where(problem), "text": problem.text} for problem in found]
            else:
                try:
                    token = pending.keep(
                        request.user.pk, Pending(school.pk, form.cleaned_data["file"].name, roster)
                    )
                    return redirect("admin:reading_school_roster_preview", school.pk, token)
                except RedisError:
                    form.add_error(None, _AWAY)
        context = {
            "form": form,
            "problems": problems[:_SHOWN_PROBLEMS],
            "problem_count": len(problems),
            "classes": school.classrooms.all(),
            "example": plain.TEMPLATE.strip(),
        }
        return self._page(request, school, "admin/rosters/roster.html", context)

    def preview(self, request: HttpRequest, school_id: int, token: str) -> HttpResponse:
        """Show what would change; on yes, change it."""
        school = _school(request, school_id)
        back = redirect("admin:reading_school_roster", school.pk)
        try:
            found = pending.find(request.user.pk, token)
        except RedisError:
            messages.error(request, _AWAY)
            return back
        if found is None or found.school_id != school.pk:
            messages.warning(request, _GONE)
            return back
        remove = "remove" in (request.POST if request.method == "POST" else request.GET)
        if request.method == "POST":
            try:
                planned = carry_out(
                    school,
                    found.roster,
                    remove_missing=remove,
                    fingerprint=request.POST.get("fingerprint", ""),
                )
            except Outdated as outdated:
                messages.warning(request, "The school has changed meanwhile. This is what would change now.")
                return self._preview(request, school, found, outdated.plan, remove)
            except IntegrityError:
                messages.warning(request, "Somebody else was changing the same classes. Please try again.")
                return redirect(request.get_full_path())
            return self._done(request, school, token, planned)
        planned = plan(found.roster, read_present(school), remove_missing=remove)
        return self._preview(request, school, found, planned, remove)

    def _preview(
        self, request: HttpRequest, school: School, found: Pending, planned: Plan, remove: bool
    ) -> HttpResponse:
        context = {
            "file": found.file,
            "plan": planned,
            "counts": counts(planned),
            "headings": ["Change", "Class", "Who", "What"],
            "lines": lines(planned),
            "problems": [{"where": where(problem), "text": problem.text} for problem in planned.problems],
            "problem_count": len(planned.problems),
            "remove": remove,
        }
        return self._page(request, school, "admin/rosters/preview.html", context)

    def _done(self, request: HttpRequest, school: School, token: str, planned: Plan) -> HttpResponse:
        """An import ends here."""
        logger.info(
            "user %s imported a roster into school %s: %s", request.user.pk, school.pk, counts(planned)
        )
        try:
            pending.forget(request.user.pk, token)
        except RedisError:
            logger.warning("a roster that was imported stays in Redis until its half hour is over")
        number = len(planned.changes)
        audit.record(request.user, audit.Action.CHANGED, school, f"roster imported, changes: {number}")
        messages.success(request, f"The roster is imported: {number} change{'' if number == 1 else 's'}.")
        return redirect(reverse("admin:reading_classroom_changelist") + f"?school__id__exact={school.pk}")

    def export(self, request: HttpRequest, school_id: int, kind: str) -> HttpResponse:
        """Send the roster of the school, or of one class (`?class=ID`). An export ends here."""
        school = _school(request, school_id)
        rooms = None
        name = school.name
        if wanted := request.GET.get("class"):
            if not wanted.isdecimal() or len(wanted) > 18:
                raise PermissionDenied
            rooms = [get_object_or_404(school.classrooms, pk=wanted)]
            name = rooms[0].name
        present = read_present(school, rooms)
        if kind == "oneroster":
            data, suffix, content_type = (
                as_oneroster(present, timezone.localdate()),
                "oneroster.zip",
                "application/zip",
            )
        else:
            data, suffix, content_type = as_plain_csv(present), "roster.csv", "text/csv; charset=utf-8"
        audit.record(request.user, audit.Action.EXPORTED, rooms[0] if rooms else school, f"roster, {suffix}")
        logger.info("user %s exported the roster of school %s", request.user.pk, school.pk)
        return _download(data, f"{slugify(name) or 'school'}-{suffix}", content_type)

    def template(self, request: HttpRequest, school_id: int) -> HttpResponse:
        """Send a table to fill in."""
        _school(request, school_id)
        data = plain.TEMPLATE.encode("utf-8-sig")
        return _download(data, "roster-template.csv", "text/csv; charset=utf-8")

    def _page(
        self, request: HttpRequest, school: School, template: str, context: dict[str, Any]
    ) -> HttpResponse:
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "school": school,
            "title": f"Roster of {school.name}",
            **context,
        }
        return TemplateResponse(request, template, page)


def may_import(user: User) -> bool:
    """Tell whether this grown-up may import the roster of any school."""
    return user.has_perm(IMPORT_ROSTER) and whole_schools_of(user).exists()


def roster_place(user: User) -> str:
    """Return the address of the roster page, or of the schools where there are several."""
    schools = list(whole_schools_of(user)[:2])
    if len(schools) == 1:
        return reverse("admin:reading_school_roster", args=[schools[0].pk])
    return reverse("admin:reading_school_changelist")


def _school(request: HttpRequest, school_id: int) -> School:
    if not request.user.has_perm(IMPORT_ROSTER):
        raise PermissionDenied
    return get_object_or_404(whole_schools_of(request.user), pk=school_id)


def _download(data: bytes, name: str, content_type: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": disposition})
