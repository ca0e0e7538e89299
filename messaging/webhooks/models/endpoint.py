"""Where events go: an address, what it wants to hear, and how far it has got in the event log."""

from django.db import models

from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel
from whatsapp_api.core.sealed_fields import SealedField, sealed_field_register


class Order(models.TextChoices):
    """`strict`: an event waits until the earlier ones of its chat are delivered. `fast`: none waits for another."""

    STRICT = "strict", "Strict per chat"
    FAST = "fast", "Fast"


class DisabledReason(models.TextChoices):
    NONE = "", "-"
    REQUESTED = "requested", "Somebody disabled it."
    GONE = "gone", "The receiver answered 410 Gone: it wants no more events."
    FAILING = "failing", "Nothing could be delivered for days."


def secret_context(secret: "Secret") -> str:
    return f"webhook secret {secret.pk}"


def credentials_context(endpoint: "Endpoint") -> str:
    return f"webhook credentials {endpoint.pk}"


def headers_context(endpoint: "Endpoint") -> str:
    return f"webhook headers {endpoint.pk}"


class Endpoint(UUIDModel):
    """One receiver. `cursor` is its place in the log: every event up to it is delivered or has a `Delivery` row."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="webhooks")
    session_id = models.UUIDField(null=True, blank=True)  # only this session's events; no relation, as in the log

    # What people set.
    name = models.CharField(max_length=100, blank=True, default="")
    url = models.CharField(max_length=2048)
    patterns = models.JSONField(default=list)  # of event types, such as "message.*"
    headers_sealed = models.TextField(blank=True, default="")  # a sealed JSON object: values may be credentials
    credentials_sealed = models.TextField(blank=True, default="")  # user name and password for a broker
    order = models.CharField(max_length=6, choices=Order, default=Order.STRICT)
    concurrency = models.IntegerField(default=8)
    timeout_seconds = models.IntegerField(default=10)
    retry_seconds = models.JSONField(default=list)  # pause before each further attempt; empty: the usual plan
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=10, choices=DisabledReason, blank=True, default=DisabledReason.NONE)
    disabled_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)  # rows that hang on it are removed in the background
    version = models.IntegerField(default=1)  # grows with every change by people, so that whoever delivers notices

    # What its delivery worker writes, conditional on `owner`; outcomes also on `version`.
    cursor = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=120, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    failures = models.IntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True, blank=True)
    resting_until = models.DateTimeField(null=True, blank=True)  # the circuit is open until then
    last_error = models.CharField(max_length=300, blank=True, default="")
    last_success_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "webhook"
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("workspace", "deleted_at", "id"), name="webhook_workspace"),
            models.Index(fields=("enabled", "owner"), name="webhook_owner"),
        )

    def __str__(self) -> str:
        return self.name or self.url.partition("?")[0]


class Secret(UUIDModel):
    """A key that deliveries are signed with; several during a rotation. Shown once, when it is made."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.TextField()
    hint = models.CharField(max_length=12)  # its last characters, to tell them apart
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"…{self.hint}"


sealed_field_register(SealedField(Secret, "sealed", context=secret_context))
sealed_field_register(SealedField(Endpoint, "headers_sealed", context=headers_context))
sealed_field_register(SealedField(Endpoint, "credentials_sealed", context=credentials_context))
