"""A WhatsApp account linked to the platform as a companion device."""

from django.db import models

from sessions_app.engine.states import FINAL_STATES, REASON_TEXT, SENDING_STATES, Reason, State
from whatsapp_api.accounts.models import Workspace
from whatsapp_api.core.db import UUIDModel
from whatsapp_api.core.sealed_fields import SealedField, sealed_field_register

from .labels import COLUMN, labels_split
from .proxies import proxy_context


class Provider(models.TextChoices):
    WHATSAPP = "whatsapp", "WhatsApp"
    SANDBOX = "sandbox", "Sandbox"


class Desired(models.TextChoices):
    STARTED = "started"
    STOPPED = "stopped"


class HistorySync(models.TextChoices):
    """How much of what was said before the account was linked is kept."""

    OFF = "off", "Off"
    LIMITED = "limited", "Limited"
    FULL = "full", "Full"


class PairingMethod(models.TextChoices):
    QR = "qr", "QR code"
    CODE = "code", "Pairing code"


class Session(UUIDModel):
    """One account. People set `desired`; only the owning worker writes `state` and what follows from it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="sessions")
    name = models.CharField(max_length=100)
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.WHATSAPP)

    # What people set; services.SETTINGS lists what a request may change.
    metadata = models.JSONField(default=dict, blank=True)
    label_text = models.CharField(max_length=COLUMN, blank=True, default="")  # see labels.py
    ignore_groups = models.BooleanField(default=False)  # messages of these chats are neither stored nor published
    ignore_status = models.BooleanField(default=False)
    ignore_channels = models.BooleanField(default=False)
    reject_calls = models.BooleanField(default=False)
    reject_calls_text = models.CharField(max_length=1000, blank=True, default="")  # what callers get instead
    autostart = models.BooleanField(default=True)  # comes back by itself after the platform was down
    device_name = models.CharField(max_length=50, blank=True, default="")  # what the phone lists; counts at pairing
    history_sync = models.CharField(max_length=10, choices=HistorySync, default=HistorySync.OFF)  # counts at pairing
    webhook_defaults = models.JSONField(default=dict, blank=True)  # see webhook_defaults.py
    # How fast messages may leave; see pacing.py. 0: no limit; NULL: what the provider has by default.
    rate_per_minute = models.IntegerField(null=True, blank=True)
    rate_burst = models.IntegerField(null=True, blank=True)
    rate_jitter = models.FloatField(default=0)  # seconds; each message waits up to so long, at random
    queue_limit = models.IntegerField(null=True, blank=True)
    proxy_address = models.CharField(max_length=300, blank=True, default="")  # scheme://host:port
    proxy_credentials = models.TextField(blank=True, default="")  # sealed

    desired = models.CharField(max_length=10, choices=Desired, default=Desired.STOPPED)
    # Grows with every start and restart: an owner that runs an older generation starts afresh.
    generation = models.IntegerField(default=0)
    pairing_method = models.CharField(max_length=10, choices=PairingMethod, default=PairingMethod.QR)
    pairing_phone = models.CharField(max_length=20, blank=True, default="")  # digits
    logout_requested = models.BooleanField(default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)  # the owner removes files, then the row

    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in State], default=State.STOPPED.value)
    reason = models.CharField(max_length=30, blank=True, default=Reason.NONE.value)
    state_text = models.CharField(max_length=500, blank=True, default="")
    state_at = models.DateTimeField(null=True, blank=True)
    state_expires_at = models.DateTimeField(null=True, blank=True)  # end of a temporary ban
    # The generation that the state speaks of: a start request is pending while it is behind `generation`.
    state_generation = models.IntegerField(default=0)

    # It brought down hosts that it had to itself: until then it shares none, whoever owns it (worker/suspicion.py).
    isolated_until = models.DateTimeField(null=True, blank=True)

    jid = models.CharField(max_length=60, blank=True, default="")
    lid = models.CharField(max_length=60, blank=True, default="")
    push_name = models.CharField(max_length=200, blank=True, default="")
    paired_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    last_inbound_at = models.DateTimeField(null=True, blank=True)

    # WhatsApp restricts what the account may send; see restrictions.py.
    restriction = models.CharField(max_length=40, blank=True, default="")
    restricted_at = models.DateTimeField(null=True, blank=True)
    restricted_until = models.DateTimeField(null=True, blank=True)

    # Who carries the session, and the fencing number: every write of an owner is conditional on the epoch.
    owner = models.CharField(max_length=100, blank=True, default="")
    epoch = models.IntegerField(default=0)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("workspace", "id"), name="session_workspace"),
            models.Index(fields=("desired", "owner"), name="session_desired_owner"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def labels(self) -> list[str]:
        return labels_split(self.label_text)

    @property
    def phone(self) -> str:
        """The account's number in E.164, empty before pairing."""
        return f"+{self.jid.partition('@')[0]}" if self.jid else ""

    @property
    def is_paired(self) -> bool:
        return bool(self.jid)

    @property
    def can_send(self) -> bool:
        return State(self.state) in SENDING_STATES

    @property
    def keepalive(self) -> str | None:
        """Does WhatsApp answer the keepalives of a connected session? The engine says when it does not."""
        if not self.can_send:
            return None
        return "unanswered" if self.reason == Reason.KEEPALIVE_TIMEOUT.value else "answered"

    @property
    def is_final(self) -> bool:
        """At rest: nothing changes until somebody starts the session."""
        return State(self.state) in FINAL_STATES

    @property
    def explanation(self) -> str:
        """The state's reason in a sentence that says what to do."""
        return self.state_text or REASON_TEXT.get(Reason(self.reason), "")


from sessions_app.cluster.models import Node  # noqa: E402, F401 - Django looks here
from sessions_app.snapshots.models import SessionKey, SessionSnapshot  # noqa: E402, F401 - Django looks here

sealed_field_register(SealedField(Session, "proxy_credentials", context=proxy_context))
