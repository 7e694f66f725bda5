"""Addresses of the pages about what happens right now, and of the socket behind one of them."""

from channels.auth import AuthMiddlewareStack
from django.urls import path

from readerai.staff.capacity import capacity
from readerai.staff.follow import follow_reading
from readerai.staff.follow_socket import FollowConsumer
from readerai.staff.live import end_reading, let_class_go_on, live_sessions, pause_class, say_to_class

urlpatterns = [
    path("live/", live_sessions, name="live-sessions"),
    path("live/<uuid:session_id>/", follow_reading, name="follow-reading"),
    path("live/<uuid:session_id>/end/", end_reading, name="end-reading"),
    path("live/class/<int:classroom_id>/pause/", pause_class, name="pause-class"),
    path("live/class/<int:classroom_id>/go-on/", let_class_go_on, name="let-class-go-on"),
    path("live/class/<int:classroom_id>/say/", say_to_class, name="say-to-class"),
    path("capacity/", capacity, name="capacity"),
]

# Who is signed in is looked up for these only: a child's ticket says all that its socket needs.
staff_sockets = [path("ws/follow/<uuid:session_id>/", AuthMiddlewareStack(FollowConsumer.as_asgi()))]
