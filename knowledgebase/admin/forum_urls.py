"""The addresses of staff's pages of the forum, below ``/admin/``."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from knowledgebase.admin import forum

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


def forum_urls(admin_view: Guard) -> list[URLPattern]:
    """Every page, each behind the admin's own check."""
    one, answer = "questions/<int:pk>/", "answers/<int:pk>/"
    return [
        path("questions/", admin_view(forum.questions), name="questions"),
        path(one, admin_view(forum.question), name="question"),
        path(f"{one}closure/", admin_view(forum.closure), name="question_closure"),
        path(f"{one}reopening/", admin_view(forum.reopening), name="question_reopening"),
        path(f"{one}hiding/", admin_view(forum.hiding), name="question_hiding"),
        path(f"{one}showing/", admin_view(forum.showing), name="question_showing"),
        path(f"{answer}hiding/", admin_view(forum.answer_hiding), name="answer_hiding"),
        path(f"{answer}showing/", admin_view(forum.answer_showing), name="answer_showing"),
        path(f"{answer}article/", admin_view(forum.answer_article), name="answer_article"),
        path("reports/", admin_view(forum.reports), name="reports"),
        path("reports/<int:pk>/handling/", admin_view(forum.report_handling), name="report_handling"),
    ]
