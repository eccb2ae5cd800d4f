"""The staff door: whatever is typed into it is a right login or a wrong one."""


def test_a_login_with_a_control_character_is_a_wrong_one(client):
    client.get("/staff/login")
    response = client.post("/staff/login", {"email": "a\x00b@rehovot.example", "password": "x\x00"})
    assert response.status_code == 401
