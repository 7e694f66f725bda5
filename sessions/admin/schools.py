"""Schools, classes and children."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from sessions.admin.readings import OwnSessionInline
from sessions.admin.rosters import RosterPages, may_import, roster_place
from sessions.admin.scope import ScopedAdmin
from sessions.admin.sign_in import SignInActions, pictures_of
from sessions.animals import ANIMALS, picture
from sessions.models import Classroom, School, Student
from sessions.scope import WHOLE_SCHOOL
from sessions.views.sign_in import CODE_LETTERS, plain_code


class ClassroomForm(forms.ModelForm):
    """Keeps join codes as children type them."""

    def clean_join_code(self) -> str:
        """Return the code in capitals, without spaces and signs."""
        code = plain_code(self.cleaned_data["join_code"])
        if len(code) != CODE_LETTERS:
            raise forms.ValidationError("A class code has six letters, for example FQXESA.")
        return code


class ClassroomInline(TabularInline):
    """A school's classes."""

    model = Classroom
    form = ClassroomForm
    fields = ["name", "join_code"]
    extra = 0
    show_change_link = True
    tab = True


@admin.register(School)
class SchoolAdmin(RosterPages, ScopedAdmin):
    """The tenants."""

    list_display = ["name", "classroom_count", "student_count", "created_at"]
    search_fields = ["name"]
    when_empty = "You are not of any school's staff yet. Ask your head, or whoever runs the servers."
    autocomplete_fields = ["staff"]
    inlines = [ClassroomInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[School]:
        """Count in the same query."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                classroom_count=Count("classrooms", distinct=True),
                student_count=Count("classrooms__students", distinct=True),
            )
        )

    @display(description="classes", ordering="classroom_count")
    def classroom_count(self, school: School) -> int:
        """How many classes it has."""
        return school.classroom_count

    @display(description="students", ordering="student_count")
    def student_count(self, school: School) -> int:
        """How many children it has."""
        return school.student_count


class StudentForm(forms.ModelForm):
    """Offers the animals there are pictures of."""

    animal = forms.ChoiceField(
        choices=[(animal, animal.capitalize()) for animal in ANIMALS], widget=UnfoldAdminSelectWidget
    )


class StudentInline(TabularInline):
    """A class's children."""

    model = Student
    form = StudentForm
    fields = ["name", "animal"]
    extra = 0
    show_change_link = True
    tab = True


@admin.register(Classroom)
class ClassroomAdmin(SignInActions, ScopedAdmin):
    """Classes, their codes and their teachers."""

    form = ClassroomForm
    list_display = ["name", "school", "code", "student_count", "page"]
    list_select_related = ["school"]
    list_filter = [("school", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["name", "join_code", "school__name"]
    ordering = ["name", "pk"]  # the model's own order ends where children are counted
    when_empty = (
        "There is no class yet. It needs a name; children come in with its code. Heads may import a roster."
    )
    autocomplete_fields = ["school", "teachers"]
    inlines = [StudentInline]
    actions_list = ["open_roster"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Classroom]:
        """Count in the same query."""
        return super().get_queryset(request).annotate(student_count=Count("students"))

    @action(description="Import or export a roster", icon="upload_file", permissions=["open_roster"])
    def open_roster(self, request: HttpRequest) -> HttpResponse:
        """Lead to the roster of the school, or to the schools where there are several."""
        return redirect(roster_place(request.user))

    def has_open_roster_permission(self, request: HttpRequest) -> bool:
        """Show the way only to whom it leads somewhere."""
        return may_import(request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A teacher who makes a class teaches it: else it would be out of sight at once."""
        super().save_related(request, form, formsets, change)
        if not change and not request.user.has_perm(WHOLE_SCHOOL):
            form.instance.teachers.add(request.user)

    @display(description="class code", label=True, ordering="join_code")
    def code(self, classroom: Classroom) -> str:
        """What children type to sign in."""
        return classroom.join_code

    @display(description="at a glance")
    def page(self, classroom: Classroom) -> str:
        """Who reads, who might need help, who asked what."""
        return format_html('<a href="{}">Open</a>', reverse("class-page", args=[classroom.pk]))

    @display(description="students", ordering="student_count")
    def student_count(self, classroom: Classroom) -> int:
        """How many children are in it."""
        return classroom.student_count


@admin.register(Student)
class StudentAdmin(SignInActions, ScopedAdmin):
    """Children: a first name and an animal, and what they read."""

    form = StudentForm
    list_display = ["child", "classroom", "school", "books_finished", "books_open"]
    list_select_related = ["classroom__school"]
    list_filter = [("classroom__school", AutocompleteSelectFilter), ("classroom", AutocompleteSelectFilter)]
    list_filter_submit = True
    search_fields = ["name", "classroom__name", "classroom__school__name"]
    when_empty = "There are no children yet. Add them here or on the page of their class."
    autocomplete_fields = ["classroom"]
    inlines = [OwnSessionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Student]:
        """Count in the same query."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                session_count=Count("reading_sessions"),
                finished_count=Count("reading_sessions__finished_at"),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Student | None = None) -> list[Any]:
        """Show the child's secret to whoever may change it."""
        return [pictures_of] if obj and self.has_change_student_permission(request) else []

    @display(description="student", header=True, ordering="name")
    def child(self, student: Student) -> list[Any]:
        """The name beside the animal."""
        return [
            student.name,
            student.animal.capitalize(),
            None,
            {"path": static(picture(student.animal)), "width": 32, "height": 32, "borderless": True},
        ]

    @display(description="school", ordering="classroom__school__name")
    def school(self, student: Student) -> School:
        """Where the child learns."""
        return student.classroom.school

    @display(description="books finished", ordering="finished_count")
    def books_finished(self, student: Student) -> int:
        """How many readings reached the end."""
        return student.finished_count

    @display(description="reading now")
    def books_open(self, student: Student) -> int:
        """How many books are begun and not finished."""
        return student.session_count - student.finished_count
