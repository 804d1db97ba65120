"""One of everything for each of two customers, and every address of the project with arguments for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from contracts.files import Upload
from contracts.licence_links import claim_link
from contracts.links import invitation_token
from contracts.models import (
    Closure,
    Contact,
    Contract,
    Deployment,
    EscalationPerson,
    EscalationRole,
    Feed,
    Licence,
    LicenceClaim,
    MaintenanceWindow,
    Outage,
    Product,
    Release,
    ReleaseFile,
    TeamRequest,
    User,
)
from contracts.opt_out_links import opt_out_link
from contracts.services.feeds import hash_of
from contracts.services.releases import add_release_file
from contracts.subscription_links import confirmation_link, ending_link
from contracts.tests.factories import (
    ClosureFactory,
    ComponentFactory,
    ContractFactory,
    DeploymentFactory,
    EnvironmentFactory,
    OutageFactory,
    ReleaseFactory,
    WindowFactory,
    published,
)
from knowledgebase.admin.urls import article_urls
from knowledgebase.models import Article, ArticleFile, FruitlessSearch, Report
from knowledgebase.models.audience import Audience
from knowledgebase.services.moderation import report_answer
from knowledgebase.tests.factories import CategoryFactory, article_file, live_article
from knowledgebase.tests.forum import standing_answer, standing_question
from tickets.escalation_links import escalation_token
from tickets.inquiry_links import confirmation_link as inquiry_link
from tickets.models import (
    Attachment,
    Consultation,
    EnhancementRequest,
    Escalation,
    IncomingMail,
    Inquiry,
    KnownProblem,
    Ticket,
)
from tickets.models.event import Kind
from tickets.models.mail import Outcome, Way
from tickets.services.changing import changing
from tickets.services.filing import Request, file_ticket
from tickets.services.mail_store import store_mail
from tickets.services.problems import Said, link_problem, open_problem

SECRET = "of the calendar"
STOCK = ("changelist", "add", "history", "delete", "change")


@dataclass(frozen=True)
class World:
    """What the addresses are about: Nora's ticket with its file, and what lies around it."""

    ticket: Ticket
    attachment: Attachment
    contract: Contract
    closure: Closure
    release: Release
    invited: User
    file: ArticleFile
    search: FruitlessSearch
    report: Report
    download: ReleaseFile
    agent: Deployment
    window: MaintenanceWindow
    outage: Outage
    feed: Feed
    enhancement: EnhancementRequest
    problem: KnownProblem
    escalation: Escalation
    claim: LicenceClaim
    held: LicenceClaim
    request: TeamRequest
    consultation: Consultation
    inquiry: Inquiry
    mail: IncomingMail


def world(
    contact: Contact, contract: Contract, deployment: Deployment, stranger: Contact, at: datetime
) -> World:
    """The world at ``at``; the stranger has one of everything, too."""
    theirs = DeploymentFactory.create(customer=stranger.customer, product=deployment.product)
    ContractFactory.create(customer=stranger.customer, deployments=[theirs])
    _filed(stranger, theirs, at)
    ticket = _filed(contact, deployment, at)
    EnvironmentFactory.create(product=deployment.product)
    component = ComponentFactory.create(product=deployment.product, audience="customers")
    return World(
        ticket=ticket,
        attachment=Attachment.objects.get(message__ticket=ticket),
        contract=contract,
        closure=ClosureFactory.create(starts_at=at + timedelta(hours=1), ends_at=at + timedelta(hours=2)),
        release=ReleaseFactory.create(
            product=deployment.product, planned_at=datetime(2027, 1, 5, tzinfo=UTC)
        ),
        invited=User.objects.create_user("new@harbour.example", name="Newcomer"),
        file=_file_of_an_article(deployment.product, at),
        report=_report(contact.user, stranger.user, deployment.product, at),
        search=FruitlessSearch.objects.create(words="lost session", first_at=at, last_at=at),
        download=_download(contract, at),
        agent=DeploymentFactory.create(
            customer=contact.customer, product=deployment.product, kind="agent", name="Warehouse"
        ),
        window=WindowFactory.create(components=[component]),
        outage=OutageFactory.create(components=[component]),
        feed=Feed.objects.create(
            contract=contract, secret_hash=hash_of(SECRET), made_at=at, made_by=contact.user
        ),
        enhancement=EnhancementRequest.objects.create(
            product=deployment.product, ticket=ticket, title="A plan", text="A plan of it.", asked_at=at
        ),
        problem=_problem_of(ticket, at),
        escalation=_escalation(ticket, at),
        claim=_claim(contract, "VV-1001", at),
        held=_claim(contract, "VV-1002", at, agreed=True, contact=contact, decided_at=at),
        request=TeamRequest.objects.create(
            customer=contact.customer,
            kind="ending",
            contact=contact,
            reason="x",
            asked_at=at,
            asked_by=contact.user,
        ),
        consultation=Consultation.objects.create(
            customer=contact.customer,
            contact=contact,
            contract=contract,
            topic="Sites",
            minutes=30,
            times=[(at + timedelta(days=1)).isoformat()],
            asked_at=at,
            submission_key="one",
        ),
        inquiry=_inquiry(deployment.product, at),
        mail=_mail_of(ticket, at),
    )


