"""A child's page with what parents may ask for: all that is kept of the child, and that it is erased."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from redis.exceptions import RedisError
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from sessions import audit
from sessions.admin.schools import StudentAdmin
from sessions.models import Student
from tutoring.narration.engine import SpeechError
from tutoring.privacy import erasure, export


class EraseForm(forms.Form):
    """Asks for the child's name, so that no other child is erased by a slip."""

    name = forms.CharField(
        label="Type the child's name", widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"})
    )

    def __init__(self, student: Student, *args: Any) -> None:
        super().__init__(*args)
        self._student = student

    def clean_name(self) -> str:
        """Return the name if it is the child's."""
        if self.cleaned_data["name"] != self._student.name:
            raise forms.ValidationError("That is not this child's name.")
        return self._student.name


admin.site.unregister(Student)


@admin.register(Student)
class OwedStudentAdmin(StudentAdmin):
    """Children, with what is owed to them."""

    actions_detail = [*StudentAdmin.actions_detail, "export_child", "erase_child"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer one way to erase a child, not two."""
        context = {"show_delete": not self.has_erase_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @action(
        description="Download all that is kept", url_path="export", icon="download", permissions=["export"]
    )
    def export_child(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what the file holds; POST: send it, and record that."""
        student = self._student(request, object_id)
        if request.method != "POST":
            return self._ask(request, "export", student)
        with transaction.atomic():
            audit.record(request.user, audit.Action.EXPORTED, student)
            packed = export.as_zip(student)
        return HttpResponse(
            packed,
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{export.file_name(student)}"'},
        )

    @action(
        description="Erase this child",
        url_path="erase",
        icon="person_remove",
        variant=ActionVariant.DANGER,
        permissions=["erase"],
    )
    def erase_child(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what will be gone, and ask for the name; POST: erase, and record that."""
        student = self._student(request, object_id)
        form = EraseForm(student, *([request.POST] if request.method == "POST" else []))
        if not form.is_valid():
            return self._ask(request, "erase", student, form=form)
        try:
            erasure.erase(student, request.user)
        except (RedisError, SpeechError):
            messages.error(
                request, "A part of ReaderAI is away just now. Nothing was erased: try again later."
            )
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        messages.success(request, "The child and all that was kept of it are erased.")
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def has_export_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """May this grown-up download what is kept of children?"""
        return request.user.has_perm("reading.export_student")

    def has_erase_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """May this grown-up erase children?"""
        return request.user.has_perm("reading.erase_student")

    def _student(self, request: HttpRequest, object_id: str) -> Student:
        student = self.get_object(request, object_id)
        if student is None:
            raise Http404
        return student

    def _ask(self, request: HttpRequest, page: str, student: Student, **more: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": str(student),
            "student": student,
            "opts": self.opts,
            **more,
        }
        return render(request, f"admin/reading/student/{page}.html", context)
