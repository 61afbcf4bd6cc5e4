"""The portal's settings. What differs between sites comes from the environment, here and only here.

| variable | meaning | default |
|---|---|---|
| BEIAN_HOME | where database, uploads, keys and public files live | ./var |
| BEIAN_PRODUCTION | 1 on a real portal: HTTPS only, no demo profile, secrets must be given | 0 |
| BEIAN_SECRET_KEY, BEIAN_SECRET_KEY_FILE | signs cookies and links | made once, kept in BEIAN_HOME/keys |
| BEIAN_HOSTS | names the portal answers to, with commas | localhost,127.0.0.1,[::1] |
| BEIAN_ORIGIN | the portal's public address, without a slash at the end | http://localhost:8000 |
| DATABASE_URL | another database, such as postgres://… | SQLite in BEIAN_HOME |
| BEIAN_UPLOAD_MIB | the largest file an application may carry | 512 |
| BEIAN_CLAMD | ClamAV's daemon, as host:port or a socket's path; files wait until it has seen them | none |
| BEIAN_SNAPSHOT_TTL_S, BEIAN_SNAPSHOT_GRACE_S | freshness of a snapshot, grace after it | 60, 86400 |
| BEIAN_LOG_ORIGIN | the name of the transparency log | beian.local/log |
| BEIAN_WITNESSES | witnesses of the log, with commas: address, space, verifier key | none |
| BEIAN_ISSUER | the issuer written on certificates | OpenBeian |
| BEIAN_FONTS | folders with Chinese fonts for PDF certificates, with commas | Debian's fonts-noto-cjk |
| BEIAN_PDF_KEY, BEIAN_PDF_KEY_PASSWORD | PKCS #12 file that signs PDF certificates, its password | none |
| BEIAN_WITHOUT_SECOND_FACTOR | 1 in a demonstration: no second factors; refused in production | 0 |
| BEIAN_REQUESTS_A_MINUTE | by one address, person or key and worker process; 0 for no limit | 600 |
| BEIAN_OIDC_SERVER, BEIAN_OIDC_NAME | an OpenID Connect provider to sign in through, its name here | none |
| BEIAN_OIDC_CLIENT, BEIAN_OIDC_SECRET | our id and secret with that provider | none |
| BEIAN_TIMESTAMPS | the address of a timestamp service (RFC 3161) for those signatures | none |
| BEIAN_BANK_KEYS | file of the keys that seal hidden banks (docs: re-test) | BEIAN_HOME/keys/banks |
| BEIAN_PRIVATE_WORK | where a worker keeps evidence in the clear while it works; best in memory | /dev/shm |
| BEIAN_EMAIL_HOST | the mail server; without one, letters are printed | none |
| BEIAN_EMAIL_PORT, BEIAN_EMAIL_TLS | its port, 1 for STARTTLS | 587, 1 |
| BEIAN_EMAIL_USER, BEIAN_EMAIL_PASSWORD, BEIAN_EMAIL_PASSWORD_FILE | to sign in there | none |
| BEIAN_EMAIL_FROM | whom letters come from | openbeian@localhost |
| BEIAN_METRICS | 1 for Prometheus figures at /metrics | 0 |
| BEIAN_METRICS_TOKEN, BEIAN_METRICS_TOKEN_FILE | who asks for them; none: this machine only | none |
| BEIAN_DISK_LEFT_MIB | with less free disk the portal calls itself unready | 1024 |
| BEIAN_LOG_FORMAT, BEIAN_LOG_LEVEL | json or line | json in production, INFO |
| BEIAN_ACCESS_LOG | 1 to log every answer, by route | 1 in production |
| BEIAN_REASSESS_WORKDAYS | working days to assess again after an important update; no rule says | 20 |
| BEIAN_OUTBOUND_ALLOWED | ranges that may be called though not public, with commas: 10.1.0.0/16 | none |
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import dj_database_url

from openbeian.portal.environment import (
    env_bool,
    env_int,
    env_list,
    env_path,
    env_secret,
    env_switched_off,
    env_text,
    openid_origins,
    openid_providers,
)

BEIAN_HOME = env_path("BEIAN_HOME", "var")
BEIAN_PRODUCTION = env_bool("BEIAN_PRODUCTION")
BEIAN_ORIGIN = env_text("BEIAN_ORIGIN", "http://localhost:8000")
BEIAN_UPLOAD_BYTES = env_int("BEIAN_UPLOAD_MIB", 512, minimum=1) << 20
BEIAN_CLAMD = env_text("BEIAN_CLAMD")
BEIAN_SNAPSHOT_TTL_FOR = timedelta(seconds=env_int("BEIAN_SNAPSHOT_TTL_S", 60, minimum=1))
BEIAN_SNAPSHOT_GRACE_FOR = timedelta(seconds=env_int("BEIAN_SNAPSHOT_GRACE_S", 86_400, minimum=1))
BEIAN_LOG_ORIGIN = env_text("BEIAN_LOG_ORIGIN", "beian.local/log")
BEIAN_WITNESSES = env_list("BEIAN_WITNESSES")
BEIAN_ISSUER = env_text("BEIAN_ISSUER", "OpenBeian")
BEIAN_FONTS = [Path(one) for one in env_list("BEIAN_FONTS", "/usr/share/fonts/opentype/noto")]
BEIAN_PDF_KEY = env_text("BEIAN_PDF_KEY")
BEIAN_PDF_KEY_PASSWORD = env_text("BEIAN_PDF_KEY_PASSWORD")
BEIAN_TIMESTAMPS = env_text("BEIAN_TIMESTAMPS")
BEIAN_SECOND_FACTOR = not env_switched_off("BEIAN_WITHOUT_SECOND_FACTOR", production=BEIAN_PRODUCTION)
BEIAN_REQUESTS_A_MINUTE = env_int("BEIAN_REQUESTS_A_MINUTE", 600)
BEIAN_METRICS = env_bool("BEIAN_METRICS")
BEIAN_METRICS_TOKEN = env_text("BEIAN_METRICS_TOKEN")
BEIAN_DISK_LEFT_MIB = env_int("BEIAN_DISK_LEFT_MIB", 1024)
BEIAN_REASSESS_WORKDAYS = env_int("BEIAN_REASSESS_WORKDAYS", 20, minimum=1)
BEIAN_OUTBOUND_ALLOWED = env_list("BEIAN_OUTBOUND_ALLOWED")
BEIAN_BANK_KEYS = env_text("BEIAN_BANK_KEYS")
BEIAN_PRIVATE_WORK = env_text("BEIAN_PRIVATE_WORK")

SECRET_KEY = env_secret("BEIAN_SECRET_KEY", BEIAN_HOME / "keys" / "cookies", required=BEIAN_PRODUCTION)
DEBUG = False
ALLOWED_HOSTS = env_list("BEIAN_HOSTS", "localhost,127.0.0.1,[::1]")
ROOT_URLCONF = "openbeian.portal.urls"
WSGI_APPLICATION = "openbeian.portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "openbeian.portal.web",  # first: its templates win over those of the packages below
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks",
    "django_tasks_db",
    "openbeian.portal.audit",
    "openbeian.portal.accounts",
    "openbeian.portal.log",
    "openbeian.portal.applications",
    "openbeian.portal.review",
    "openbeian.portal.retests",
    "openbeian.portal.judging",
    "openbeian.portal.sandbox",
    "openbeian.portal.filings",
    "openbeian.portal.correspondence",
    "openbeian.portal.notices",
    "openbeian.portal.petitions",
    "openbeian.portal.duties",
    "openbeian.portal.sightings",
    "openbeian.portal.tallies",
    "openbeian.portal.register",
    "openbeian.portal.statistics",
    "openbeian.portal.bulletins",
    "openbeian.portal.opendata",
    "openbeian.portal.api",
    "openbeian.portal.operations",
]
MIDDLEWARE = [
    "openbeian.portal.operations.middleware.ObserveMiddleware",  # first: probes need nothing of the rest
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "openbeian.portal.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "openbeian.portal.accounts.middleware.RateMiddleware",
    "openbeian.portal.accounts.middleware.ReadingMiddleware",
    "openbeian.portal.accounts.middleware.SecondFactorMiddleware",
    "openbeian.portal.accounts.middleware.AuditorMiddleware",
    "openbeian.portal.accounts.middleware.SessionMiddleware",
    "openbeian.portal.web.middleware.DomainErrorMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "openbeian.portal.web.context.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -----------------------------------------------------------------------------------

_SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    # Every transaction takes the write lock as it begins, so that none fails half-way for want of it.
    "transaction_mode": "IMMEDIATE",
    # Without recursive triggers, INSERT OR REPLACE would walk round the append-only tables' guards.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON",
}


def _database() -> dict[str, Any]:
    url = env_text("DATABASE_URL")
    if url:
        # Compiling a query, or starting others to help with it, takes longer than any query of ours runs.
        parsed: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)}
        plain = "-c jit=off -c max_parallel_workers_per_gather=0"
        parsed["OPTIONS"] = {"options": plain, **parsed.get("OPTIONS", {})}
        return parsed
    BEIAN_HOME.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BEIAN_HOME / "db.sqlite3",
        "CONN_MAX_AGE": 60,
        "OPTIONS": _SQLITE_OPTIONS,
    }


DATABASES = {"default": _database()}

# --- Work in the background ---------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# --- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_ADAPTER = "openbeian.portal.accounts.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "openbeian.portal.accounts.adapter.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    name: f"openbeian.portal.accounts.entry_forms.{form}"
    for name, form in {
        "login": "SignIn",
        "reset_password": "Forgotten",
        "reset_password_from_key": "New",
        "change_password": "Change",
        "set_password": "Set",
        "reauthenticate": "Again",
    }.items()
}
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whoever's password or second factor changes hears of it
SOCIALACCOUNT_ADAPTER = "openbeian.portal.accounts.openid.KnownPeopleAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the provider's verified address says whose account it is
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = openid_providers(
    env_text("BEIAN_OIDC_SERVER"),
    client=env_text("BEIAN_OIDC_CLIENT"),
    secret=env_text("BEIAN_OIDC_SECRET"),
    name=env_text("BEIAN_OIDC_NAME"),
    production=BEIAN_PRODUCTION,
)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "openbeian.portal.accounts.adapter.SecondFactorAdapter"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is known by the invitation that went there
MFA_TOTP_ISSUER = "OpenBeian"
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute wrong
# Browsers know a key's place by its name; http only where it is this very machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BEIAN_PRODUCTION
EMAIL_BACKEND = env_text("BEIAN_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env_text("BEIAN_EMAIL_HOST")
EMAIL_PORT = env_int("BEIAN_EMAIL_PORT", 587, minimum=1)
EMAIL_HOST_USER = env_text("BEIAN_EMAIL_USER")
EMAIL_HOST_PASSWORD = env_text("BEIAN_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("BEIAN_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env_text("BEIAN_EMAIL_FROM", "openbeian@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_MAIL: Final = "django.core.mail.backends"
EMAIL_BACKEND = env_text("BEIAN_EMAIL_BACKEND", f"{_MAIL}.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend")

# --- Language and time --------------------------------------------------------------------------

LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_CODE = "zh-hans"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [("bulletins", Path(__file__).parents[1] / "bulletins" / "static")]
# Served straight from the packages, gathered as the process starts: nothing to collect beforehand.
WHITENOISE_USE_FINDERS = True
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 << 20

# --- Security -----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        # A form that leads on to the provider counts as sent to it.
        "form-action": ["'self'", *openid_origins(SOCIALACCOUNT_PROVIDERS)],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = BEIAN_PRODUCTION
CSRF_COOKIE_SECURE = BEIAN_PRODUCTION
LANGUAGE_COOKIE_SECURE = BEIAN_PRODUCTION
SECURE_SSL_REDIRECT = BEIAN_PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if BEIAN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEIAN_PRODUCTION
SECURE_HSTS_PRELOAD = BEIAN_PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEIAN_BEHIND_PROXY") else None
CSRF_TRUSTED_ORIGINS = [BEIAN_ORIGIN]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "openbeian.portal.web.log_lines.OneLineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "openbeian.portal.operations.log_format.JSONFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": env_text("BEIAN_LOG_FORMAT", "json" if BEIAN_PRODUCTION else "line"),
        }
    },
    "loggers": {
        "tuf": {"level": "WARNING"},  # it tells of every key that need not sign
        "openbeian.access": {
            "level": "INFO" if env_bool("BEIAN_ACCESS_LOG", default=BEIAN_PRODUCTION) else "WARNING"
        },
    },
    "root": {"handlers": ["stderr"], "level": env_text("BEIAN_LOG_LEVEL", "INFO")},
}
