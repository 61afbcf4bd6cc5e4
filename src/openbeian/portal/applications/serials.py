"""Running numbers without gaps or doubles, whoever else takes one at the same time."""

from openbeian.portal.applications.models import Serial

__all__ = ["take_serial"]


def take_serial(name: str) -> int:
    """Return the next number of the series `name`; call inside a transaction."""
    Serial.objects.get_or_create(name=name)
    serial = Serial.objects.select_for_update().get(name=name)
    serial.last += 1
    serial.save(update_fields=["last"])
    return serial.last
