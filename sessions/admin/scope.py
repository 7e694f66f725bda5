"""A grown-up sees the schools they teach in; only a superuser sees them all."""

from typing import Any

from django.db.models import ForeignKey, Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from sessions.access import staffed_schools


class SchoolScopedAdmin(ModelAdmin):
    """Keeps lists, searches, pages and choices within the schools of whoever looks."""

    school_path = "school"  # the lookup that leads from the model to its school
    shared_without_school = False  # what belongs to no school may be seen by all

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what belongs to the schools of this grown-up."""
        everything = super().get_queryset(request)
        if request.user.is_superuser:
            return everything
        own = Q(**{f"{self.school_path}__in": staffed_schools(request.user)})
        if self.shared_without_school:
            own |= Q(**{self.school_path: None})
        return everything.filter(own)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Accept only what this grown-up may see, also from a form they did not get from us."""
        target = self.admin_site.get_model_admin(db_field.remote_field.model)
        kwargs["queryset"] = target.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
