"""Which articles were put into which replies."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from knowledgebase.models import Article
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class ArticleUse(models.Model):
    """An article that staff put into a message to the customer; each once a message."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="article_uses")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="article_uses")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "article"], name="article_once_a_message")]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.article} on {self.ticket.number}"
