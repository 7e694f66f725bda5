"""The admin's look: unfold's settings."""

from django.templatetags.static import static

UNFOLD = {
    "SITE_TITLE": "ReaderAI",
    "SITE_HEADER": "ReaderAI",
    "SITE_SYMBOL": "menu_book",
    "SITE_ICON": lambda request: static("icons/favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icons/favicon.svg")}
    ],
    "STYLES": [lambda request: static("css/admin.css")],
    "DASHBOARD_CALLBACK": "tutoring.review.start.start_page",
    "SIDEBAR": {"navigation": "readerai.admin_menu.menu"},
    "COLORS": {  # the children's pages' green: see --primary in static/css/base.css
        "primary": {
            "50": "#eef8f6",
            "100": "#d9ece7",
            "200": "#b4dcd3",
            "300": "#74d3c0",
            "400": "#3fae9d",
            "500": "#1f8579",
            "600": "#0f625b",
            "700": "#0d554f",
            "800": "#0a4b46",
            "900": "#093b37",
            "950": "#06231f",
        }
    },
}
