"""Where strangers may ask before they buy (VV2): which policies offer it, about what, and from which network."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from contracts.calendar_rows import policy_of
from contracts.models import PolicyVersion, Product
from contracts.policy import RequestType

MOST_SHOWN = 10  # of one address that are confirmed at once


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be asked under a policy by who has no contract."""

    version: PolicyVersion
    kinds: tuple[RequestType, ...]
    products: tuple[Product, ...]


def offered_by(slug: str, at: datetime) -> Offered | None:
    """What the policy in force today offers; ``None`` where it has no request type for strangers, or is none."""
    version = PolicyVersion.objects.in_force(slug, at.date())
    kinds = policy_of(version).open_request_types if version else ()
    return Offered(version, kinds, products_of(slug)) if version and kinds else None


def products_of(slug: str) -> tuple[Product, ...]:
    """What is sold under a policy, by the contracts that there are; everything while there is none."""
    sold = Product.objects.filter(deployments__contracts__policy_version__slug=slug).distinct()
    return tuple(sold.order_by("name")) or tuple(Product.objects.order_by("name"))


def network_of(address: str) -> str:
    """The network that a host's owner has for themselves: a /24, or a /64; ``""`` for what is no address."""
    try:
        host = ip_address(address)
    except ValueError:
        return ""
    if isinstance(host, IPv6Address) and host.ipv4_mapped:
        host = host.ipv4_mapped
    return str(ip_network((host, 64 if isinstance(host, IPv6Address) else 24), strict=False))
