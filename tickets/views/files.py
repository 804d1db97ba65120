"""/tickets/<number>/files/<id>/: a file that came with a message, as a download and nothing else."""

import logging

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contracts.downloads import download
from tickets.models import Attachment
from tickets.views.reader import reader_of

log = logging.getLogger(__name__)


@login_required
@require_safe
def ticket_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The file, for those who may see its message; 404 for everybody else."""
    visible = Attachment.objects.visible_to(reader_of(request)).exclude(file="")
    attachment = visible.filter(pk=pk, message__ticket__number=number).first()
    if attachment is None:
        raise Http404("There is no such file.")
    try:
        return download(attachment.file, attachment.name)
    except FileNotFoundError:
        log.exception("the file of attachment %s is missing in the storage", attachment.pk)
        context = {"attachment": attachment, "number": number}
        return render(request, "tickets/file_missing.html", context, status=404)
