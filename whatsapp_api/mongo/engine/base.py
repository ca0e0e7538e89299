"""django-mongodb-backend with upstream defects mended; see docs/adr/0001-mongodb-backend.md."""

from typing import Any

from django_mongodb_backend.base import DatabaseWrapper as MongoWrapper
from django_mongodb_backend.operations import DatabaseOperations as MongoOperations
from django_mongodb_backend.schema import DatabaseSchemaEditor as MongoSchemaEditor


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
    SchemaEditorClass = DatabaseSchemaEditor
    ops_class = DatabaseOperations
