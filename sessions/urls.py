"""The pages that children see, and the grown-ups' way in through their school."""

from django.urls import path

from sessions.views.badge import badge
from sessions.views.library import cover, library
from sessions.views.reader import page, read
from sessions.views.sign_in import sign_in, sign_out
from sessions.views.staff_sign_in import back, start

urlpatterns = [
    path("", library, name="library"),
    path("sign-in/", sign_in, name="sign-in"),
    path("badge/<slug:key>/", badge, name="badge"),
    path("sign-out/", sign_out, name="sign-out"),
    path("staff/sign-in/", start, name="staff-sign-in"),
    path("staff/sign-in/back/", back, name="staff-sign-in-back"),
    path("read/<int:book_id>/", read, name="read"),
    path("api/books/<int:book_id>/pages/<int:number>/", page, name="book-page"),
    path("covers/<int:book_id>-<slug:fingerprint>.svg", cover, name="cover"),
]
