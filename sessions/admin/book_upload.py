"""A book file from a grown-up's own computer into the library of a school."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from sessions.importing import ImportResult, Status, import_path
from sessions.importing.content import language_tag
from sessions.importing.source import SUFFIXES
from sessions.models import School
from sessions.scope import schools_of
from sessions.signals import book_imported

MAX_UPLOAD_BYTES = 20 * 2**20  # of one book; `manage.py import_books` takes larger ones


class BookUploadForm(forms.Form):
    """Asks for the file and whose book it is to be."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ",".join(sorted(SUFFIXES))}),
        help_text=f"EPUB without copy protection, plain text or Markdown; {MAX_UPLOAD_BYTES >> 20} MB.",
    )
    school = forms.ModelChoiceField(
        School.objects.none(), widget=UnfoldAdminSelectWidget, help_text="Only this school may read it."
    )
    language = forms.CharField(
        required=False,
        max_length=35,
        widget=UnfoldAdminTextInputWidget,
        help_text="If the file does not say it, for example fr; empty: guessed by its script.",
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = self.fields["school"]
        schools.queryset = schools_of(user)
        if user.is_superuser:
            schools.required = False
            schools.empty_label = "every school"
            schools.help_text = "Who may read it."
        elif first := schools.queryset.first():
            schools.initial = first

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before anything reads it."""
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                f"The file has {file.size / 2**20:.0f} MB; a book may have {MAX_UPLOAD_BYTES >> 20}. "
                "Pictures are not used: save it without them."
            )
        return file

    def clean_language(self) -> str:
        """Return the language as a tag."""
        said = self.cleaned_data["language"]
        tag = language_tag(said)
        if said and not tag:
            raise forms.ValidationError(f"{said} is no language tag, such as en, fr or pt-BR.")
        return tag

    def store(self) -> ImportResult:
        """Bring the book into the library and have it narrated; the result says if the file is none."""
        upload: UploadedFile = self.cleaned_data["file"]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(upload.name or "book").name
            with path.open("wb") as file:
                for chunk in upload.chunks():
                    file.write(chunk)
            result = import_path(path, self.cleaned_data["school"], self.cleaned_data["language"])
        if result.status is Status.IMPORTED and result.book is not None:
            book_imported.send(type(self), book_id=result.book.pk)
        return result
