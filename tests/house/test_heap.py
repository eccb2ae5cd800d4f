"""A process that stays for days gives large passing buffers back."""

import subprocess
import sys

PROGRAM = """
from argon2 import PasswordHasher
from service_desk import heap

def kept_kb():
    return int(next(line for line in open("/proc/self/status") if line.startswith("RssAnon")).split()[1])

heap.keep_small()
hasher = PasswordHasher(time_cost=1, memory_cost=19_456, parallelism=1)
hasher.hash("first")
before = kept_kb()
for _ in range(3):
    hasher.hash("again")
print(kept_kb() - before)
"""


def test_worker_keeps_nothing_of_the_passwords_it_has_checked():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 4_000
