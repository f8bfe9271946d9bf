"""Notices are seen before anybody gets them, with real orders, and nothing is sent."""

from sqlmodel import select

from adapters.database.tables.mail import NoticeRow


async def test_every_notice_is_listed_with_its_languages(sign_in):
    ola = await sign_in("ola", "ops")

    page = (await ola.get("/notices")).text

    assert 'href="/notices/confirmation?order=100' in page
    assert 'href="/notices/confirmation?language=de' in page
    assert "stock_scarce" not in page


async def test_a_notice_is_shown_with_a_real_order_and_kept_nowhere(sign_in, database):
    ola = await sign_in("ola", "ops")

    page = (await ola.get("/notices/confirmation", params={"order": "1001"})).text

    assert "Thank you for your order 1001" in page
    assert "ada@example.org" in page.lower()
    assert "sandbox" in page
    with database.read() as session:
        assert session.exec(select(NoticeRow)).all() == []


async def test_it_is_shown_in_another_language(sign_in):
    ola = await sign_in("ola", "ops")

    page = (await ola.get("/notices/confirmation", params={"order": "1001", "language": "de"})).text

    assert "Danke für Ihre Bestellung 1001" in page


async def test_its_html_stands_alone_and_nothing_in_it_runs(sign_in):
    ola = await sign_in("ola", "ops")

    answer = await ola.get("/notices/confirmation/html", params={"order": "1001"})
    policy = answer.headers["content-security-policy"]

    assert "<!doctype html>" in answer.text
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


async def test_what_cannot_be_shown_says_why(sign_in):
    ola = await sign_in("ola", "ops")

    missing = await ola.get("/notices/confirmation", params={"order": "9999"})
    parcel = await ola.get("/notices/shipped", params={"order": "1001"})
    unknown = await ola.get("/notices/no_such", params={"order": "1001"})

    assert "There is no order 9999." in missing.text
    assert "cannot be filled in" in parcel.text
    assert unknown.status_code == 404
