"""The server: keys, hosts, cookies and HTTPS, language and time."""

import zoneinfo

from readerai import demo, env

BASE_DIR = env.PROJECT
DEBUG = env.flag("DEBUG", False)  # development: `make run` sets it
DEMO = env.flag("DEMO", False)  # load the demo school
DEMO_CLASS_CODE = demo.CLASS_CODE if DEMO else ""  # offered on the sign-in page; empty: none
PORT = env.number("PORT", 8000, low=1, high=65535)  # where `make run` serves
SECRET_KEY = env.secret(
    "SECRET_KEY",
    "only-for-development" if DEBUG else None,
    needed="Set SECRET_KEY (or SECRET_KEY_FILE) to 50 random characters, or DEBUG=1 for development.",
)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # older keys, still accepted
# One request's body: a form, or a book of 20 MB that a head adds.
MAX_REQUEST_BYTES = env.number("MAX_REQUEST_BYTES", 23_068_672, low=65_536, high=1_073_741_824)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise env.BadSetting(
        "ALLOWED_HOSTS=* would let every site open sockets for a child: name the hosts, or set DEBUG=1."
    )
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")  # https://reading.school.example
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_HTTPONLY = True  # pages get their token from the server
SESSION_COOKIE_AGE = 12 * 3600  # seconds until a grown-up signs in again: a school day
# A proxy in front speaks TLS and sets X-Forwarded-Proto itself, whatever a client sent: only then
# may the header be believed, and who came by plain HTTP be sent to HTTPS.
BEHIND_TLS_PROXY = env.flag("BEHIND_TLS_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
SECURE_SSL_REDIRECT = BEHIND_TLS_PROXY
# Browsers that were here over HTTPS refuse plain HTTP for so many seconds; 0: they are not told.
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 0, low=0, high=63_072_000)
# So does everything under the same name, and browsers may know of it before the first visit.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag("HSTS_SUBDOMAINS", False)

LANGUAGE_CODE = "en"
TIME_ZONE = env.choice("TIME_ZONE", "UTC", zoneinfo.available_timezones())
USE_TZ = True