def _inquiry(product: Product, at: datetime) -> Inquiry:
    """A stranger's, under a policy that takes some, whose address is not confirmed yet."""
    return Inquiry.objects.create(
        policy_version=published("vivvo"),
        request_type="presales",
        product=product,
        name="Ann",
        email="ann@acme.example",
        subject="Five licences",
        text="What do they cost?",
        asked_at=at,
    )


def _mail_of(ticket: Ticket, at: datetime) -> IncomingMail:
    """The mail that the contact's ticket came by."""
    raw = b"From: nora@harbour.example\r\nSubject: Offline\r\n\r\nSince 06:12\r\n"
    mail = store_mail(raw=raw, way=Way.PIPE, received_at=at, at=at)
    mail.outcome, mail.ticket, mail.message = Outcome.NEW_TICKET, ticket, ticket.messages.get()
    mail.save()
    return mail


def _problem_of(ticket: Ticket, at: datetime) -> KnownProblem:
    """A known problem of the contact's ticket, for those alone who see it."""
    staff = User.objects.create_user("rita@desk.example", name="Rita Desk", is_staff=True)
    said = Said("Cameras go offline", "They go offline at night.")
    problem = open_problem(product=ticket.product, said=said, actor=staff, at=at)
    link_problem(ticket=ticket, problem=problem, actor=staff, at=at)
    return problem


def _claim(contract: Contract, number: str, at: datetime, **more: Any) -> LicenceClaim:
    """A claim of a licence of the contract."""
    licence = Licence.objects.create(contract=contract, number=number, entered_at=at)
    given = {"key": number, "email": "zoe@free.example", "name": "Zoë", "claimed_at": at}
    return LicenceClaim.objects.create(licence=licence, **given, **more)


def _download(contract: Contract, at: datetime) -> ReleaseFile:
    """A file of a release of a product that the stranger has not."""
    beacon = DeploymentFactory.create(customer=contract.customer, kind="on_premises")
    contract.deployments.add(beacon)
    release = ReleaseFactory.create(product=beacon.product, published_at=at)
    upload = Upload("beacon.zip", ContentFile(b"PK", name="beacon.zip"))
    return add_release_file(release=release, upload=upload, actor=None, at=at)


def _filed(contact: Contact, deployment: Deployment, at: datetime) -> Ticket:
    log = Upload("log.txt", ContentFile(b"06:12 certificate not yet valid", name="log.txt"))
    asked = Request(
        subject="Offline", text="Since 06:12", severity="P2", steps="Wait", effect="All", files=[log]
    )
    return file_ticket(
        contact=contact, deployment=deployment, request=asked, submission_key=f"key-{contact.pk}", at=at
    )


def _escalation(ticket: Ticket, at: datetime) -> Escalation:
    """One that somebody without an account was told of."""
    with changing(ticket, at) as change:
        told: dict[str, Any] = {
            "rule": 0,
            "clock": "response",
            "since": at.isoformat(),
            "line": "CTO",
            "role": "CTO",
        }
        said: dict[str, Any] = {
            "due_at": at.isoformat(),
            "told_at": at.isoformat(),
            "people": ["Ada"],
            "percent": 100,
            "step": 0,
        }
        event = change.record(Kind.ESCALATED, None, **told, **said, stand_in=False, reminder=False)
    version = ticket.policy_version
    role = EscalationRole.objects.create(policy_slug=version.slug if version else "", role="CTO", named_at=at)
    EscalationPerson.objects.create(role=role, position=0, own_name="Ada", own_email="ada@desk.example")
    return Escalation.objects.create(
        ticket=ticket, seq=event.seq, step=0, name="Ada", email="ada@desk.example", told_at=at, **told
    )


def _file_of_an_article(product: Product, at: datetime) -> ArticleFile:
    """That of an article for the product's customers, the stranger among them; a public one stands beside it."""
    category = CategoryFactory.create()
    live_article("For everybody", category=category)
    article = live_article("For customers", category=category, audience=Audience.PRODUCT, products=(product,))
    return article_file(article, at=at)


