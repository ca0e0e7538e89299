#!/usr/bin/env python
"""Django's command line."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "whatsapp_api.settings")
    from django.core.management import execute_from_command_line

    from whatsapp_api.core.command_trail import command_begin

    command_begin(sys.argv)
    execute_from_command_line(sys.argv)
