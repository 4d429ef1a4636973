"""The generated clients of the Python SDKs: each method of each area is called, each answer parses."""
import json

import pytest

from .administration import make_organization_keys
from .programs import run_program

pytestmark = pytest.mark.compat
@pytest.mark.parametrize("name", ["python-v3","python-v4","python-v5"])
def test_x(name, target):
    r = run_program(name, "python_sweep.py", target, COMPAT_PROJECT=target.project_id, **make_organization_keys(target))
    open(f"/tmp/sweep_{name}.json","w").write(json.dumps(r.report, indent=1)); open(f"/tmp/sweep_{name}.log","w").write(r.log)
