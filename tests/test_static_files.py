"""The static files of production: hashed names all the way down."""

import re

from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

from readerai.static_files import HashedStaticFiles


def test_a_module_imports_the_other_modules_by_their_hashed_names(tmp_path):
    names = [f"reader/{name}" for name in FileSystemStorage(finders.find("reader")).listdir("")[1]]
    source = FileSystemStorage(finders.find("reader").removesuffix("/reader"))
    for name in names:
        with source.open(name) as file:
            FileSystemStorage(tmp_path).save(name, file)
    storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
    outcomes = list(storage.post_process({name: (source, name) for name in names}))
    assert not [error for _, _, error in outcomes if isinstance(error, Exception)]

    main = (tmp_path / storage.stored_name("reader/main.js")).read_text()
    imported = re.findall(r'^import .* from "\./(.+)";$', main, re.M)
    assert len(imported) >= 5
    for name in imported:
        assert re.search(r"\.[0-9a-f]{12}\.js$", name)
        assert (tmp_path / "reader" / name).is_file()
