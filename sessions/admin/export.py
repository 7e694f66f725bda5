"""The action that exports chosen rows of a list as CSV."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from sessions.csv_export import csv_response


class CsvExport:
    """For a ModelAdmin: `csv_columns` are the headings, and how a row's cells are got."""

    csv_columns: ClassVar[dict[str, Callable[[Any], Any]]]
    actions = ["export_as_csv"]

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet[Any]) -> StreamingHttpResponse:
        """Return the chosen rows, in the order of the list; "select all" takes all that the filters left."""
        columns = self.csv_columns
        rows = ([get(row) for get in columns.values()] for row in queryset.iterator(chunk_size=500))
        return csv_response(str(queryset.model._meta.verbose_name_plural), list(columns), rows)
