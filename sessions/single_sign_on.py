"""Asking the school's own sign-in (OpenID Connect) who somebody is.

Authlib does what the protocol asks for: state, nonce and PKCE, and of the ID token signature, issuer,
audience and times. Only what that token says is believed. Nothing of it reaches a log line.
"""

import time
from functools import lru_cache
from typing import Any, NamedTuple

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from joserfc.errors import JoseError
from requests import RequestException

_SECONDS = 5  # for each answer of the provider
_NAME = "staff"
# What the libraries raise for an answer that is JSON and yet not what it should be.
_MALFORMED = (KeyError, TypeError, ValueError, RuntimeError, AttributeError)


class Identity(NamedTuple):
    """Who somebody is to the provider; `email` is empty unless the provider has made sure of it."""

    issuer: str
    subject: str
    email: str


class SignInFailed(Exception):
    """It is not known who somebody is; the message is the kind of error, without personal data."""


class ProviderAway(SignInFailed):
    """The provider does not answer, or not as one: trying again later can help."""


class Cancelled(SignInFailed):
    """The provider was not let tell us, by the person or by its own rules."""


def ask(request: HttpRequest, back: str) -> HttpResponseBase:
    """Return the redirect to the provider, which shall send the browser to the address `back`.

    Raises ProviderAway.
    """
    try:
        return _provider().authorize_redirect(request, back)
    except (AuthlibBaseError, RequestException, *_MALFORMED) as error:
        raise ProviderAway(type(error).__name__) from error


def answer(request: HttpRequest) -> Identity:
    """Return who came back from the provider. Raises SignInFailed; each answer counts once."""
    if "error" in request.GET:
        raise Cancelled("error in the answer")
    options = {"iss": {"essential": True, "values": [settings.OIDC_ISSUER]}}
    try:
        token = _provider().authorize_access_token(request, claims_options=options)
        claims = token["userinfo"]  # what Authlib calls the checked ID token
        email = claims.get("email", "") if claims.get("email_verified") is True else ""
        return Identity(claims["iss"], str(claims["sub"]), str(email).strip())
    except RequestException as error:
        raise ProviderAway(type(error).__name__) from error
    except (AuthlibBaseError, JoseError, *_MALFORMED) as error:
        raise SignInFailed(type(error).__name__) from error


def _provider() -> Any:
    this_hour = int(time.time() // 3600)
    return _client(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, this_hour)


@lru_cache(maxsize=1)
def _client(issuer: str, client_id: str, client_secret: str, hour: int) -> Any:
    """Return the client, which remembers what the provider says of itself; for an hour, as it may change."""
    return OAuth().register(
        _NAME,
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "timeout": _SECONDS,
        },
    )
