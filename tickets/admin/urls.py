"""The addresses of staff's pages, below ``/admin/``; ``portal.admin_site`` takes them in."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from tickets.admin import (
    closures,
    consultations,
    enhancements,
    holidays,
    release_desk,
    releases,
    standing,
    stories,
)
from tickets.admin import problems as known
from tickets.admin.bulk import bulk
from tickets.admin.doing import do
from tickets.admin.filing import filing
from tickets.admin.fixes import ticket_fix
from tickets.admin.inbox import inbox, inbox_mail, inbox_part, inbox_raw, inbox_verb
from tickets.admin.mail_story import mail_story
from tickets.admin.outages import ticket_outages
from tickets.admin.presence import presence
from tickets.admin.queue import narrowing, queue, queue_rows
from tickets.admin.redaction import consultation_redaction, redaction
from tickets.admin.relations import RELATIONS, relation
from tickets.admin.satisfaction import satisfaction
from tickets.admin.saved_replies import offered_page, saved_replies, saved_reply
from tickets.admin.saved_views import saved_view, saved_views
from tickets.admin.team import ticket_team
from tickets.admin.ticket import articles_page, record_page, ticket_page
from tickets.admin.usefulness import usefulness
from tickets.admin.verbs import VERB_PAGES
from tickets.admin.writing import drafts
from tickets.admin.writing_up import writing_up

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def desk_urls(admin_view: Guard) -> list[URLPattern]:
    """Every page of the desk, each behind the admin's own check; of two that fit an address the first is taken."""
    return [
        *_of_the_queue(admin_view),
        *_of_a_ticket(admin_view),
        *_of_mail_and_wishes(admin_view),
        *_of_releases(admin_view),
        *_of_problems_and_calls(admin_view),
        *_of_the_desk(admin_view),
    ]


def _of_the_queue(admin_view: Guard) -> list[URLPattern]:
    """The queue itself."""
    return [
        path("queue/", admin_view(queue), name="queue"),
        path("queue/new/", admin_view(filing), name="ticket_filing"),
        path("queue/narrowing/", admin_view(narrowing), name="queue_narrowing"),
        path("queue/rows/", admin_view(queue_rows), name="queue_rows"),
        path("queue/bulk/", admin_view(bulk), name="bulk"),
        path("queue/views/", admin_view(saved_views), name="saved_views"),
        path("queue/views/<int:pk>/", admin_view(saved_view), name="saved_view"),
    ]


def _of_a_ticket(admin_view: Guard) -> list[URLPattern]:
    """One ticket and the nouns below it."""
    return [
        path("queue/<str:number>/", admin_view(ticket_page), name="ticket"),
        path("queue/<str:number>/articles/", admin_view(articles_page), name="ticket_articles"),
        path("queue/<str:number>/saved-replies/", admin_view(offered_page), name="ticket_saved_replies"),
        path("queue/<str:number>/drafts/", admin_view(drafts), name="ticket_drafts"),
        path("queue/<str:number>/presence/", admin_view(presence), name="ticket_presence"),
        path("queue/<str:number>/record/", admin_view(record_page), name="ticket_record"),
        path("queue/<str:number>/mail/", admin_view(mail_story), name="ticket_mail"),
        path("queue/<str:number>/outages/", admin_view(ticket_outages), name="ticket_outages"),
        path("queue/<str:number>/redaction/", admin_view(redaction), name="ticket_redaction"),
        path("queue/<str:number>/problems/", admin_view(known.ticket_problems), name="ticket_problems"),
        path("queue/<str:number>/fix/", admin_view(ticket_fix), name="ticket_fix"),
        path("queue/<str:number>/team/", admin_view(ticket_team), name="ticket_team"),
        path("queue/<str:number>/article/", admin_view(writing_up), name="ticket_article"),
        *(
            path(
                f"queue/<str:number>/{verb.noun}/",
                admin_view(do),
                {"verb": verb.verb},
                name=verb.url_name,
            )
            for verb in VERB_PAGES.values()
        ),
        path("queue/<str:number>/dates/", admin_view(stories.dates), name="ticket_dates"),
        path("queue/<str:number>/exclusion/", admin_view(stories.exclusion), name="ticket_exclusion"),
        path(
            "queue/<str:number>/severity/request/",
            admin_view(stories.severity_request),
            name="ticket_severity_request",
        ),
        path("queue/<str:number>/enhancement/", admin_view(stories.enhancement), name="ticket_enhancement"),
        *(
            path(
                f"queue/<str:number>/{page.noun}/",
                admin_view(relation),
                {"noun": page.noun},
                name=page.url_name,
            )
            for page in RELATIONS.values()
        ),
    ]


