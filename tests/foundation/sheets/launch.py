"""Run one command and tell what it cost: `python -I -S launch.py SECONDS WORD...`, its stdin and stdout passed on.

The kernel counts into a child's peak what its parent held when it was started; a test run holds hundreds of
megabytes, this process nine. Says `{"status": ..., "peak": bytes, "cpu": seconds}` on stderr.
"""

import json
import os
import signal
import sys


def main() -> None:
    seconds, *words = sys.argv[1:]
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.execve(words[0], words, {"LC_ALL": "C"})
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(int(seconds))
    _, status, used = os.wait4(child, 0)
    said = {
        "status": os.waitstatus_to_exitcode(status),
        "peak": used.ru_maxrss * 1024,
        "cpu": used.ru_utime + used.ru_stime,
    }
    print(json.dumps(said), file=sys.stderr)


main()
