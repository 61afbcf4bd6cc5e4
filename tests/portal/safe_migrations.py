"""What a migration may do while web processes of the version before are still serving.

They read and write by the models they know. So nothing they name may go, nothing may become narrower, no
row they write may be refused, and nobody may wait behind a lock for as long as a large table is read. Code
and SQL can't be judged from outside. What is refused here can still be right: then the migration says so
itself, operation by operation: `considered = {"RemoveField filing.notes": "0.4 read it last"}`.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

from openbeian.portal.migrating import AddIndexWhileServing, CreateModels

__all__ = ["problems"]

GONE = (
    "the version before still reads it: stop using it in one release and remove it in a later one, "
    "then say in `considered` which version read it last"
)
RENAMED = "the version before knows the old name: add the new one, write both, and remove the old one later"
REQUIRED = "the version before writes rows without it: make it nullable or give it a `db_default`"
COMPUTED = (
    "every row would be written anew behind a lock: add it nullable, and fill it in batches by a command"
)
INDEXED = (
    "its index would keep writers out while the table is read: add it without one, and make the index by "
    "AddIndexWhileServing in a migration of its own"
)
NARROWER = (
    "rows may not fit, or all are written anew behind a lock: add a new column beside it, and change over in "
    "a later release"
)
LOCKING = "it keeps writers out while the table is read: use AddIndexWhileServing"
IN_A_TRANSACTION = (
    "PostgreSQL makes no index concurrently inside a transaction: give the migration `atomic = False`"
)
STRICTER = (
    "rows that the version before writes may be refused: keep to it in one release, add it in the next, and "
    "say so in `considered`"
)
NO_WAY_BACK = "there is no way back from it: give what undoes it, or `noop`"
UNREADABLE = (
    "nobody can see from outside what it does: rewrite rows in batches by a command, or say in `considered` "
    "why the version before can live with it and how long it takes"
)
UNKNOWN = "the check doesn't know it: teach it to, or say in `considered` why it is safe"

_LOOSENING = (
    operations.CreateModel,
    CreateModels,
    operations.AlterModelManagers,
    operations.AlterModelOptions,
    operations.AlterModelTableComment,
    operations.RemoveConstraint,
    operations.RemoveIndex,
    operations.RenameIndex,
)


class Change(NamedTuple):
    """An operation, its migration, the state before it, and the models that are new in the migration."""

    operation: Operation
    migration: Migration
    before: ProjectState
    new: frozenset[str]


def problems(migration: Migration, state: ProjectState) -> list[str]:
    """Return what is wrong with a migration, a sentence each; take the state on to what it is afterwards."""
    considered = dict(getattr(migration, "considered", {}))
    found, new = [], frozenset()
    for operation in migration.operations:
        reason = _refused(Change(operation, migration, state, new))
        said = considered.pop(_name(operation), "").strip() if reason else ""
        if reason and not said:
            found.append(f"{migration}: {_name(operation)}: {reason}.")
        known = set(state.models)
        operation.state_forwards(migration.app_label, state)
        new |= {model for _app, model in set(state.models) - known}
    return found + [f"{migration}: `considered` names {name}, which needs none." for name in considered]


def _refused(change: Change) -> str | None:
    for kinds, rule in _RULES:
        if isinstance(change.operation, kinds):
            return rule(change)
    return UNKNOWN


def _name(operation: Operation) -> str:
    """Return what `considered` calls an operation."""
    kind = type(operation).__name__
    named = next(
        (getattr(operation, one) for one in ("index", "constraint") if hasattr(operation, one)), operation
    )
    if hasattr(operation, "code"):
        return f"{kind} {operation.code.__name__}"
    if hasattr(named, "model_name") and hasattr(named, "name"):
        return f"{kind} {named.model_name}.{named.name}"
    name = next((getattr(named, one) for one in ("name", "old_name", "sql") if hasattr(named, one)), "")
    return f"{kind} {name}".strip()


def _is_new(change: Change) -> bool:
    return change.operation.model_name.lower() in change.new


def _added(change: Change) -> str | None:
    field = change.operation.field
    if _is_new(change) or field.many_to_many:
        return None
    if isinstance(field, models.GeneratedField) and field.db_persist:
        return COMPUTED
    if field.db_default is not NOT_PROVIDED and not isinstance(
        field.db_default, bool | int | str | models.Value
    ):
        return COMPUTED
    if not field.null and field.db_default is NOT_PROVIDED:
        return REQUIRED
    return INDEXED if field.unique or field.db_index else None


def _altered(change: Change) -> str | None:
    operation = change.operation
    before = change.before.models[change.migration.app_label, operation.model_name.lower()].fields[
        operation.name
    ]
    if _is_new(change):
        return None
    return _narrowed(before, operation.field)


def _narrowed(before: models.Field, after: models.Field) -> str | None:
    if not _holds_all(before, after):
        return NARROWER
    if (before.null and not after.null) or (_has_default(before) and not _has_default(after)):
        return REQUIRED
    return INDEXED if after.unique > before.unique or after.db_index > before.db_index else None


def _has_default(field: models.Field) -> bool:
    return field.db_default is not NOT_PROVIDED


def _holds_all(before: models.Field, after: models.Field) -> bool:
    """Return whether a column's new type holds what the old one did, without rows being written anew."""
    if before.remote_field or after.remote_field:
        return _pointed_at(before) == _pointed_at(after)
    kinds = (before.get_internal_type(), after.get_internal_type())
    if kinds == ("CharField", "CharField"):
        return after.max_length is None or (before.max_length or after.max_length + 1) <= after.max_length
    if kinds == ("CharField", "TextField"):
        return True
    return before.db_type(connection) == after.db_type(connection) and kinds[0] == kinds[1]


def _pointed_at(field: models.Field) -> str:
    return str(field.remote_field and field.remote_field.model).lower()


def _indexed(change: Change) -> str | None:
    return None if _is_new(change) else LOCKING


def _indexed_while_serving(change: Change) -> str | None:
    return IN_A_TRANSACTION if change.migration.atomic else None


def _constrained(change: Change) -> str | None:
    return None if _is_new(change) else STRICTER


def _ran(change: Change) -> str:
    return UNREADABLE if change.operation.reversible else NO_WAY_BACK


def _separated(change: Change) -> str | None:
    inner = (_refused(change._replace(operation=one)) for one in change.operation.database_operations)
    return next((one for one in inner if one), None)


def _always(reason: str | None) -> Callable[[Change], str | None]:
    return lambda _change: reason


def _rules() -> Iterator[tuple[type | tuple[type, ...], Callable[[Change], str | None]]]:
    yield _LOOSENING, _always(None)
    yield (operations.RemoveField, operations.DeleteModel), _always(GONE)
    yield (operations.RenameField, operations.RenameModel, operations.AlterModelTable), _always(RENAMED)
    yield operations.AddField, _added
    yield operations.AlterField, _altered
    yield AddIndexWhileServing, _indexed_while_serving
    yield operations.AddIndex, _indexed
    yield operations.AddConstraint, _constrained
    yield (operations.RunPython, operations.RunSQL), _ran
    yield operations.SeparateDatabaseAndState, _separated


_RULES = list(_rules())