def _report(asker: User, reporter: User, product: Product, at: datetime) -> Report:
    """That of an answer to a question of the contact, who may not write here: their policy has no forum."""
    answer = standing_answer(standing_question(asker, product, at), asker, at)
    return report_answer(answer=answer, reason="Spam", actor=reporter, at=at)


def _of_the_forum(report: Report) -> dict[str, dict[str, Any]]:
    question, answer = report.answer and {"pk": report.answer.question_id}, {"pk": report.answer_id}
    nouns = ("", "_answers", "_text", "_solution", "_reports", "_ticket")
    on_the_desk = ("", "_closure", "_reopening", "_hiding", "_showing")
    return {
        **{f"question{noun}": question or {} for noun in nouns},
        **{f"admin:question{noun}": question or {} for noun in on_the_desk},
        **{f"admin:answer_{noun}": answer for noun in ("hiding", "showing", "article")},
        "admin:report_handling": {"pk": report.pk},
    }


def _of_releases(file: ReleaseFile) -> dict[str, dict[str, Any]]:
    place = {"slug": file.release.product.slug, "version": file.release.version}
    return {
        "product_releases": {"slug": file.release.product.slug},
        "release": place,
        "release_file": {**place, "pk": file.pk, "name": file.name},
        "admin:release_file_removal": {"pk": file.release_id, "file": file.pk},
        **{f"admin:release{noun}": {"pk": file.release_id} for noun in ("", "_preview", "_files")},
    }


def arguments(world: World) -> dict[str, dict[str, Any]]:
    """By a parameter's name, what it is in this world; by an address's name where that says more."""
    version, article = world.contract.policy_version, world.file.article
    return {
        **_of_the_desk(article, world),
        **_of_the_forum(world.report),
        **_of_releases(world.download),
        "deployment_updates": {"pk": world.agent.pk},
        **_of_subscriptions(world),
        **_of_the_team(world),
        "number": {"number": world.ticket.number},
        "ticket_file": {"number": world.ticket.number, "pk": world.attachment.pk},
        "mail_hook": {"provider": "postmark"},
        "mail_events": {"provider": "postmark"},
        **_of_mail(world),
        "escalation": {"token": escalation_token(world.escalation)},
        "inquiry": {"slug": world.inquiry.policy_version.slug},
        "confirm_inquiry": {"token": inquiry_link(world.inquiry.email, at=timezone.now()).split("/")[-2]},
        "admin:desk_person": {"pk": _somebody_of_staff()},
        "admin:desk_person_verb": {"pk": _somebody_of_staff(), "noun": "absences"},
        # One's own rows: another's is not there.
        "admin:saved_view": {"pk": 1},
        "admin:saved_reply": {"pk": 1},
        "admin:withdrawal": {"pk": world.closure.pk},
        "admin:window": {"pk": world.window.pk},
        "admin:window_verb": {"pk": world.window.pk, "noun": "cancellation"},
        "admin:outage": {"pk": world.outage.pk},
        "admin:outage_verb": {"pk": world.outage.pk, "noun": "withdrawal"},
        **{f"{name}problem": {"pk": world.problem.pk} for name in ("", "admin:")},
        "admin:problem_text": {"pk": world.problem.pk},
        "admin:problem_verb": {"pk": world.problem.pk, "noun": "closing"},
        "admin:release_plan": {"pk": world.release.pk},
        "admin:publication": {"pk": world.release.pk},
        "admin:acceptance": {"pk": version.pk},
        "enhancement": {"pk": world.enhancement.pk},
        "admin:enhancement": {"pk": world.enhancement.pk},
        "admin:contract_standing": {"pk": world.contract.pk},
        "policy": {"slug": version.slug},
        "product_environments": {"slug": world.ticket.product.slug},
        "article": {"slug": article.slug},
        "article_feedback": {"slug": article.slug},
        "article_file": {"pk": world.file.pk, "name": world.file.name},
        "maintenance_window": {"pk": world.window.pk},
        "maintenance_entry": {"pk": world.window.pk},
        "outage": {"pk": world.outage.pk},
        "availability_month": {"pk": world.contract.pk, "month": "2026-11"},
        "kb_category": {"slug": article.category.slug},
        "sitemap_part": {"name": "articles"},
        "policy_version": {"slug": version.slug, "effective_from": version.effective_from},
        "accept_invitation": {"token": invitation_token(world.invited, at=timezone.now())},
        "renew_invitation": {"token": invitation_token(world.invited, at=timezone.now())},
        "account_confirm_email": {"key": "none"},
        "account_reset_password_from_key": {"uidb36": "1", "key": "none"},
        "admin:view_on_site": {"content_type_id": 1, "object_id": 1},
        "admin:app_list": {"app_label": "contracts"},
    }


