"""What migrations do that Django has no operation for, on SQLite and PostgreSQL alike.

Django builds every model that is related to a changed one anew after each operation of a migration. With a
hundred tables that refer to each other this was nearly all the time that a new database took.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

__all__ = ["AddIndexWhileServing", "CreateModels"]


class CreateModels(Operation):
    """Several `CreateModel` as one operation: those that others refer to come first."""

    def __init__(self, *models: CreateModel) -> None:
        """Take the operations, in the order in which the tables are made."""
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the models to the state, and let them be built when they are asked for."""
        state.__dict__.pop("apps", None)  # or each of the next lines would build all that is related anew
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the tables."""
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove the tables."""
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Say what is done, for `migrate --plan`."""
        return f"Create models {', '.join(model.name for model in self.models)}"


class AddIndexWhileServing(AddIndex):
    """Make an index without keeping writers out; the migration needs `atomic = False`, PostgreSQL says.

    SQLite, which has one writer at a time anyway, makes it as any other.
    """

    atomic = False

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002  as Django gives it
        to_state: ProjectState,
    ) -> None:
        """Make the index."""
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.add_index(model, self.index, **_while_serving(schema_editor))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,  # noqa: ARG002  the same
    ) -> None:
        """Remove the index."""
        model = from_state.apps.get_model(app_label, self.model_name)
        schema_editor.remove_index(model, self.index, **_while_serving(schema_editor))


def _while_serving(schema_editor: BaseDatabaseSchemaEditor) -> dict[str, Any]:
    return {"concurrently": True} if schema_editor.connection.vendor == "postgresql" else {}
