"""Static files under hashed names, those that JavaScript modules import from each other too."""

from servestatic.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Also renames the targets of `import` statements.

    Otherwise a browser could mix a module of the new release with a cached one of the old.
    """

    support_js_module_import_aggregation = True
