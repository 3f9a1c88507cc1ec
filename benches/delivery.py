#!/usr/bin/env python3
"""Writes the section of README.md about the queue: `delivery.py FILE` reads a figure a line."""

import sys

import section

# The targets: the most, in the unit of the figure; or at least.
TARGETS = {
    "try_send of an event of 300 bytes, half of the times, µs": 5,
    "try_send of an event of 300 bytes, 99 % of the times, µs": 50,
    "send().await into SQLite from 64 tasks over raw syncs, calls a second": ("at least", 8),
    "app to accepted through SQLite, events a second": ("at least", 100_000),
    "worker that drains SQLite, processor for an event, µs": 4,
    "PostgreSQL, drain over COPY out, calls a second": ("at least", 0.2),
    "PostgreSQL, drain over claims by update, calls a second": ("at least", 4),
    "PostgreSQL, what enqueue adds to a transaction of one row, of its time": 0.5,
    # Two batches are 1 MB.
    "most memory with 1,000,000 calls waiting in SQLite above idle, MB": 9,
    "SQLite opened with 100,000 calls after `kill -9`, first batch read, ms": 200,
}

SECTION = section.Section("delivery", TARGETS, """## The queue

Written by `benches/delivery`: medians of rounds, in which what is compared is measured in turns. The local Customer.io is a
process of its own. What is counted through crashes is in `crates/customerio-delivery/tests/matrix.md`.""")

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    SECTION.write(sys.argv[1])
