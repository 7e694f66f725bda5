"""A OneRoster archive as a school's system exports it, to bend for a test."""

import io
import zipfile
from collections.abc import Mapping

MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\nfile.users,bulk\n"
WILLOW: Mapping[str, str] = {
    "manifest.csv": MANIFEST,
    "orgs.csv": (
        "sourcedId,status,dateLastModified,name,type\no1,,,Willow School,school\nd1,,,County,district\n"
    ),
    "users.csv": (
        "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName,email,password\n"
        "t1,true,o1,teacher,rivera,Maria,Rivera,Rivera@Willow.example,secret\n"
        "s1,true,o1,student,ada,Ada,Lovelace,ada@willow.example,secret\n"
        "s2,true,o1,student,ada2,Ada,Byron,,secret\n"
        "s3,true,o1,student,chidi,Chidi,Obi,,secret\n"
    ),
    "classes.csv": (
        "sourcedId,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds\n"
        "c1,Foxes,x,homeroom,o1,y\n"
        "c2,Hares,x,homeroom,o1,y\n"
        "c3,Swimming,x,scheduled,o1,y\n"
        "c4,Gulls,x,homeroom,o2,y\n"
    ),
    "enrollments.csv": (
        "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary\n"
        "e1,c1,o1,t1,teacher,true\n"
        "e2,c1,o1,s1,student,\n"
        "e3,c1,o1,s2,student,\n"
        "e4,c2,o1,s3,student,\n"
        "e5,c3,o1,s3,student,\n"
        "e6,c1,o1,t1,proctor,\n"
    ),
}


def zipped(files: Mapping[str, str] = WILLOW, **changed: str) -> bytes:
    """Return the files as an archive; `users="..."` is another users.csv."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**files, **{f"{key}.csv": text for key, text in changed.items()}}.items():
            archive.writestr(name, text)
    return out.getvalue()
