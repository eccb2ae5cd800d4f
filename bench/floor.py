"""What the measures are held against: the plainest Flask and SQLAlchemy that does the same kind of thing, on the same server.

`POST /rows` inserts and commits one row; `GET /rows` is a Jinja page of 50 rows by one indexed query; `GET /rows/<id>`
a page of one row. Run as `gunicorn "bench.floor:create_app()"`, with DATABASE_URL.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from flask import Flask, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Text, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rows</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.kind }}</td><td>{{ row.words }}</td><td>{{ row.due_at }}</td></tr>
{% endfor %}</table></body></html>"""


class Base(DeclarativeBase):
    """Base of the floor's one table."""


db = SQLAlchemy(model_class=Base)


class Row(db.Model):
    """One row, as wide as a small ticket."""

    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


def create_app(url=None):
    """Return the floor app. url: of its database; else DATABASE_URL."""
    app = Flask("floor")
    url = url or os.environ["DATABASE_URL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = url.replace("postgresql://", "postgresql+psycopg://", 1)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 8}
    db.init_app(app)
    app.add_url_rule("/rows", view_func=insert, methods=["POST"])
    app.add_url_rule("/rows", view_func=page, methods=["GET"])
    app.add_url_rule("/rows/<int:row_id>", view_func=one, methods=["GET"])
    app.add_url_rule("/", view_func=lambda: "hello world", endpoint="hello")
    return app


def insert():
    """Insert and commit one row."""
    row = Row(kind=request.form["service_code"], words=request.form["description"], due_at=datetime.now(UTC))
    db.session.add(row)
    db.session.commit()
    return {"id": row.id}, 201


def page():
    """Show fifty rows by due time, by one indexed query."""
    rows = db.session.scalars(select(Row).order_by(Row.due_at).limit(50)).all()
    return render_template_string(PAGE, rows=rows)


def one(row_id):
    """Show one row by its key."""
    return render_template_string(PAGE, rows=[db.get_or_404(Row, row_id)])


def fill(url, count):
    """Make the table and fill it. url: of the database."""
    app = create_app(url)
    # By the engine, not the session: in the bench's own process the product's sessions are set to their tenant.
    statement = """
        INSERT INTO rows (kind, words, due_at)
        SELECT 'RD-POTHOLE', 'A deep pothole in the middle of the lane, number ' || n, now() + n * interval '1 minute'
        FROM generate_series(1, :count) AS n
    """
    with app.app_context():
        db.create_all()
        with db.engine.begin() as connection:
            connection.execute(text(statement), {"count": count})
            connection.execute(text("ANALYZE rows"))
        db.engine.dispose()
