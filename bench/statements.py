"""How many SQL statements each request takes, warm. The tests assert the limits; here they are for reading."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from urllib.parse import urlsplit

from sqlalchemy import event, text

from bench.pages import CLERK, QUICK_SMALL, SMALL, report_form
from bench.report import absolute
from bench.stage import ROOT
from service_desk.app import create_app
from service_desk.extensions import db
from service_desk.people.seed import DEMO_PASSWORD

LIMITS = {"report by Open311": 12, "queue page": 4, "ticket page": 8, "tracking page": 4}


def measure(stage, *, quick=False):
    """Return one line for each request, counted in a process of its own."""
    env = stage.environment(stage.fresh_city(QUICK_SMALL if quick else SMALL))
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements"],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"counting statements failed:\n{done.stderr[-2000:]}")
    counted = json.loads(done.stdout.splitlines()[-1])
    return [absolute(f"SQL statements, {name}", count, "", LIMITS[name]) for name, count in counted.items()]


def _main():
    app, seen, chance = create_app(), [], random.Random(1)
    client = app.test_client()

    def count(ask):
        ask()
        seen.clear()
        assert ask().status_code in {200, 201}
        return len(seen)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: seen.append(1))
        with db.engine.connect() as connection:
            ticket = connection.execute(
                text("SELECT id FROM tickets WHERE NOT is_sensitive ORDER BY id DESC LIMIT 1")
            ).scalar_one()
    kind = "application/x-www-form-urlencoded"
    found = {
        "report by Open311": count(
            lambda: client.post("/open311/v2/requests.json", data=report_form(chance), content_type=kind)
        )
    }
    with app.app_context(), db.engine.connect() as connection:
        body = connection.execute(text("SELECT body FROM messages ORDER BY id DESC LIMIT 1")).scalar_one()
    link = urlsplit(re.search(r"http\S+", body).group(0)).path
    found["tracking page"] = count(lambda: client.get(link, follow_redirects=True))
    page = client.get("/staff/login").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    client.post("/staff/login", data={"csrf_token": token, "email": CLERK, "password": DEMO_PASSWORD})
    found["queue page"] = count(lambda: client.get("/desk/"))
    found["ticket page"] = count(lambda: client.get(f"/desk/t/{ticket}"))
    print(json.dumps(found))


if __name__ == "__main__":
    _main()
