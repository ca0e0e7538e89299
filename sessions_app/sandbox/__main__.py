"""``python -m sessions_app.sandbox``."""

import sys

from sessions_app.sandbox.app import main

sys.exit(main())
