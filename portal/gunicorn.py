"""How the web server runs, here and in production: `gunicorn portal.wsgi --config python:portal.gunicorn`."""

import os

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = 4
worker_class = "gthread"
timeout = 60
graceful_timeout = 5
keepalive = 15
# Two copies would share its default place, and a home that is read-only has none.
control_socket_disable = True
proc_name = "portal"
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL") or "info"
