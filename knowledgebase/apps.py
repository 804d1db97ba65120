"""The app's place in Django."""

from django.apps import AppConfig


class KnowledgebaseConfig(AppConfig):
    """Articles and the forum."""

    name = "knowledgebase"
    verbose_name = "Knowledge base"
