"""Unbound extensions; the factory binds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table; constraints get predictable names."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False, "autoflush": False})
if TYPE_CHECKING:
    Table = Model
else:
    #: what every table extends; the checker sees the plain declarative base
    Table = db.Model
babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
limiter = Limiter(
    key_func=get_remote_address, default_limits=[], swallow_errors=True, in_memory_fallback_enabled=True
)
