import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reading', '0001_initial'),
        ('tutoring', '0002_flag'),
    ]

    operations = [
        migrations.CreateModel(
            name='CachedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=64)),
                ('page', models.PositiveIntegerField(help_text='From 1.')),
                ('question', models.TextField()),
                ('sentences', models.JSONField()),
                ('reading_band', models.CharField(max_length=20)),
                ('model', models.CharField(help_text='The model that answered.', max_length=120)),
                ('prompt_version', models.CharField(editable=False, max_length=16)),
                ('heard_length', models.PositiveIntegerField(editable=False, help_text='Characters of the book that the model knew.')),
                ('heard_digest', models.CharField(editable=False, max_length=32)),
                ('answered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cached_answers', to='reading.book')),
            ],
            options={
                'ordering': ['book', 'page', 'question'],
                'indexes': [models.Index(fields=['book', 'page'], name='answers_of_a_page')],
                'constraints': [models.UniqueConstraint(fields=('key', 'heard_length'), name='one_answer_to_a_question_at_a_place')],
            },
        ),
    ]
