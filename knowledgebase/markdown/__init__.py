"""Markdown typed by staff and by customers becomes HTML here, and nowhere else.

``caps`` refuses what would take time, before anything is parsed; ``parsing`` reads CommonMark without HTML;
``shaping`` makes of what was read what we show; ``writing`` prints it; ``cleaning`` takes out, with another
library, everything that we do not name. So two mistakes are needed before a reader's browser runs a stranger's code.
"""

from knowledgebase.markdown.rendering import RENDERER, Heading, Rendered, render

__all__ = ["RENDERER", "Heading", "Rendered", "render"]
