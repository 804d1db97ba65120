"""The roof's own pages in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from contracts.generic import ModelAdmin
from portal.models import JobRun
from tickets.admin.mailboxes import MailboxAdmin
from tickets.models import Mailbox

admin.site.register(Mailbox, MailboxAdmin)


@admin.register(JobRun)
class JobRunAdmin(ModelAdmin[JobRun]):
    """What recurs, when it last ran and how: to look at, since portal/jobs.py says what there is."""

    list_display = ("name", "due_at", "started_at", "succeeded_at", "failed_at", "failures")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False
