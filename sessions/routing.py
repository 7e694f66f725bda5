"""WebSocket URLs."""

from django.urls import path

from sessions.consumer import ReadingConsumer

websocket_urlpatterns = [path("ws/reading/<uuid:session_id>/", ReadingConsumer.as_asgi())]
