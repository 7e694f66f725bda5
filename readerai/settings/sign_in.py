"""Grown-ups' sign-in: the school's own by OpenID Connect, and passwords."""

from datetime import timedelta

from readerai import env
from readerai.settings.server import DEBUG

# The provider's issuer, just as it writes it; empty: passwords only.
OIDC_ISSUER = env.url("OIDC_ISSUER", "", schemes=["https", "http"])
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET", "")
OIDC_NAME = env.text("OIDC_NAME", "your school's account")  # on the button: "Sign in with ..."
env.needs("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
for _name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"):
    env.needs(_name, "OIDC_ISSUER")
if not DEBUG:
    env.needs_encryption("OIDC_ISSUER", OIDC_ISSUER)

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Grown-ups' passwords: after so many wrong ones for a name from one address there is a break. By name alone,
# anybody could keep a teacher out; by address alone, one teacher a whole school.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "sessions.addresses.client_address"
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
AXES_ENABLE_ADMIN = False  # ours is in sessions/admin/lockouts.py
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
LOGIN_REDIRECT_URL = "admin:index"  # for grown-ups who came to the sign-in and to no other page
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
