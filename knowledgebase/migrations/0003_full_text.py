"""The rows that search reads, and the full-text index of each database beside them."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "knowledgebase_searchdocument"
PARTS = ("heads", "body")


def index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for part in PARTS:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE {TABLE} ADD COLUMN {part}_words tsvector")
            editor.execute(f"CREATE INDEX {TABLE}_{part} ON {TABLE} USING gin ({part}_words)")
        else:
            # The words come folded and cut: every sign in them belongs to them, and spaces alone part them.
            # Which documents have a word is all that is asked, so neither places nor sizes are kept.
            editor.execute(
                f"CREATE VIRTUAL TABLE {TABLE}_{part} USING fts5({part}, content='{TABLE}', content_rowid='id',"
                " detail=none, columnsize=0, tokenize=\"ascii tokenchars '.-_+#=@:'\")"
            )


def no_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        for part in PARTS:
            editor.execute(f"DROP TABLE {TABLE}_{part}")


class Migration(migrations.Migration):
    dependencies = [("knowledgebase", "0002_file_events")]

    operations = [
        migrations.DeleteModel("SearchDocument"),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("key", models.PositiveBigIntegerField()),
                ("audience", models.CharField(max_length=9)),
                ("heads", models.TextField()),
                ("body", models.TextField()),
                ("words", models.TextField()),
                ("length", models.PositiveIntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="search_document_once")],
            },
        ),
        migrations.CreateModel(
            name="SearchTypo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("piece", models.BigIntegerField(db_index=True)),
                (
                    "word",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="typos",
                        to="knowledgebase.searchword",
                    ),
                ),
            ],
        ),
        migrations.RunPython(index, no_index),
    ]
