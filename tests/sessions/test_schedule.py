"""What beat asks for exists, and goes where it can be done."""

from django.conf import settings

from whatsapp_api.celery import app


def test_every_scheduled_task_exists_and_expires() -> None:
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert 0 < entry["options"]["expires"] <= entry["schedule"]


def test_files_are_cleared_away_where_the_stores_are() -> None:
    routes = settings.CELERY_TASK_ROUTES
    assert routes["sessions.cleanup_files"] == {"queue": "sessions"}
    assert "sessions.cleanup" not in routes
