# Made from _async by scripts/unasync.py.
