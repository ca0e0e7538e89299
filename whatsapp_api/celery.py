"""The Celery application: tasks, beat, and (with `--session-supervisor`) the owner of the live sessions."""

import os

from celery import Celery

from messaging.webhooks.delivery import process as deliveries
from sessions_app.worker.bootstep import install

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")

app = Celery("whatsapp_api")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
install(app)
deliveries.install(app)
