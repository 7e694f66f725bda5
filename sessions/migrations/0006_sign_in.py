from django.db import migrations, models

import sessions.models
import sessions.pictures


def give_secrets(apps, schema_editor):
    """Give each child there is pictures and a badge of its own."""
    students = apps.get_model("reading", "Student").objects
    changed = []
    for student in students.only("pk").iterator():
        student.pictures = sessions.pictures.new_pictures()
        student.badge_key = sessions.models.new_badge_key()
        changed.append(student)
    students.bulk_update(changed, ["pictures", "badge_key"], batch_size=500)


SIGN_IN = {
    "max_length": 12,
    "choices": [("pictures", "three pictures in order"), ("name", "the name is enough")],
    "help_text": "What children show after their name. A badge signs in without any of it.",
}
PICTURES = {"max_length": 60, "editable": False, "help_text": "The child's secret, in its order."}
BADGE_KEY = {"max_length": 22, "editable": False}


class Migration(migrations.Migration):
    dependencies = [("reading", "0005_reading_time")]

    operations = [
        # Classes there are go on as they did: nobody in them has seen pictures yet.
        migrations.AddField("classroom", "sign_in", models.CharField(default="name", **SIGN_IN)),
        migrations.AlterField("classroom", "sign_in", models.CharField(default="pictures", **SIGN_IN)),
        migrations.AddField(
            "student",
            "ticket_version",
            models.PositiveIntegerField(
                default=0, editable=False, help_text="Goes up to end the child's sign-ins."
            ),
        ),
        migrations.AddField("student", "pictures", models.CharField(default="", **PICTURES)),
        migrations.AddField("student", "badge_key", models.CharField(default="", **BADGE_KEY)),
        migrations.RunPython(give_secrets, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "student",
            "pictures",
            models.CharField(default=sessions.pictures.new_pictures, **PICTURES),
        ),
        migrations.AlterField(
            "student",
            "badge_key",
            models.CharField(default=sessions.models.new_badge_key, unique=True, **BADGE_KEY),
        ),
    ]
