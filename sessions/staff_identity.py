"""Whose account an identity of the school's own sign-in opens. No account is ever made here."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from sessions.models import StaffIdentity
from sessions.single_sign_on import Identity


def account_of(identity: Identity) -> User | None:
    """Return the account of an active grown-up; None where there is none, or more than one.

    An identity that is known opens its account whatever its mail address is now. Else the one account of its
    address is taken, and the identity noted. Not a superuser's: whoever may write addresses at the provider
    would own the installation.
    """
    known = StaffIdentity.objects.filter(issuer=identity.issuer, subject=identity.subject)
    if found := known.select_related("user").first():
        return found.user if found.user.is_active and found.user.is_staff else None
    if not identity.email:
        return None
    accounts = list(User.objects.filter(email__iexact=identity.email, is_active=True, is_staff=True)[:2])
    if len(accounts) != 1 or accounts[0].is_superuser:
        return None
    try:
        with transaction.atomic():
            StaffIdentity.objects.create(user=accounts[0], issuer=identity.issuer, subject=identity.subject)
    except IntegrityError:
        # The account is somebody else's at this provider: the address has changed hands.
        return None
    return accounts[0]
