"""`python3 -m whatsapp_api.ops.bootstrap run|test` makes the virtual environment ready.

Any Python 3 must be able to run this file, to say in one sentence that a newer one is needed.
"""

import sys


def main() -> int:
    if sys.version_info < (3, 11):
        sys.stderr.write(
            "error: Python 3.11 or newer is needed; this is %d.%d (%s). Install one and try again, or name it: "
            "PYTHON=/path/to/python3.11 make run\n" % (sys.version_info[0], sys.version_info[1], sys.executable)
        )
        return 1
    from whatsapp_api.ops.install import main as install

    return install(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
