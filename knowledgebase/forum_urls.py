"""Addresses of the forum; stable for good. What makes a ticket of a question stands with the tickets."""

from django.urls import path

from knowledgebase.views import forum, forum_asking, forum_editing, forum_writing

urlpatterns = [
    path("forum/", forum.forum, name="forum"),
    path("forum/questions/new/", forum_asking.new, name="question_new"),
    path("forum/questions/<int:pk>/", forum.question, name="question"),
    path("forum/questions/<int:pk>/answers/", forum_writing.answers, name="question_answers"),
    path("forum/questions/<int:pk>/text/", forum_editing.text, name="question_text"),
    path("forum/questions/<int:pk>/solution/", forum_writing.solution, name="question_solution"),
    path("forum/questions/<int:pk>/reports/", forum_writing.reports, name="question_reports"),
]
