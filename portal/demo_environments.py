"""The demo's releases that are out, and what they are supported on."""

from datetime import date, datetime, timedelta

from contracts.models import Product, Release, User
from contracts.models.products import EnvironmentKind, ReleaseKind
from contracts.outbox.announcements import draw
from contracts.services.environments import save_environment
from tickets.services import releases

SYSTEM, BROWSER, DATABASE, HARDWARE = (
    EnvironmentKind.OPERATING_SYSTEM,
    EnvironmentKind.BROWSER,
    EnvironmentKind.DATABASE,
    EnvironmentKind.HARDWARE,
)
# product, version, how many days ago it came out
OUT = (
    ("Viakoo Action Platform", "6.0", 330),
    ("Viakoo Action Platform", "6.1", 210),
    ("Viakoo Action Platform", "6.2", 80),
    ("Vivvo CMS", "4.5", 350),
    ("Vivvo CMS", "4.6", 200),
    ("Vivvo CMS", "4.7", 60),
)
# product, kind, name, its versions, first release, last release, remark
SUPPORTED = (
    ("Viakoo Action Platform", SYSTEM, "Windows Server", "2012 R2", "", "6.1", ""),
    ("Viakoo Action Platform", SYSTEM, "Windows Server", "2016, 2019 and 2022", "", "", ""),
    ("Viakoo Action Platform", SYSTEM, "Ubuntu Server", "22.04 LTS", "6.1", "", "Without a desktop."),
    ("Viakoo Action Platform", BROWSER, "Google Chrome", "the last two", "", "", ""),
    ("Viakoo Action Platform", BROWSER, "Mozilla Firefox", "the last two and ESR", "", "", ""),
    ("Viakoo Action Platform", BROWSER, "Microsoft Edge", "the last two", "6.1", "", ""),
    ("Viakoo Action Platform", DATABASE, "PostgreSQL", "13 to 16", "6.1", "", "Comes with the installer."),
    ("Viakoo Action Platform", HARDWARE, "Server", "8 GB of memory, 4 cores", "", "", "For 500 cameras."),
    ("Vivvo CMS", SYSTEM, "Linux", "any with PHP 8.1 or later", "4.6", "", ""),
    ("Vivvo CMS", SYSTEM, "Linux", "any with PHP 7.4", "", "4.5", ""),
    ("Vivvo CMS", DATABASE, "MySQL", "5.7 and 8", "", "", ""),
    (
        "Vivvo CMS",
        BROWSER,
        "Any current browser",
        "",
        "",
        "",
        "For writing; readers need none in particular.",
    ),
)
ENDS = {("Vivvo CMS", "MySQL"): 200}  # days from now


def keep_environments(*, manager: User, at: datetime) -> None:
    """Publish the releases, and list what each is supported on."""
    products = {product.name: product for product in Product.objects.all()}
    out: dict[tuple[str, str], Release] = {}
    for name, version, ago in OUT:
        day = at - timedelta(days=ago)
        planned = releases.plan_release(
            product=products[name],
            version=version,
            kind=ReleaseKind.FEATURE,
            planned_at=day,
            actor=manager,
            at=day,
        )
        out[name, version] = releases.publish_release(release=planned, actor=manager, at=day)
        draw(day)
    for name, kind, what, versions, first, last, note in SUPPORTED:
        save_environment(
            product=products[name],
            kind=kind,
            name=what,
            versions=versions,
            note=note,
            from_release=out.get((name, first)),
            until_release=out.get((name, last)),
            ended_on=_end(name, what, at),
            actor=manager,
            at=at - timedelta(days=60),
        )


def _end(product: str, name: str, at: datetime) -> date | None:
    days = ENDS.get((product, name))
    return (at + timedelta(days=days)).date() if days else None
