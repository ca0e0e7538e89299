"""All settings, read from the environment. docs/configuration.md lists them."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

from whatsapp_api.core import env, tracing
from whatsapp_api.core.databases import database_settings
from whatsapp_api.core.http.addresses import outgoing_policy
from whatsapp_api.core.log_formats import logging_settings
from whatsapp_api.core.master_key import environment_check
from whatsapp_api.core.paths import data_dir, redis_socket
from whatsapp_api.core.production import start_check
from whatsapp_api.core.redis_urls import redis_urls
from whatsapp_api.core.secret_key import secret_key
from whatsapp_api.core.storages import storages
from whatsapp_api.core.store_root import store_root

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir()

DEBUG = env.boolean("DJANGO_DEBUG", False)
SECRET_KEY = secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # replaced ones, until what they signed has expired
environment_check()  # MASTER_KEY, MASTER_KEY_FILE: a malformed one stops us here
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# ---- applications ----
DATABASES: dict[str, Any] = {"default": database_settings(env.text("DATABASE_URL"), DATA_DIR)}
ON_MONGODB = DATABASES["default"]["ENGINE"] == "whatsapp_api.mongo.engine"
DEFAULT_AUTO_FIELD = (
    "django_mongodb_backend.fields.ObjectIdAutoField" if ON_MONGODB else "django.db.models.BigAutoField"
)
MIGRATION_MODULES = (
    {name: f"whatsapp_api.mongo.migrations.{name}" for name in ("admin", "auth", "contenttypes")} if ON_MONGODB else {}
)
CONTRIB_APPS = [
    "whatsapp_api.mongo.contrib.MongoAuthConfig" if ON_MONGODB else "django.contrib.auth",
    "whatsapp_api.mongo.contrib.MongoContentTypesConfig" if ON_MONGODB else "django.contrib.contenttypes",
    "whatsapp_api.dashboard.admin_config.MongoDashboardAdminConfig"
    if ON_MONGODB
    else "whatsapp_api.dashboard.admin_config.DashboardAdminConfig",
]
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the plain "unfold" would put its own site in the place of ours
    *CONTRIB_APPS,
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "whatsapp_api.core",
    "whatsapp_api.mongo",
    "whatsapp_api.accounts",
    "whatsapp_api.events",
    "whatsapp_api.health",
    "whatsapp_api.metrics",
    "whatsapp_api.backup",
    "whatsapp_api.upkeep",
    "whatsapp_api.dashboard",
    "sessions_app",
    "messaging",
    "messaging.webhooks",
    "messaging.audience",
    "messaging.broadcasts",
]
if ON_MONGODB:
    INSTALLED_APPS.append("django_mongodb_backend")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "whatsapp_api.core.middleware.RequestIdMiddleware",
    "whatsapp_api.core.csp.ContentSecurityPolicy",
    "whatsapp_api.core.metrics_middleware.MetricsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "whatsapp_api.accounts.login.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whatsapp_api.accounts.audit.middleware.AuditMiddleware",
]
if tracing.ENABLED:
    MIDDLEWARE.insert(MIDDLEWARE.index("whatsapp_api.core.csp.ContentSecurityPolicy"), tracing.MIDDLEWARE)
ROOT_URLCONF = "whatsapp_api.urls"
ASGI_APPLICATION = "whatsapp_api.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# ---- accounts ----
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["whatsapp_api.accounts.login.backend.GuardedBackend"]
LOGIN_LOCK_AFTER = env.integer("LOGIN_LOCK_AFTER", 10, minimum=1)
LOGIN_LOCK_MINUTES = env.integer("LOGIN_LOCK_MINUTES", 15, minimum=1)
SECOND_FACTOR = env.choice("SECOND_FACTOR", "optional", ("optional", "required"))  # of dashboard users
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# ---- language and time ----
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# ---- files ----
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = storages(DATA_DIR)

# ---- Redis: broker, channel layer, cache, command streams ----
REDIS_URL = redis_urls(env.text("REDIS_URL") or f"unix://{redis_socket()}?db=0").plain
CACHES = {
    "default": {
        "BACKEND": "whatsapp_api.core.cache.CounterCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {
            "socket_timeout": 3,
            "socket_connect_timeout": 2,
            "serializer": "whatsapp_api.core.cache.JSONSerializer",
        },
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [
                {"address": REDIS_URL, "max_connections": 1000, "socket_timeout": 15, "socket_connect_timeout": 5}
            ],
            "prefix": "live",
        },
    }
}

# ---- Celery ----
CELERY_BROKER_URL = redis_urls(REDIS_URL).celery
# Nobody reads results; and a process whose results were lost with Redis wants to be restarted.
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
# Files may have workers of their own; what only the machine with the sessions can do goes there.
CELERY_TASK_ROUTES = {
    "media.fetch": {"queue": "media"},
    "media.prepare": {"queue": "media"},
    "media.sweep": {"queue": "media"},
    "sessions.cleanup_files": {"queue": "sessions"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    # Shows that beat lives; expires, so that nothing piles up while no worker runs.
    "health-tick": {"task": "health.tick", "schedule": 2.0, "options": {"expires": 2}},
    "media-clean": {"task": "media.clean", "schedule": 3600.0, "options": {"expires": 600}},
    "media-sweep": {"task": "media.sweep", "schedule": 20.0, "options": {"expires": 20}},
    "webhooks-prune": {"task": "webhooks.prune", "schedule": 3600.0, "options": {"expires": 600}},
    "backup": {"task": "backup.run", "schedule": 300.0, "options": {"expires": 250}},
    # Expires late enough for a worker that is busy or starts anew: a tick claims what it works on.
    "broadcasts-tick": {"task": "broadcasts.tick", "schedule": 1.0, "options": {"expires": 1}},
    "broadcasts-sweep": {"task": "broadcasts.sweep", "schedule": 20.0, "options": {"expires": 20}},
    "removals-sweep": {"task": "audience.removals_sweep", "schedule": 20.0, "options": {"expires": 20}},
    "imports-sweep": {"task": "audience.imports_sweep", "schedule": 10.0, "options": {"expires": 10}},
    "workspaces-removals-sweep": {"task": "workspaces.removals_sweep", "schedule": 5.0, "options": {"expires": 5}},
    "events-prune": {"task": "events.prune", "schedule": 3600.0, "options": {"expires": 600}},
    "messages-retain": {"task": "messages.retain", "schedule": 600.0, "options": {"expires": 300}},
    "logins-prune": {"task": "logins.prune", "schedule": 3600.0, "options": {"expires": 600}},
    "audit-prune": {"task": "audit.prune", "schedule": 3600.0, "options": {"expires": 600}},
    "messages-expire-scheduled": {"task": "messages.expire_scheduled", "schedule": 60.0, "options": {"expires": 50}},
    "messages-prune-keys": {"task": "messages.prune_keys", "schedule": 3600.0, "options": {"expires": 600}},
    "sessions-cleanup": {"task": "sessions.cleanup", "schedule": 3600.0, "options": {"expires": 600}},
    "sessions-cleanup-files": {"task": "sessions.cleanup_files", "schedule": 3600.0, "options": {"expires": 600}},
}

# ---- REST ----
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "whatsapp_api.accounts.api.authentication.ApiKeyAuthentication",
        "whatsapp_api.accounts.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["whatsapp_api.accounts.api.permissions.ScopePermission"],
    "DEFAULT_THROTTLE_CLASSES": ["whatsapp_api.accounts.limits.requests.RateLimits"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["whatsapp_api.core.api_parsers.JSONObjectParser"],
    "DEFAULT_SCHEMA_CLASS": "whatsapp_api.core.schema.Schema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "whatsapp_api.core.pagination.Pages",
    "EXCEPTION_HANDLER": "whatsapp_api.core.errors.handle",
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.integer("JWT_ACCESS_MINUTES", 30, minimum=1)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.integer("JWT_REFRESH_DAYS", 7, minimum=1)),
    "UPDATE_LAST_LOGIN": True,
    "AUTH_TOKEN_CLASSES": ("whatsapp_api.accounts.login.tokens.AccessToken",),
}
# Requests from one address, by endpoint below /api/v1/auth/.
TOKEN_RATES = {
    "token": env.rate("LOGIN_RATE", "20/m"),
    "refresh": env.rate("TOKEN_RATE", "120/m"),
    "verify": env.rate("TOKEN_RATE", "120/m"),
}
# Requests by key or user, and sends by session; a key may have its own. Empty: not limited.
API_RATES = {
    "api": env.rate_or_none("API_RATE", "12000/m"),
    "send": env.rate_or_none("SEND_RATE", "6000/m"),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "WhatsApp API",
    "DESCRIPTION": "Drive WhatsApp accounts over REST. Errors have one shape: "
    '`{"error": {"code", "message", "fields"?, "request_id"}}`.',
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "DeliveryStateEnum": "messaging.webhooks.models.DeliveryState",
        "ReplayStateEnum": "messaging.webhooks.models.ReplayState",
        "DisappearsAfterEnum": [(0, "off"), (86_400, "24 hours"), (604_800, "7 days"), (7_776_000, "90 days")],
        "MemberRoleEnum": "whatsapp_api.accounts.scopes.Role",
        "GroupRoleEnum": "messaging.models.GroupRole",
        "MessageKindEnum": "messaging.models.MessageKind",
        "MessageStateEnum": "messaging.models.MessageState",
        "BroadcastStateEnum": "messaging.broadcasts.models.BroadcastState",
        "RecipientStateEnum": "messaging.broadcasts.models.RecipientState",
        "ChannelRoleEnum": ["subscriber", "guest", "admin", "owner"],
    },
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "messaging.webhooks.openapi.describe_payloads",
        "drf_spectacular.hooks.postprocess_schema_enums",
        "whatsapp_api.events.openapi.describe_streams",
        "messaging.webhooks.openapi.describe_webhooks",
        "whatsapp_api.core.common_refusals.describe_common",
    ],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}
OUTGOING_POLICY = outgoing_policy(env.words("OUTGOING_PRIVATE_ALLOWED"))
DATA_UPLOAD_MAX_MEMORY_SIZE = env.integer("MAX_BODY_BYTES", 1_048_576, minimum=1024)

# ---- sessions and engine ----
SESSIONS_DIR = store_root(env.text("SESSIONS_DIR"))
SANDBOX_URL = env.text("SANDBOX_URL") or f"http://127.0.0.1:{env.integer('SANDBOX_PORT', 8765, minimum=1)}"
SESSION_HOST_CAPACITY = env.integer("SESSION_HOST_CAPACITY", 10, minimum=1)
SESSION_WORKER_CAPACITY = env.integer("SESSION_WORKER_CAPACITY", 200, minimum=1)
SESSION_LEASE_SECONDS = env.integer("SESSION_LEASE_SECONDS", 10, minimum=4)
SESSION_REBALANCE_SECONDS = env.integer("SESSION_REBALANCE_SECONDS", 5, minimum=1)
SESSION_SPARE_HOSTS = env.integer("SESSION_SPARE_HOSTS", 1, minimum=0)  # per provider, after it was used
# A host that uses more is replaced, one session after the other; 0 is no limit.
SESSION_HOST_MAX_FDS = env.integer("SESSION_HOST_MAX_FDS", 4000, minimum=0)
SESSION_HOST_MAX_RSS_MB = env.integer("SESSION_HOST_MAX_RSS_MB", 1000, minimum=0)
SESSION_HOST_MAX_AGE_HOURS = env.integer("SESSION_HOST_MAX_AGE_HOURS", 168, minimum=0)
HISTORY_DAYS = env.integer("HISTORY_DAYS", 30, minimum=1)
HISTORY_MESSAGES = env.integer("HISTORY_MESSAGES", 50, minimum=1)
NUMBER_CHECK_HOURS = env.integer("NUMBER_CHECK_HOURS", 24, minimum=0)
SEND_TIMEOUT_SECONDS = env.integer("SEND_TIMEOUT_SECONDS", 90, minimum=1)
# Messages; docs/api.md explains them.
RESENDS_AT_MOST = env.integer("RESENDS_AT_MOST", 3, minimum=0)
SCHEDULE_AT_MOST_DAYS = env.integer("SCHEDULE_AT_MOST_DAYS", 365, minimum=1)
SCHEDULED_LATE_HOURS = env.integer("SCHEDULED_LATE_HOURS", 24, minimum=1)
# How long WhatsApp lets a message be changed; phones show the old text, or ignore it, after that.
EDIT_WITHIN_MINUTES = env.integer("EDIT_WITHIN_MINUTES", 15, minimum=1)
REVOKE_WITHIN_HOURS = env.integer("REVOKE_WITHIN_HOURS", 60, minimum=1)
CALL_ANSWER_MINUTES = env.integer("CALL_ANSWER_MINUTES", 60, minimum=1)
IDEMPOTENCY_HOURS = env.integer("IDEMPOTENCY_HOURS", 24, minimum=1)
QUEUE_LIMIT = env.integer("QUEUE_LIMIT", 10_000, minimum=1)
RATE_PER_MINUTE = env.integer("RATE_PER_MINUTE", 60, minimum=0)
RATE_BURST = env.integer("RATE_BURST", 20, minimum=1)
RESTRICTION_HOURS = env.integer("RESTRICTION_HOURS", 24, minimum=1)
EVENTS_KEEP_DAYS = env.integer("EVENTS_KEEP_DAYS", 30, minimum=1)
EVENT_CONNECTIONS_PER_USER = env.integer("EVENT_CONNECTIONS_PER_USER", 100, minimum=1)
WEBHOOK_LOG_DAYS = env.integer("WEBHOOK_LOG_DAYS", 7, minimum=1)
WEBHOOK_DISABLE_DAYS = env.integer("WEBHOOK_DISABLE_DAYS", 5, minimum=1)
# Sessions that nobody uses; 0 is never. Stopped only, unless CLEANUP_REMOVE.
CLEANUP_UNPAIRED_HOURS = env.integer("CLEANUP_UNPAIRED_HOURS", 72)
CLEANUP_LOGGED_OUT_DAYS = env.integer("CLEANUP_LOGGED_OUT_DAYS", 30)
CLEANUP_IDLE_DAYS = env.integer("CLEANUP_IDLE_DAYS", 0)
CLEANUP_REMOVE = env.boolean("CLEANUP_REMOVE", False)

# ---- audit trail ----
AUDIT_KEEP_DAYS = env.integer("AUDIT_KEEP_DAYS", 400)  # 0: for ever
AUDIT_SENDS = env.boolean("AUDIT_SENDS", False)
# ---- files in messages ----
MEDIA_MAX_MB = {
    "image": env.integer("MEDIA_MAX_IMAGE_MB", 16, minimum=1),
    "sticker": env.integer("MEDIA_MAX_IMAGE_MB", 16, minimum=1),  # before it is made small
    "video": env.integer("MEDIA_MAX_VIDEO_MB", 100, minimum=1),
    "video_note": env.integer("MEDIA_MAX_VIDEO_MB", 100, minimum=1),
    "audio": env.integer("MEDIA_MAX_AUDIO_MB", 100, minimum=1),
    "voice": env.integer("MEDIA_MAX_AUDIO_MB", 100, minimum=1),
    "document": env.integer("MEDIA_MAX_DOCUMENT_MB", 2048, minimum=1),
}
MEDIA_MAX_MEGAPIXELS = env.integer("MEDIA_MAX_MEGAPIXELS", 50, minimum=1)
MEDIA_AUTO_DOWNLOAD_MB = env.integer("MEDIA_AUTO_DOWNLOAD_MB", 100)
MEDIA_FETCH_SECONDS = env.integer("MEDIA_FETCH_SECONDS", 120, minimum=1)
MEDIA_PREPARE_SECONDS = env.integer("MEDIA_PREPARE_SECONDS", 120, minimum=1)
LINK_PREVIEW_SECONDS = env.integer("LINK_PREVIEW_SECONDS", 8, minimum=1)
MEDIA_KEEP_DAYS = env.integer("MEDIA_KEEP_DAYS", 30)
MEDIA_QUOTA_MB = env.integer("MEDIA_QUOTA_MB", 10_240)
MEDIA_LINK_MINUTES = env.integer("MEDIA_LINK_MINUTES", 15, minimum=1)

# ---- browser security ----
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
BEHIND_TLS = env.boolean("BEHIND_TLS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^api/health/(live|ready)$", r"^metrics$"]  # asked for on the private network
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None

start_check(
    host=env.text("HOST"),
    behind_tls=BEHIND_TLS,
    debug=DEBUG,
    secret_key=SECRET_KEY,
    allowed_hosts=ALLOWED_HOSTS,
)

# ---- addresses ----
# Whose X-Forwarded-* headers count; with TLS a proxy on this machine is the usual case.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", "127.0.0.1,::1" if BEHIND_TLS else "")
IP_ALLOWLIST = env.networks("IP_ALLOWLIST")  # empty: from everywhere

# ---- backups ----
BACKUP_HOURS = env.integer("BACKUP_HOURS", 0)  # 0: only by hand
BACKUP_KEEP = env.integer("BACKUP_KEEP", 7, minimum=1)

# ---- metrics ----
METRICS_TOKEN = env.text("METRICS_TOKEN")

# ---- logs ----
# The runner's terminal is read by people; what a server prints is read by machines.
LOGGING = logging_settings(
    form=env.choice("LOG_FORMAT", "console" if DEBUG else "json", ("json", "console")),
    level=env.text("LOG_LEVEL", "INFO"),
    overrides=env.text("LOG_LEVELS"),
)
logging.captureWarnings(capture=True)

# ---- dashboard ----
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "WhatsApp API",
    "SITE_HEADER": "WhatsApp API",
    "SITE_SYMBOL": "forum",
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "whatsapp_api.dashboard.home.context",
    "STYLES": [lambda request: static("dashboard/dashboard.css")],
    "SCRIPTS": [
        lambda request: static("dashboard/js/early.js"),
        lambda request: static("dashboard/js/chrome.js"),
    ],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("dashboard/img/icon.svg")}
    ],
    "ACCOUNT": {
        "navigation": [{"title": "Second factor", "link": lambda request: reverse_lazy("admin:second-factor-setup")}]
    },
    "SIDEBAR": {"navigation": "whatsapp_api.dashboard.navigation.sidebar"},
    "COLORS": {
        # Emerald, a shade darker than usual from 600 on: white text on a button needs that contrast.
        "primary": {
            "50": "oklch(97.9% .021 166.113)",
            "100": "oklch(95% .052 163.051)",
            "200": "oklch(90.5% .093 164.15)",
            "300": "oklch(84.5% .143 164.978)",
            "400": "oklch(76.5% .177 163.223)",
            "500": "oklch(69.6% .17 162.48)",
            "600": "oklch(50.8% .118 165.612)",
            "700": "oklch(43.2% .095 166.913)",
            "800": "oklch(37.8% .077 168.94)",
            "900": "oklch(32% .065 170)",
            "950": "oklch(26.2% .051 172.552)",
        },
    },
}
