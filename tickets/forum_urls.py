"""What the forum's addresses lead to on this floor."""

from django.urls import path

from tickets.views.forum import ticket_of_question

urlpatterns = [path("forum/questions/<int:pk>/ticket/", ticket_of_question, name="question_ticket")]
