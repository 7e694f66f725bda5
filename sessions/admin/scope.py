"""The base of the admin's pages: lists, searches, pages and choices hold what the grown-up may see."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import ForeignKey, ManyToManyField, QuerySet
from django.forms import ModelChoiceField, ModelMultipleChoiceField
from django.http import HttpRequest

from sessions.admin.audited import AuditedAdmin
from sessions.scope import colleagues


class ScopedAdmin(AuditedAdmin):
    """The pages of a model that has a `scope`."""

    when_empty = ""  # what a list without rows says: how rows come into it

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what this grown-up may see."""
        return super().get_queryset(request).visible_to(request.user)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        """Whoever may delete a child, a class or a book deletes what belongs to it, of the same school."""
        goes, counts, _, protected = super().get_deleted_objects(objs, request)
        return goes, counts, set(), protected

    def formfield_for_foreignkey(
        self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        """Accept only what this grown-up may see, also from a form they did not get from us."""
        target = self.admin_site.get_model_admin(db_field.remote_field.model)
        kwargs["queryset"] = target.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Accept as teachers and staff only colleagues: whoever is one of them sees children."""
        if db_field.remote_field.model is User:
            kwargs["queryset"] = colleagues(request.user)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
