from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reading", "0002_page_prompts")]

    operations = [
        migrations.AddField(
            model_name="student",
            name="reading_band",
            field=models.CharField(
                blank=True,
                choices=[
                    ("First steps", "First steps"),
                    ("Growing", "Growing"),
                    ("Confident", "Confident"),
                ],
                help_text="How well the child reads: answers are in such words. Empty: as hard as the book.",
                max_length=20,
            ),
        ),
    ]
