"""What machines ask: is the process alive, and can it serve?"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contracts.outbox.waiting import waiting_since
from portal import recurring

# Four beats missed, or a worker that is just being restarted.
HEARTBEAT_LIMIT = timedelta(seconds=60)
# Every five seconds the worker looks for mail; a slow mail server and a restart lie well within this.
MAIL_LIMIT = timedelta(minutes=10)
# Without these nothing can be served. A mail server that is away must not take the pages away, too.
NEEDED = ("database", "migrations", "worker")

_migrated: set[str] = set()


@require_safe
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nobody else, since a restart would not mend the database."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, migrations and worker are well, 503 otherwise; each with a word, mail that waits as well."""
    checks = examine(at=timezone.now())
    well = all(checks[part] == "ok" for part in NEEDED)
    return JsonResponse({"ready": well, **checks}, status=200 if well else 503)


def examine(*, at: datetime) -> dict[str, str]:
    """Each part with 'ok' or what is wrong. No detail of an error: anybody may ask."""
    return {
        "database": _word(database),
        "migrations": _word(migrations),
        "worker": _word(lambda: worker(at=at)),
        "mail": _word(lambda: mail(at=at)),
    }


def _word(check: Callable[[], str]) -> str:
    try:
        return check()
    except Error:
        return "the database does not answer"


def database() -> str:
    """Whether the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def migrations() -> str:
    """Whether the database is in step with the program; remembered once it is."""
    if connection.alias not in _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "not applied"
        _migrated.add(connection.alias)
    return "ok"


def worker(*, at: datetime) -> str:
    """Whether the queue has moved lately."""
    beat = recurring.last_heartbeat()
    if beat is None:
        return "no heartbeat yet"
    return "ok" if at - beat <= HEARTBEAT_LIMIT else f"no heartbeat for {(at - beat).total_seconds():.0f} s"


def mail(*, at: datetime) -> str:
    """Whether messages leave: for how long the oldest has waited, once that is too long."""
    since = waiting_since(at)
    waited = at - since if since else timedelta()
    return "ok" if waited <= MAIL_LIMIT else f"a message has waited for {waited // timedelta(minutes=1)} min"
