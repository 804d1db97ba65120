"""The full-text index of the database: FTS5 on SQLite, arrays of words as ``tsvector`` on PostgreSQL.

Both hold the same two sets of words for a document, ``heads`` and ``body``, and answer one thing only: which
documents have these words. Everything that decides an order happens in Python, so that both find the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

from knowledgebase.models import SearchDocument
from knowledgebase.models.audience import Audience

TABLE = SearchDocument._meta.db_table
PARTS = ("heads", "body")
MOST_WALKED = 1_000


@dataclass(frozen=True, slots=True)
class Words:
    """A condition on the words of a document: ``sign`` joins words and conditions."""

    sign: str
    of: tuple["Words | str", ...]


def all_of(*of: Words | str) -> Words:
    """Documents that satisfy each."""
    return Words("and", of)


def any_of(*of: Words | str) -> Words:
    """Documents that satisfy one at least."""
    return Words("or", of)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which documents are looked at: of ``kind``, about ``product`` or none, for ``audiences`` (``None`` for all).

    ``theirs`` are the products of a reader who may see what is for customers of a product.
    """

    audiences: tuple[str, ...] | None = None
    theirs: tuple[int, ...] = ()
    product: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look into ``heads`` or ``body``, for at most ``most`` documents, the newest first.

    ``rate`` is about which part of all documents has the words, from 0 to 1; it decides nothing but the way.
    """

    part: str
    words: Words
    most: int
    rate: float = 0.0


def find(looks: Sequence[Look], bounds: Bounds) -> list[int]:
    """The numbers of the documents that the looks come upon, in the order of the looks, each once."""
    if not looks:
        return []
    condition, bound = _condition(bounds)
    one = _of_postgresql if connection.vendor == "postgresql" else _of_sqlite
    asked = " UNION ALL ".join(
        f"SELECT * FROM ({one(look, condition)}) AS look_{n}"  # noqa: S608 -- names of our own
        for n, look in enumerate(looks)
    )
    values: list[str | int] = []
    for look in looks:
        values += [_said(look.words), *bound, look.most]
    with connection.cursor() as cursor:
        cursor.execute(asked, values)
        return list(dict.fromkeys(row[0] for row in cursor.fetchall()))


def write(document: SearchDocument) -> None:
    """Take the words of a saved document into the index, which does not hold it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"UPDATE {TABLE} SET heads_words = array_to_tsvector(%s), body_words = array_to_tsvector(%s)"  # noqa: S608 -- names of our own
                " WHERE id = %s",
                [sorted(set(document.heads.split())), sorted(set(document.body.split())), document.pk],
            )
            return
        for part in PARTS:
            _tell_fts(cursor, part, "", document)


def erase(document: SearchDocument) -> None:
    """Take a document out, as it was written."""
    if connection.vendor == "postgresql":
        return  # the words stand in the document's own row
    with connection.cursor() as cursor:
        for part in PARTS:
            _tell_fts(cursor, part, "delete", document)


def lock() -> None:
    """Let others who write the index wait until this transaction ends: counts are right, and none waits in a ring."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('knowledgebase.search'))")


def rebuild() -> None:
    """Write the words of all documents anew, from their rows."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Both at once: each UPDATE writes every row and every entry of the indexes anew.
            words = ", ".join(f"{part}_words = {_array(part)}" for part in PARTS)
            cursor.execute(f"UPDATE {TABLE} SET {words}")  # noqa: S608 -- names of our own
            return
        for part in PARTS:
            table = f"{TABLE}_{part}"
            cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")  # noqa: S608 -- names of our own


def faults() -> list[str]:
    """What the index says otherwise than its rows, in words."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return [fault for part in PARTS for fault in _faults_of_postgresql(cursor, part)]
        return [fault for part in PARTS for fault in _faults_of_sqlite(cursor, part)]


def _said(words: Words | str) -> str:
    """A condition in the database's language; every word stands quoted, so that none is taken for a sign."""
    is_postgresql = connection.vendor == "postgresql"
    if isinstance(words, str):
        return "'" + words.replace("'", "''") + "'" if is_postgresql else f'"{words}"'
    signs = {"and": " & ", "or": " | "} if is_postgresql else {"and": " AND ", "or": " OR "}
    return "(" + signs[words.sign].join(_said(word) for word in words.of) + ")"


