"""The page of the API's description works under the site's headers."""


def test_the_description_opens_without_a_console_message(sign_in):
    """No inline script, no inline style, nothing from elsewhere (CSP)."""
    page = sign_in("rep")
    page.goto("/api/v1/docs/")
    page.get_by_text("/api/v1/contacts/", exact=True).first.wait_for()
    page.get_by_text("/api/v1/me/", exact=True).first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.get_by_text('"username": "rep"').first.wait_for()
    assert page.problems == []


def test_the_description_makes_a_record_with_the_session_s_token(sign_in):
    page = sign_in("rep")
    page.goto("/api/v1/docs/")
    made = page.evaluate(
        """async () => {
            const request = {url: location.origin + "/api/v1/leads/", method: "POST",
                headers: {"Content-Type": "application/json"}, credentials: "same-origin",
                body: JSON.stringify({last_name: "Described"})};
            const {url, ...sent} = requestInterceptor(request);
            return (await fetch(url, sent)).status;
        }"""
    )
    assert made == 201
    assert page.problems == []
