"""The processes of the bench. Django is set up here, before any of them imports a model."""

import django

django.setup()
