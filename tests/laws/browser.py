"""A browser for the pages: it opens them, fills in their forms and presses their buttons."""

from django.contrib.messages import get_messages
from django.contrib.messages.constants import SUCCESS
from django.test import Client

from .administration import person_named
from .forms import Form, NotOffered, forms_of

OUT = "/auth/login/"


class Pages:
    """A browser in which somebody is signed in, or nobody; a forger's minds no control.

    `opened` are pages that were read before, from the same state by the same person. `moved` counts
    the choices that were made on the form that was posted last.
    """

    def __init__(self, name, *, forging=False, opened=None):
        self.forging, self.answers, self.opened = forging, [], {} if opened is None else opened
        self.moved = 0
        self.client = Client(raise_request_exception=False)
        if name:
            self.client.force_login(person_named(name))

    def open(self, url):
        """Give the forms of a page."""
        if url not in self.opened:
            answer = self.opened[url] = self.client.get(url)
            self.answers.append(answer)
        answer = self.opened[url]
        return forms_of(answer.content.decode()) if answer.status_code == 200 else []

    def form(self, url, button, *, posts_to=""):
        """Find a form by the words its button begins with; a forger makes one up."""
        for one in self.open(url):
            fits = not posts_to or one.action == posts_to
            if fits and any(label.startswith(button) for label in one.buttons):
                return one
        if not self.forging:
            raise NotOffered(f"{button} on {url}")
        return Form(posts_to or url)

    def press(self, form, button, url="", **more):
        """Post a form by its button."""
        label = next((found for found in form.buttons if found.startswith(button)), "")
        data, self.moved = form.posted(label), form.moved
        if not label:
            data |= {name: [value] for name, value in more.items()}
        answer = self.client.post(form.action or url, data)
        self.answers.append(answer)
        return answer


def is_done(answer):
    """Tell whether a page says that it did it."""
    if answer.status_code != 302 or answer["Location"].startswith(OUT):
        return False
    levels = {message.level for message in get_messages(answer.wsgi_request)}
    return SUCCESS in levels and max(levels) == SUCCESS
