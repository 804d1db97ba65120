"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# Only the web process may keep a pool of database connections; the settings look for this.
os.environ.setdefault("PORTAL_ROLE", "web")

application = get_wsgi_application()
