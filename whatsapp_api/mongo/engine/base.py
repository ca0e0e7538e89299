"""django-mongodb-backend with upstream defects mended; see docs/adr/0001-mongodb-backend.md."""

from contextlib import AbstractContextManager, ExitStack
from typing import Any

from django.db import DatabaseError
from django_mongodb_backend.base import DatabaseWrapper as MongoWrapper
from django_mongodb_backend.operations import DatabaseOperations as MongoOperations
from django_mongodb_backend.schema import DatabaseSchemaEditor as MongoSchemaEditor
from pymongo.errors import PyMongoError


class DatabaseOperations(MongoOperations):
    """`__iexact` reaches the server as a regular expression: escape it, or `name__iexact=".*"` matches all."""

    compiler_module = "whatsapp_api.mongo.engine.compiler"

    def prep_for_iexact_query(self, x: Any) -> Any:
        return self.prep_for_like_query(x)


class DatabaseSchemaEditor(MongoSchemaEditor):
    """A dict default in an aggregation update would be read as operators: say that it is a literal."""

    def effective_default(self, field: Any) -> Any:
        value = super().effective_default(field)
        return {"$literal": value} if isinstance(value, dict) else value


class DatabaseWrapper(MongoWrapper):
    """Tells of a commit that failed as of any other query, and never goes on in what is left of that transaction."""

    SchemaEditorClass = DatabaseSchemaEditor
    ops_class = DatabaseOperations
    session: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._held = ExitStack()

    def hold(self, lock: AbstractContextManager[Any]) -> None:
        """Enter `lock` until this transaction is over, however it ends; what waits for the commit comes after that."""
        self._held.enter_context(lock)

    def commit_mongo(self) -> None:
        if self.session:
            try:
                self.session.commit_transaction()
            except PyMongoError as error:
                self.run_on_commit.clear()
                raise DatabaseError(str(error)) from error
            finally:
                self._end_session()
        self.run_and_clear_commit_hooks()

    def forget_transaction(self) -> None:
        """Whatever is left of one that broke off half-way."""
        self.run_on_commit.clear()
        if self.session:
            self._end_session()

    def _end_session(self) -> None:
        self._held.close()
        session, self.session = self.session, None
        session.end_session()
