from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reading', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='classroom',
            name='ask_at_page_end',
            field=models.CharField(choices=[('never', 'never'), ('sometimes', 'at every third page'), ('every page', 'at every page')], default='never', help_text='Ask the children something about the page they have just heard; they may skip it.', max_length=12),
        ),
    ]
