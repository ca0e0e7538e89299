"""Loaded by Python at its start when this folder is in PYTHONPATH: the wall clock of this process is wrong."""

import time

SECONDS = 30
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() + SECONDS
time.time_ns = lambda: _time_ns() + SECONDS * 1_000_000_000
