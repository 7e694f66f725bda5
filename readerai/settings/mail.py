"""Mail to grown-ups."""

from readerai import env, mail
from readerai.settings.server import DEBUG

# smtp+tls://user:password@host:587; empty: no mail
EMAIL_URL = env.url("EMAIL_URL", "", schemes=mail.SCHEMES)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "readerai@localhost")
SITE_URL = env.url(
    "SITE_URL", "http://localhost:8000", schemes=["https", "http"]
)  # for links on badges and in mail
_flag_emails = env.choice("FLAG_EMAILS", "urgent", ["none", "urgent", "all"])
FLAG_EMAILS = _flag_emails if EMAIL_URL or DEBUG else "none"  # without a mail server nobody can be told
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = mail.server(
    EMAIL_URL
)
EMAIL_TIMEOUT = 10  # seconds
