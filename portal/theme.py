"""The accent colour as a style sheet, so that a site changes it by one setting and no page needs an inline style."""

from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.middleware import same_for_everyone

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
# Of WCAG 2.2 for text (1.4.3).
READABLE = 4.5
# The page behind the text, light and dark (Bootstrap's own).
LIGHT_PAGE = WHITE
DARK_PAGE: Colour = (33, 37, 41)


def parse(colour: str) -> Colour:
    """'#rrggbb' as its three parts."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """`colour` with the given share (0 to 1) of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """The relative luminance of WCAG 2.2, 0 to 1."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of WCAG 2.2, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(page: Colour, colour: Colour) -> Colour:
    """`colour`, moved away from the page's own until text in it can be read."""
    towards = BLACK if luminance(page) > 0.5 else WHITE
    for step in range(21):
        candidate = mix(colour, towards, step / 20)
        if contrast(candidate, page) >= READABLE:
            return candidate
    return towards


def text_upon(colour: Colour) -> Colour:
    """White or black, whichever reads better upon the colour."""
    return WHITE if contrast(WHITE, colour) >= contrast(BLACK, colour) else BLACK


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _variables(accent: Colour, page: Colour) -> dict[str, str]:
    """The custom properties for one kind of page."""
    link = readable_on(page, accent)
    hover = mix(link, BLACK if page == LIGHT_PAGE else WHITE, 0.2)
    return {
        "--accent": _hex(link),
        "--accent-rgb": "{}, {}, {}".format(*link),
        "--accent-hover": _hex(hover),
        "--accent-soft": _hex(mix(page, link, 0.12)),
        "--accent-contrast": _hex(text_upon(link)),
        "--bs-primary": _hex(link),
        "--bs-primary-rgb": "{}, {}, {}".format(*link),
        "--bs-link-color": _hex(link),
        "--bs-link-color-rgb": "{}, {}, {}".format(*link),
        "--bs-link-hover-color": _hex(hover),
        "--bs-link-hover-color-rgb": "{}, {}, {}".format(*hover),
    }


BUTTON = """\
.btn-primary {
  --bs-btn-bg: var(--accent); --bs-btn-border-color: var(--accent); --bs-btn-color: var(--accent-contrast);
  --bs-btn-hover-bg: var(--accent-hover); --bs-btn-hover-border-color: var(--accent-hover);
  --bs-btn-hover-color: var(--accent-contrast); --bs-btn-active-bg: var(--accent-hover);
  --bs-btn-active-border-color: var(--accent-hover); --bs-btn-active-color: var(--accent-contrast);
  --bs-btn-disabled-bg: var(--accent); --bs-btn-disabled-border-color: var(--accent);
  --bs-btn-disabled-color: var(--accent-contrast); --bs-btn-focus-shadow-rgb: var(--accent-rgb);
}
.btn-outline-primary {
  --bs-btn-color: var(--accent); --bs-btn-border-color: var(--accent); --bs-btn-hover-bg: var(--accent);
  --bs-btn-hover-border-color: var(--accent); --bs-btn-hover-color: var(--accent-contrast);
  --bs-btn-active-bg: var(--accent); --bs-btn-active-border-color: var(--accent);
  --bs-btn-active-color: var(--accent-contrast); --bs-btn-focus-shadow-rgb: var(--accent-rgb);
}
"""


def style_sheet(colour: str) -> str:
    """The style sheet for an accent '#rrggbb'; a saved choice (data-bs-theme) wins over the system's."""
    accent = parse(colour)
    light = _block(_variables(accent, LIGHT_PAGE))
    dark = _block(_variables(accent, DARK_PAGE))
    return (
        f":root {light}\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-bs-theme=light]) {dark} }}\n"
        f":root[data-bs-theme=dark] {dark}\n{BUTTON}"
    )


def _block(variables: dict[str, str]) -> str:
    return "{ " + " ".join(f"{name}: {value};" for name, value in variables.items()) + " }"


def theme_address() -> str:
    """Where the style sheet is; changes with its content, so that it may be kept for long."""
    version = sha256(style_sheet(settings.ACCENT_COLOUR).encode()).hexdigest()[:12]
    return f"{reverse('theme')}?v={version}"


@require_safe
@same_for_everyone
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def theme(request: HttpRequest) -> HttpResponse:
    """The style sheet itself."""
    return HttpResponse(style_sheet(settings.ACCENT_COLOUR), content_type="text/css; charset=utf-8")
