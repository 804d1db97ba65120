"""Policy versions, published and then only looked at; holidays as frozen, closures as entered."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from contracts.admin.base import ReadOnlyAdmin
from contracts.admin.publishing import publishing_page, shown_policy
from contracts.calendar_rows import local_day, opening_hours, policy_of
from contracts.models import Closure, Holiday, PolicyVersion
from contracts.services.policies import holiday_changes


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin[PolicyVersion]):
    """Versions. Adding one is the page on which a policy is published; none is ever edited."""

    list_display = ("title", "slug", "effective_from", "published_at", "published_by", "contract_count")
    list_filter = ("slug",)
    list_select_related = ("published_by",)
    search_fields = ("title", "slug", "vendor")
    ordering = ("slug", "-effective_from")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyVersion]:
        return super().get_queryset(request).annotate(number_of_contracts=Count("contracts"))

    @admin.display(description="contracts", ordering="number_of_contracts")
    def contract_count(self, version: PolicyVersion) -> int:
        return int(getattr(version, "number_of_contracts", 0))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("contracts.add_policyversion"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Publishing: upload or paste, look at it, publish."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return publishing_page(self, request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One version, as its policy page, with the text that was published."""
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        at = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": str(version),
            "opts": self.opts,
            "version": version,
            "holiday_changes": holiday_changes(version, after=local_day(version, at)),
            **shown_policy(policy_of(version), opening_hours(version), at),
        }
        return TemplateResponse(request, "admin/contracts/policyversion/version.html", context)


@admin.register(Holiday)
class HolidayAdmin(ReadOnlyAdmin[Holiday]):
    """Holidays as they stood when their policy was published."""

    list_display = ("day", "name", "version")
    list_filter = ("version",)
    list_select_related = ("version",)
    search_fields = ("name",)
    date_hierarchy = "day"


@admin.register(Closure)
class ClosureAdmin(ReadOnlyAdmin[Closure]):
    """Closures, to look at; the floor above registers its own page in place of this one."""

    list_display = ("policy_slug", "starts_at", "ends_at", "reason", "entered_by", "withdrawn_at")
    list_filter = ("policy_slug",)
    list_select_related = ("entered_by",)
    search_fields = ("reason",)
