"""Files: what pages are made with (static), and narration audio (media)."""

from pathlib import Path
from urllib.parse import urlsplit

from fontpkg_lexend import ROOT as LEXEND

from readerai import env
from readerai.settings.server import DEBUG

STATIC_URL = "/static/"
STATIC_ROOT = env.VAR / "static"
STATICFILES_DIRS = [env.PROJECT / "static", ("fonts", LEXEND / "files")]
# The stories that each start loads and has narrated: ours, those of somebody else, or an empty folder's.
STORIES_FOLDER = Path(env.text("STORIES_FOLDER", str(env.PROJECT / "sessions" / "library")))
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(env.VAR / "media")))
MEDIA_BUCKET = env.text("MEDIA_BUCKET", "")  # an S3 bucket for narration audio; empty: MEDIA_ROOT
MEDIA_ORIGIN = env.url("MEDIA_ORIGIN", "", schemes=["https", "http"])  # from where browsers get what is in it
env.needs("MEDIA_BUCKET", "MEDIA_ORIGIN")
env.needs("MEDIA_ORIGIN", "MEDIA_BUCKET")
MEDIA_CDN = env.flag("MEDIA_CDN", False)  # a CDN stands there, in front of the bucket
# With which CloudFront's addresses are signed, the key as PEM; empty: they are not.
MEDIA_CDN_KEY_ID = env.text("MEDIA_CDN_KEY_ID", "")
MEDIA_CDN_KEY = env.text("MEDIA_CDN_KEY", "")
env.needs("MEDIA_CDN", "MEDIA_ORIGIN")
env.needs("MEDIA_CDN_KEY_ID", "MEDIA_CDN", "MEDIA_CDN_KEY")
env.needs("MEDIA_CDN_KEY", "MEDIA_CDN_KEY_ID")
MEDIA_ADDRESS_SECONDS = 3600  # for which a signed address holds
STORAGES = {
    "default": {
        "BACKEND": "readerai.media_bucket.MediaBucket",
        "OPTIONS": {
            "bucket_name": MEDIA_BUCKET,
            "custom_domain": urlsplit(MEDIA_ORIGIN).netloc if MEDIA_CDN else None,
            "cloudfront_key_id": MEDIA_CDN_KEY_ID or None,
            "cloudfront_key": MEDIA_CDN_KEY.encode() or None,
            "querystring_expire": MEDIA_ADDRESS_SECONDS,
        },
    }
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "readerai.static_files.HashedStaticFiles"
    },
}
SERVESTATIC_USE_FINDERS = DEBUG
