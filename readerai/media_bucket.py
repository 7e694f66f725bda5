"""Narration in an S3 bucket: each file says how long it may be kept, and a CDN may stand in front."""

from typing import Any

from storages.backends.s3 import S3Storage

from tutoring.narration import files


class MediaBucket(S3Storage):
    """The bucket; its addresses are signed, and hold for `querystring_expire` seconds."""

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Return what is stored with a file: a CDN may keep narration for ever, nobody a child's answer."""
        return {**super().get_object_parameters(name), "CacheControl": files.cache_control(name)}