def _of_mail_and_wishes(admin_view: Guard) -> list[URLPattern]:
    """Mail that came in, and requests for enhancement."""
    return [
        path("inbox/", admin_view(inbox), name="inbox"),
        path("inbox/<int:pk>/", admin_view(inbox_mail), name="inbox_mail"),
        path("inbox/<int:pk>/raw/", admin_view(inbox_raw), name="inbox_raw"),
        path("inbox/<int:pk>/parts/<int:place>/", admin_view(inbox_part), name="inbox_part"),
        path("inbox/<int:pk>/<slug:noun>/", admin_view(inbox_verb), name="inbox_verb"),
        path("enhancements/", admin_view(enhancements.enhancements), name="enhancements"),
        path("enhancements/<int:pk>/", admin_view(enhancements.enhancement), name="enhancement"),
    ]


def _of_releases(admin_view: Guard) -> list[URLPattern]:
    """Releases, their notes and their files."""
    return [
        path("releases/", admin_view(releases.releases), name="releases"),
        path("releases/new/", admin_view(releases.plan), name="release_new"),
        path("releases/<int:pk>/plan/", admin_view(releases.plan_again), name="release_plan"),
        path("releases/<int:pk>/publication/", admin_view(releases.publication), name="publication"),
        path("releases/<int:pk>/", admin_view(release_desk.release), name="release"),
        path("releases/<int:pk>/preview/", admin_view(release_desk.preview), name="release_preview"),
        path("releases/<int:pk>/files/", admin_view(release_desk.files), name="release_files"),
        path(
            "releases/<int:pk>/files/<int:file>/removal/",
            admin_view(release_desk.removal),
            name="release_file_removal",
        ),
    ]


def _of_problems_and_calls(admin_view: Guard) -> list[URLPattern]:
    """Known problems and consultations."""
    return [
        path("problems/", admin_view(known.problem_list), name="problems"),
        path("problems/new/", admin_view(known.problem_new), name="problem_new"),
        path("problems/<int:pk>/", admin_view(known.problem_page), name="problem"),
        path("problems/<int:pk>/text/", admin_view(known.problem_text), name="problem_text"),
        path("problems/<int:pk>/<path:noun>/", admin_view(known.problem_verb), name="problem_verb"),
        path("consultations/", admin_view(consultations.consultations), name="consultations"),
        path("consultations/<int:pk>/", admin_view(consultations.consultation), name="consultation"),
        path(
            "consultations/<int:pk>/redaction/",
            admin_view(consultation_redaction),
            name="consultation_redaction",
        ),
        path(
            "consultations/<int:pk>/<slug:noun>/",
            admin_view(consultations.consultation_verb),
            name="consultation_verb",
        ),
    ]


def _of_the_desk(admin_view: Guard) -> list[URLPattern]:
    """The desk: closures, holidays, what is kept for it, and reports."""
    return [
        path("articles/usefulness/", admin_view(usefulness), name="article_usefulness"),
        path("satisfaction/", admin_view(satisfaction), name="satisfaction"),
        path("saved-replies/", admin_view(saved_replies), name="saved_replies"),
        path("saved-replies/<int:pk>/", admin_view(saved_reply), name="saved_reply"),
        path("closures/", admin_view(closures.closures), name="closures"),
        path("closures/new/", admin_view(closures.closing), name="closing"),
        path("closures/<int:pk>/withdrawal/", admin_view(closures.withdrawal), name="withdrawal"),
        path("holidays/", admin_view(holidays.holidays), name="holidays"),
        path("holidays/<int:pk>/acceptance/", admin_view(holidays.acceptance), name="acceptance"),
        path(
            "contracts/contract/<int:pk>/standing/", admin_view(standing.standing), name="contract_standing"
        ),
    ]
