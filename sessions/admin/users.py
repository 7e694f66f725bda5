"""Grown-ups who sign in: teachers, school admins and operators."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from sessions.admin.audited import AuditedAdmin
from sessions.models import StaffIdentity
from sessions.roles import ROLES, SCHOOL_ADMINS, TEACHERS
from sessions.scope import colleagues, works_only_with

admin.site.unregister([User, Group])

# What a school admin may say of a colleague; whoever may more sees Django's own form.
_PERSON = [
    (None, {"fields": ["username", "password"]}),
    ("Person", {"fields": ["first_name", "last_name", "email"]}),
    ("May sign in as", {"fields": ["is_active", "groups"]}),
    ("Seen", {"fields": ["last_login", "date_joined"]}),
]


class IdentityInline(TabularInline):
    """Who this is to the school's own sign-in; for superusers, where the mail address cannot say it."""

    model = StaffIdentity
    fields = ["issuer", "subject"]
    extra = 0
    verbose_name_plural = "the school's own sign-in"


@admin.register(User)
class UserAdmin(DjangoUserAdmin, AuditedAdmin):
    """Grown-ups. A school admin sees colleagues, and changes those who work nowhere else."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "first_name", "last_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    inlines = [IdentityInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return the grown-ups this one works with."""
        everybody = super().get_queryset(request).prefetch_related("groups")
        if request.user.is_superuser:
            return everybody
        return everybody.filter(pk__in=colleagues(request.user).values("pk"), is_superuser=False)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Leave permissions to superusers: groups say enough."""
        if obj is None or request.user.is_superuser:
            return super().get_fieldsets(request, obj)
        return _PERSON

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """What happened is not changed by hand."""
        return ["last_login", "date_joined"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody takes over an account that opens another school."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or request.user.is_superuser or works_only_with(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """The same as for changing it; and nobody deletes themselves."""
        allowed = super().has_delete_permission(request, obj) and self.has_change_permission(request, obj)
        return allowed and obj != request.user

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Let a school admin give the roles of a school, and no other."""
        if db_field.name == "groups" and not request.user.is_superuser:
            kwargs["queryset"] = Group.objects.filter(name__in=[TEACHERS, SCHOOL_ADMINS])
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Whoever is made by a school admin may sign in and works in the same schools."""
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)
        if not change and not request.user.is_superuser:
            obj.schools.add(*request.user.schools.all())
            obj.groups.add(Group.objects.get(name=TEACHERS))

    @admin.display(description="may sign in as")
    def roles(self, user: User) -> str:
        """The roles, as words."""
        if user.is_superuser:
            return "everything"
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, AuditedAdmin):
    """What a kind of user may do. The roles we know are written anew by each `manage.py migrate`."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """A role stays what the code says it is: make a group of your own beside it."""
        return super().has_change_permission(request, obj) and (obj is None or obj.name not in ROLES)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """The same as for changing it."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.name not in ROLES)
