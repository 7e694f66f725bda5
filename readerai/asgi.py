"""The ASGI application: HTTP by Django, `/ws/` by Channels."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerai.settings")

application = get_asgi_application()
