"""What of the packages' own tables staff may see."""

from django.contrib import admin
from django_q.models import OrmQ, Schedule

# Whoever writes a schedule may run any function of the program, and portal/jobs.py lists what recurs.
# The queue's rows unpack what is stored in them when they are shown.
for model in (Schedule, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
