"""The staff door: whatever is typed into it is a right login or a wrong one."""


def test_a_login_with_a_control_character_is_a_wrong_one(client):
    client.get("/staff/login")
    response = client.post("/staff/login", {"email": "a\x00b@rehovot.example", "password": "x\x00"})
    assert response.status_code == 401


def test_an_error_wears_the_head_of_whoever_reads_it(client):
    away = client.get("/desk/nothing-there?lang=en").get_data(as_text=True)
    assert "r-head" in away
    client.sign_in("clerk5@rehovot.example")
    for path, status in (("/desk/nothing-there", 404), ("/desk/t/1", 404), ("/admin/", 403)):
        answer = client.get(f"{path}?lang=en")
        page = answer.get_data(as_text=True)
        assert answer.status_code == status
        assert "d-top" in page
        assert "To the desk" in page
    client.sign_in("contractor@rehovot.example")
    page = client.get("/contractor/o/1?lang=en")
    assert page.status_code == 404
    assert "wl-head" in page.get_data(as_text=True)