def _condition(bounds: Bounds) -> tuple[str, list[str]]:
    """A condition on documents ``d``, and its values. The products stand in the first line of ``heads``."""
    conditions: list[str] = []
    values: list[str] = []
    if bounds.audiences is not None:
        allowed = [f"d.audience IN ({', '.join(['%s'] * len(bounds.audiences))})"]
        values += bounds.audiences
        if bounds.theirs:
            about = " OR ".join(["d.heads LIKE %s"] * len(bounds.theirs))
            allowed.append(f"(d.audience = %s AND ({about}))")
            values += [Audience.PRODUCT.value, *map(_about, bounds.theirs)]
        conditions.append(f"({' OR '.join(allowed)})")
    if bounds.product is not None:
        conditions.append("(d.heads LIKE %s OR d.heads LIKE %s)")
        values += [_about(bounds.product), _about(0)]
    if bounds.kind:
        conditions.append("d.kind = %s")
        values.append(bounds.kind)
    return "".join(f" AND {condition}" for condition in conditions), values


def _about(product: int) -> str:
    return f"% @p{product} %"


def _of_postgresql(look: Look, condition: str) -> str:
    # Words that many have are found soon by going from the newest back; of others PostgreSQL thinks so, too, for it
    # knows nothing of them, and unpacks every document. That is spared it by an order that no index has.
    newest = "d.id" if look.rate * MOST_WALKED >= look.most else "d.id + 0"
    return (
        f"SELECT d.id FROM {TABLE} d WHERE d.{look.part}_words @@ %s::tsquery{condition}"  # noqa: S608 -- names of our own
        f" ORDER BY {newest} DESC LIMIT %s"
    )


def _of_sqlite(look: Look, condition: str) -> str:
    table = f"{TABLE}_{look.part}"
    # CROSS JOIN is SQLite's way to say which table comes first: the words.
    documents = f" CROSS JOIN {TABLE} d ON d.id = {table}.rowid" if condition else ""
    return (
        f"SELECT {table}.rowid FROM {table}{documents} WHERE {table} MATCH %s{condition}"  # noqa: S608 -- names of our own
        f" ORDER BY {table}.rowid DESC LIMIT %s"
    )


def _array(part: str) -> str:
    return f"array_to_tsvector(array_remove(regexp_split_to_array({part}, '[ \\n]+'), ''))"


def _tell_fts(cursor: CursorWrapper, part: str, command: str, document: SearchDocument) -> None:
    table, words = f"{TABLE}_{part}", getattr(document, part)
    if command:
        told = f"INSERT INTO {table} ({table}, rowid, {part}) VALUES (%s, %s, %s)"  # noqa: S608 -- names of our own
        cursor.execute(told, [command, document.pk, words])
    else:
        told = f"INSERT INTO {table} (rowid, {part}) VALUES (%s, %s)"  # noqa: S608 -- names of our own
        cursor.execute(told, [document.pk, words])


def _faults_of_postgresql(cursor: CursorWrapper, part: str) -> list[str]:
    cursor.execute(
        f"SELECT count(*) FROM {TABLE} WHERE {part}_words IS DISTINCT FROM {_array(part)}"  # noqa: S608 -- names of our own
    )
    (count,) = cursor.fetchone()
    return [f"{count} documents with other words in {part}_words than in {part}"] if count else []


def _faults_of_sqlite(cursor: CursorWrapper, part: str) -> list[str]:
    table = f"{TABLE}_{part}"
    try:
        cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 -- names of our own
    except DatabaseError as error:
        return [f"{table} does not agree with its rows ({error})"]
    return []
