"""The app's place in Django."""

from django.apps import AppConfig


class KnowledgebaseConfig(AppConfig):
    """Articles and the forum."""

    name = "knowledgebase"
    verbose_name = "Knowledge base"

    def ready(self) -> None:
        """Say what can be found; the models are there by now."""
        from knowledgebase.search.articles import Articles  # noqa: PLC0415
        from knowledgebase.search.questions import Questions  # noqa: PLC0415
        from knowledgebase.search.sources import register  # noqa: PLC0415

        register(Articles())
        register(Questions())
