"""Saved views and replies, drafts, who is there, and the words that tickets are found by, with their index."""

from collections import defaultdict

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "tickets_ticketwords"
INDEX = f"{TABLE}_index"
PARTS = ("said", "everything")
AT_ONCE = 500
OLD = f"INSERT INTO {INDEX} ({INDEX}, rowid, said, everything) VALUES ('delete', old.id, old.said, old.everything);"  # noqa: S608 -- our names
NEW = f"INSERT INTO {INDEX} (rowid, said, everything) VALUES (new.id, new.said, new.everything);"  # noqa: S608 -- our names
TRIGGERS = {"insert": NEW, "delete": OLD, "update": OLD + " " + NEW}


def index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The database keeps the index itself, so that no verb can forget it."""
    if editor.connection.vendor == "postgresql":
        for part in PARTS:
            words = f"array_to_tsvector(array_remove(string_to_array({part}, ' '), ''))"
            editor.execute(
                f"ALTER TABLE {TABLE} ADD COLUMN {part}_words tsvector GENERATED ALWAYS AS ({words}) STORED"
            )
            editor.execute(f"CREATE INDEX {TABLE}_{part} ON {TABLE} USING gin ({part}_words)")
        return
    # The words come folded and cut: every sign in them belongs to them, and spaces alone part them.
    editor.execute(
        f"CREATE VIRTUAL TABLE {INDEX} USING fts5(said, everything, content='{TABLE}', content_rowid='id',"
        " detail=column, columnsize=0, tokenize=\"ascii tokenchars '.-_+#=@:'\")"
    )
    for on, does in TRIGGERS.items():
        editor.execute(f"CREATE TRIGGER {TABLE}_{on} AFTER {on.upper()} ON {TABLE} BEGIN {does} END")


def no_index(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        for on in TRIGGERS:
            editor.execute(f"DROP TRIGGER {TABLE}_{on}")
        editor.execute(f"DROP TABLE {INDEX}")


def learn_all(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The words of the tickets that are there: two queries to read so many at once, and one to write them."""
    from tickets.ticket_words import of_texts, texts_of  # noqa: PLC0415 -- for what is there already

    words = apps.get_model("tickets", "TicketWords")
    message = apps.get_model("tickets", "Message")
    tickets = apps.get_model("tickets", "Ticket").objects.order_by("pk")
    tickets, last = tickets.select_related("customer", "contact__user", "product"), 0
    while some := list(tickets.filter(pk__gt=last)[:AT_ONCE]):
        told = defaultdict(list)
        rows = message.objects.filter(ticket__in=[ticket.pk for ticket in some]).order_by("written_at", "pk")
        for ticket, kind, text in rows.values_list("ticket", "kind", "text"):
            told[ticket, kind == "note"].append(text)
        made = []
        for ticket in some:
            said = of_texts([*texts_of(ticket), *told[ticket.pk, False]])
            inside = of_texts(told[ticket.pk, True])
            made.append(words(ticket=ticket, said=" ".join(said), everything=" ".join({**said, **inside})))
        words.objects.bulk_create(made)
        last = some[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0006_subscriptions"),
        ("tickets", "0008_escalations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("verb", models.CharField(max_length=24)),
                ("text", models.TextField()),
                ("saved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_writing", models.BooleanField(default=False)),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="SavedReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=80)),
                ("text", models.TextField()),
                ("is_shared", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "saved replies",
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(blank=True, max_length=600)),
                ("is_start", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="TicketWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said", models.TextField(blank=True)),
                ("everything", models.TextField(blank=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("status", "resolved")),
                fields=["-last_event_at", "-id"],
                name="ticket_resolved",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["-filed_at", "-id"], name="ticket_newest"),
        ),
        migrations.AddField(
            model_name="draft",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="drafts", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="presences", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="presence",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="savedreply",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_replies",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="saved_views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="ticketwords",
            name="ticket",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="words", to="tickets.ticket"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("owner", "ticket", "verb"), name="one_draft"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(fields=("ticket", "user"), name="there_once"),
        ),
        migrations.AddConstraint(
            model_name="savedreply",
            constraint=models.UniqueConstraint(fields=("owner", "title"), name="saved_reply_once"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="saved_view_once"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_start", True)), fields=("owner",), name="one_start_view"
            ),
        ),
        migrations.RunPython(index, no_index),
        migrations.RunPython(learn_all, migrations.RunPython.noop),
    ]
