"""Bodies of requests and answers about tokens and the own account."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from rest_framework import serializers

LONGEST_TOKEN = 4096
LONGEST_PASSWORD = 1024  # argon2 hashes all of it


class CredentialsSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    code = serializers.CharField(max_length=20, required=False, allow_blank=True, help_text="Of the second factor.")


class PairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="For the header `Authorization: Bearer …`.")
    refresh = serializers.CharField(help_text="Good for one renewal.")


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=LONGEST_TOKEN)


class VerifySerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=LONGEST_TOKEN)


class PasswordSerializer(serializers.Serializer[Any]):
    current = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    new = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)

    def validate_new(self, value: str) -> str:
        validate_password(value, self.context["user"])
        return value


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField(help_text="For `/ws/events?ticket=…`, once.")
    expires_in = serializers.IntegerField(help_text="Seconds.")
