"""Releases as they are found, by their version and their notes."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from contracts.access import releases_visible_to
from contracts.models import Product, Release
from contracts.models.products import ReleaseQuerySet
from knowledgebase.models.audience import Audience, Visitor
from knowledgebase.search.sources import Document

KIND = "release"


class Releases:
    """Published releases, for those who have the product under contract."""

    kind = KIND
    label = "Release"
    plural = "Releases"

    def indexed(self) -> QuerySet[Release]:
        return self._with_notes(Release.objects.exclude(published_at=None))

    def visible(self, user: Visitor) -> QuerySet[Release]:
        """By the contracts of today: a source is asked without an instant."""
        now = timezone.now()
        return self._with_notes(releases_visible_to(user, now).published(now).order_by())

    def for_product(self, queryset: QuerySet[Release], product: Product) -> QuerySet[Release]:
        return queryset.filter(product=product)

    def documents(self, queryset: QuerySet[Release]) -> Iterable[Document]:
        for release in queryset:
            notes = release.notes
            published_at = release.published_at
            if published_at is None:
                continue
            yield Document(
                key=release.pk,
                audience=Audience.PRODUCT,
                product_ids=frozenset({release.product_id}),
                title=str(release),
                headings=" ".join(title for _, _, title in notes.headings) if notes else "",
                text=notes.plain if notes else "",
                changed_at=max(published_at, notes.written_at) if notes else published_at,
            )

    def url(self, obj: Release) -> str:
        return reverse("release", args=[obj.product.slug, obj.version])

    def title(self, obj: Release) -> str:
        return str(obj)

    def detail(self, obj: Release) -> str:
        return obj.get_kind_display()

    def _with_notes(self, releases: ReleaseQuerySet) -> QuerySet[Release]:
        return releases.select_related("product", "notes").defer("notes__text", "notes__html")
