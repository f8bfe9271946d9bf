"""Those who ship for us, read from the shop's file."""

import re

from domain.partner import How, Partner, Partners
from flow.load.form import Book, Form
from flow.load.reader import Table, read

KEYS = ("how", "email", "language")
OTHERWISE = "otherwise"
LONGEST_NAME = 80
# No more than tells a slip from an address; the mail server has the last word.
EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+\Z")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z")


def read_partners(source: str | bytes, file: str) -> tuple[Partners, Book]:
    """An empty file, or none, lets every partner be tried out."""
    if not source:
        return Partners(), Book(file)
    table, findings = read(source, file)
    book = Book(file, findings, unreadable=bool(findings) and not table.rows)
    known: list[Partner] = []
    otherwise: Partner | None = None
    for name, node in table.rows.items():
        book.places[(name,)] = table.keys[name]
        if not isinstance(node, Table):
            book.add(node, "a partner is a table", "write its keys below it, indented", "value")
            continue
        partner = _partner(Form(book, node, KEYS, (name,), "a partner"), name)
        if name == OTHERWISE:
            otherwise = partner
        else:
            known.append(partner)
    _check_names(book, table, known)
    return Partners(tuple(known), otherwise), book


def _partner(form: Form, name: str) -> Partner:
    form.needs("how", f"add how: {', '.join(How)}")
    how = How(form.one_of("how", tuple(How), How.SIMULATED))
    email, language = form.text("email"), form.text("language", "en")
    at = form.node("email")
    if at is not None and (name == OTHERWISE or not EMAIL.match(email)):
        told = "many partners have no address in common" if name == OTHERWISE else "no mail address"
        form.wrong(at, f"`email` cannot be '{email}': {told}", "write one address, as in a@b.example")
    if how == How.MAIL and at is None:
        form.needs("email", "add email: where their orders go", "missing", "`how: mail` needs an address")
    spoken = form.node("language")
    if spoken is not None and not LANGUAGE.match(language):
        form.wrong(spoken, f"`language` cannot be '{language}'", "write a language as in en or de")
    return Partner(name, how, email, language)


def _check_names(book: Book, table: Table, known: list[Partner]) -> None:
    partners = Partners(tuple(known), None)
    for partner in known:
        key = table.keys[partner.name]
        if not partner.name.isprintable() or len(partner.name) > LONGEST_NAME:
            told = f"a partner's name has up to {LONGEST_NAME} letters"
            book.add(key, told, "shorten it, here and in the shop", "id")
        first = partners.find(partner.name)
        if first is not None and first.name != partner.name:
            told = f"'{partner.name}' is '{first.name}' in other letters"
            book.add(key, told, "keep one of them", "duplicate-key")
