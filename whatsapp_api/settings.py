"""All settings, read from the environment. docs/configuration.md lists them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.templatetags.static import static

from whatsapp_api.core import env
from whatsapp_api.core.databases import database_settings
from whatsapp_api.core.master_key import environment_check
from whatsapp_api.core.paths import data_dir, redis_socket
from whatsapp_api.core.redis_urls import redis_urls
from whatsapp_api.core.secret_key import secret_key
from whatsapp_api.core.storages import storages
from whatsapp_api.core.store_root import store_root

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir()

DEBUG = env.boolean("DJANGO_DEBUG", False)
SECRET_KEY = secret_key(DATA_DIR)
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
    "whatsapp_api.dashboard",
    "sessions_app",
    "messaging",
]
if ON_MONGODB:
    INSTALLED_APPS.append("django_mongodb_backend")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "whatsapp_api.core.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 2},
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
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CELERY_RESULT_EXPIRES = 60
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "events-prune": {"task": "events.prune", "schedule": 3600.0, "options": {"expires": 600}},
    "sessions-cleanup": {"task": "sessions.cleanup", "schedule": 3600.0, "options": {"expires": 600}},
    "sessions-cleanup-files": {
        "task": "sessions.cleanup_files",
        "schedule": 3600.0,
        "options": {"queue": "sessions", "expires": 600},
    },
}

# ---- REST ----
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
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
}
# Requests from one address, by endpoint below /api/v1/auth/.
TOKEN_RATES = {
    "token": env.rate("LOGIN_RATE", "20/m"),
    "refresh": env.rate("TOKEN_RATE", "120/m"),
    "verify": env.rate("TOKEN_RATE", "120/m"),
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
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}
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
SEND_TIMEOUT_SECONDS = env.integer("SEND_TIMEOUT_SECONDS", 90, minimum=1)
EVENTS_KEEP_DAYS = env.integer("EVENTS_KEEP_DAYS", 30, minimum=1)
# Sessions that nobody uses; 0 is never. Stopped only, unless CLEANUP_REMOVE.
CLEANUP_UNPAIRED_HOURS = env.integer("CLEANUP_UNPAIRED_HOURS", 72)
CLEANUP_LOGGED_OUT_DAYS = env.integer("CLEANUP_LOGGED_OUT_DAYS", 30)
CLEANUP_IDLE_DAYS = env.integer("CLEANUP_IDLE_DAYS", 0)
CLEANUP_REMOVE = env.boolean("CLEANUP_REMOVE", False)

# ---- browser security ----
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
BEHIND_TLS = env.boolean("BEHIND_TLS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None

# ---- logs ----
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "whatsapp_api.core.logs.RequestIdFilter"},
        "no_query": {"()": "whatsapp_api.core.logs.NoQueryFilter"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)-7s %(name)s [%(request_id)s] %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "django": {"handlers": []},  # Django's own handler would print every line a second time
        "django.request": {"level": "ERROR"},  # a 4xx is the caller's business, and in the answer
        "uvicorn.error": {"filters": ["no_query"]},
    },
}

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
    "SCRIPTS": [lambda request: static("dashboard/js/chrome.js")],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("dashboard/img/icon.svg")}
    ],
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