def _of_mail(world: World) -> dict[str, dict[str, Any]]:
    """The pages of the mail, and of its first part, which there is not."""
    mail = {"pk": world.mail.pk}
    return {
        **{name: {"number": world.ticket.number, **mail} for name in ("ticket_mail", "ticket_mail_raw")},
        **{f"admin:inbox_{noun}": mail for noun in ("mail", "raw")},
        "admin:inbox_part": {**mail, "place": 0},
        "admin:inbox_verb": {**mail, "noun": "discarding"},
    }


def _somebody_of_staff() -> int:
    """Whose page everybody on the desk may see; where nobody is there, there is no such page."""
    found = User.objects.filter(email="agnes@desk.example").first()
    return found.pk if found else 999_999


def _of_the_team(world: World) -> dict[str, dict[str, Any]]:
    """The people of the customer, and its licences."""
    zoe = {"number": "VV-1001", "name": "Zoë", "email": "zoe@free.example", "message_key": "one"}
    link = claim_link(**zoe, at=timezone.now())
    contact = {"pk": world.ticket.contact_id}
    nouns = ("consultation", "consultation_time", "consultation_move", "consultation_cancellation")
    return {
        **{
            name: {"pk": world.consultation.pk}
            for name in (*nouns, "admin:consultation", "admin:consultation_redaction")
        },
        "admin:consultation_verb": {"pk": world.consultation.pk, "noun": "confirmation"},
        "team_invitation": {"customer": world.ticket.customer_id},
        "team_naming": contact,
        "team_ending": contact,
        "team_claim": {"pk": world.claim.pk},
        "team_release": {"pk": world.held.pk},
        "confirm_licence_claim": {"token": link.split("/")[-2]},
        "admin:team_request": {"pk": world.request.pk},
        "admin:claim_answer": {"pk": world.claim.pk},
        "admin:contract_licences": {"pk": world.contract.pk},
        "admin:licence_withdrawal": {"pk": world.contract.pk, "licence": world.claim.licence_id},
    }


def _of_subscriptions(world: World) -> dict[str, dict[str, Any]]:
    """The links of a visitor's mails, and the calendars of the contract."""
    asked = confirmation_link("vera@visitor.example", None, at=timezone.now())
    contract = {"contract": world.contract.pk}
    return {
        "confirm_subscription": {"token": asked.split("/")[-2]},
        "mail_ending": {"token": opt_out_link(world.ticket.contact.user, "answers").split("/")[-2]},
        "admin:demo_mail": {"pk": 1},
        "admin:demo_mail_body": {"pk": 1},
        "end_subscription": {"token": ending_link(1).split("/")[-2]},
        "contract_feeds": contract,
        "feed_revocation": {**contract, "pk": world.feed.pk},
        "private_feed": {"secret": SECRET},
    }


def _of_the_desk(article: Article, world: World) -> dict[str, dict[str, Any]]:
    """Staff's pages of the article."""
    pages = (f"admin:{found.name}" for found in article_urls(lambda view: view) if "pk" in str(found.pattern))
    return {
        **{page: {"pk": article.pk} for page in pages},
        "admin:article_restoration": {"pk": article.pk, "number": 1},
        "admin:article_file_removal": {"pk": article.pk, "file": world.file.pk},
        "admin:search_settling": {"pk": world.search.pk},
        "admin:category": {"pk": article.category.pk},
        "admin:category_deletion": {"pk": article.category.pk},
    }


def names() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every named address of the project but the stock pages of the admin: its full name and its parameters."""
    stock = {f"admin:{page}" for page, _ in stock_pages()}
    yield from (found for found in _walk(get_resolver().url_patterns, ()) if found[0] not in stock)


def stock_pages() -> list[tuple[str, type]]:
    """The stock pages of the admin, ``app_model_page``, each with its model."""
    return [
        (f"{model._meta.app_label}_{model._meta.model_name}_{page}", model)
        for model in admin.site._registry
        for page in STOCK
    ]


def _walk(
    patterns: list[URLPattern | URLResolver], spaces: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, inner)
        elif pattern.name:
            yield ":".join((*spaces, pattern.name)), tuple(pattern.pattern.regex.groupindex)


def address(name: str, parameters: tuple[str, ...], known: dict[str, dict[str, Any]]) -> str:
    """The address of ``name`` in this world. Fails where the world lacks something for it."""
    given = known.get(name)
    if given is None:
        given = {key: value for each in parameters for key, value in known.get(each, {}).items()}
    try:
        return reverse(name, kwargs=given)
    except NoReverseMatch as problem:
        raise AssertionError(f"url_world.arguments says nothing for {name}") from problem
