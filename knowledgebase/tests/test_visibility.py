"""Who may read which article: the queryset that decides for every path."""

import pytest

from contracts.models import Contact, Deployment, User
from contracts.models.products import Product
from knowledgebase.models import Article
from knowledgebase.models.audience import Audience, Visitor
from knowledgebase.tests.factories import live_article

pytestmark = pytest.mark.django_db


def seen_by(user: Visitor) -> set[str]:
    return {str(article) for article in Article.objects.visible_to(user)}


@pytest.fixture
def articles(deployment: Deployment) -> None:
    other = Product.objects.create(name="Another product", slug="another")
    live_article("Public", audience=Audience.PUBLIC)
    live_article("For customers", audience=Audience.CUSTOMERS)
    live_article("Of theirs", audience=Audience.PRODUCT, products=(deployment.product,))
    live_article("Of another", audience=Audience.PRODUCT, products=(other,))
    live_article("For staff", audience=Audience.STAFF)
    draft = live_article("Draft", audience=Audience.PUBLIC)
    draft.published = None
    draft.save()
    archived = live_article("Archived", audience=Audience.PUBLIC)
    archived.archived_at = archived.created_at
    archived.save()


@pytest.mark.usefixtures("articles")
class TestWhoSeesWhat:
    def test_a_visitor_sees_what_is_public(self) -> None:
        from django.contrib.auth.models import AnonymousUser

        assert seen_by(AnonymousUser()) == {"Public"}

    def test_a_contact_sees_what_customers_may_and_what_is_about_their_products(
        self, contact: Contact
    ) -> None:
        assert seen_by(contact.user) == {"Public", "For customers", "Of theirs"}

    def test_a_contact_who_is_disabled_is_a_visitor(self, contact: Contact) -> None:
        contact.user.is_active = False
        assert seen_by(contact.user) == {"Public"}

    def test_an_agent_sees_all_that_is_live(self, agent: User) -> None:
        assert seen_by(agent) == {"Public", "For customers", "Of theirs", "Of another", "For staff"}


def test_a_person_who_is_nobodys_contact_is_a_visitor(django_user_model: type[User]) -> None:
    live_article("For customers", audience=Audience.CUSTOMERS)
    assert seen_by(django_user_model.objects.create_user("no@body.example")) == set()
