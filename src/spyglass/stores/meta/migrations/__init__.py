"""Alembic revisions of the metadata store, applied by `stores/meta/migrate.py`."""
