"""A process that is killed while it fixes leaves every file old or new."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

FILES = 200
CODE = """
import sys
from pathlib import Path
from synthlint.fixes.atomic import replace
print("go", flush=True)
for _ in range(1000):
    for path in sorted(Path(sys.argv[1]).glob("*.py")):
        data = path.read_bytes()
        replace(path, data.swapcase())
"""


def test_no_file_is_torn(tmp_path: Path) -> None:
    old = b"# a file of some size\n" * 5000
    for number in range(FILES):
        (tmp_path / f"f{number:03}.py").write_bytes(old)
    chance = random.Random(5)
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", CODE, str(tmp_path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.01, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = {path.read_bytes() for path in tmp_path.glob("*.py")}
        assert found <= {old, old.swapcase()}
        assert len(list(tmp_path.glob("*.py"))) == FILES
