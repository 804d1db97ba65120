"""The app's place in Django."""

from django.apps import AppConfig


class KnowledgebaseConfig(AppConfig):
    """Articles and the forum."""

    name = "knowledgebase"
    verbose_name = "Knowledge base"

    def ready(self) -> None:
        """Say what can be found, and who is told of releases; the models are there by now."""
        from contracts.outbox.audiences import register as register_audience  # noqa: PLC0415 -- the models are not there before
        from knowledgebase.release_audience import ReleaseContacts  # noqa: PLC0415 -- the models are not there before
        from knowledgebase.search.articles import Articles  # noqa: PLC0415 -- the models are not there before
        from knowledgebase.search.questions import Questions  # noqa: PLC0415 -- the models are not there before
        from knowledgebase.search.releases import Releases  # noqa: PLC0415 -- the models are not there before
        from knowledgebase.search.sources import register  # noqa: PLC0415 -- the models are not there before

        register(Articles())
        register(Questions())
        register(Releases())
        register_audience(ReleaseContacts())
