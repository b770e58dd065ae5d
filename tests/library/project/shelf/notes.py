from django.db import transaction

from roles.services.audit import record
from roles.services.log_actions import declare_actions
from roles.services.undoing import found, keeps, undoes

from .models import Note

declare_actions({"note.written": "wrote %(subject)s", "note.torn": "tore up %(subject)s"})
keeps("note.torn", because="Paper does not come back. Write the note again.")


def write_note(*, acting_user, text):
    with transaction.atomic():
        note = Note.objects.create(text=text)
        record(acting_user=acting_user, action="note.written", subject=note)
    return note


@undoes("note.written")
def tear_up(acting_user, entry):
    note = found(Note, entry.subject_id)
    record(acting_user=acting_user, action="note.torn", subject=note)
    note.delete()
