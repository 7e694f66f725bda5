"""Grown-ups: how the school's own sign-in knows them, and what they looked at and did."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from sessions.models.people import School
from sessions.scope import Scope, ScopedModel


class StaffIdentity(models.Model):
    """Who a grown-up is to the school's own sign-in, noted when the mail address was first believed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    issuer = models.URLField(max_length=255)
    subject = models.CharField(max_length=255)
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "staff identities"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="staff_identity_once"),
            # An address that was given to somebody else later opens nothing of the one who had it.
            models.UniqueConstraint(fields=["user", "issuer"], name="staff_identity_once_per_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.issuer}"


class AuditEntry(ScopedModel):
    """What a grown-up looked at or did, written by `sessions.audit`; without a child's name and words."""

    scope = Scope("school")

    class Action(models.TextChoices):
        """What was done."""

        LOOKED = "looked at", "looked at"
        ADDED = "added", "added"
        CHANGED = "changed", "changed"
        DELETED = "deleted", "deleted"
        ACTED = "acted on", "acted on"
        EXPORTED = "exported", "exported"
        ERASED = "erased", "erased"
        SIGNED_IN = "signed in", "signed in"
        NOT_SIGNED_IN = "could not sign in", "could not sign in"

    at = models.DateTimeField("when", default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="who"
    )
    username = models.CharField(
        "who", max_length=150, blank=True, help_text="Kept when the account is deleted; empty: a command."
    )
    action = models.CharField(max_length=20, choices=Action.choices)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True, verbose_name="kind")
    object_id = models.CharField("number", max_length=40, blank=True, help_text="Empty: a list, or no thing.")
    thing = GenericForeignKey()
    school = models.ForeignKey(School, on_delete=models.SET_NULL, null=True, related_name="+")
    classroom = models.CharField("class", max_length=120, blank=True, help_text="Its name at that time.")
    details = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["-at"], name="audit_newest"),
            models.Index(fields=["content_type", "object_id"], name="audit_of_a_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.username or 'a command'} {self.action} {self.what}".strip()

    @property
    def what(self) -> str:
        """The kind of thing and its number, which name nobody: for example "student 17"."""
        if self.content_type is None:
            return ""
        model = self.content_type.model_class()
        if model is None:  # of a part that is no longer installed
            return f"{self.content_type.model} {self.object_id}".strip()
        kind = model._meta
        return (
            f"{kind.verbose_name} {self.object_id}"
            if self.object_id
            else f"list of {kind.verbose_name_plural}"
        )
