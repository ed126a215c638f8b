"""A tab of the chat page, as a browser asks for it: over HTTP."""

import http.client
import json
import re
import time

WAIT_S = 30.0


class Tab:
    """One tab: it enters with a key, and gathers what it is told."""

    def __init__(self, address):
        self.host, self.key = re.fullmatch(r"http://(127\.0\.0\.1:\d+)/#key=(.+)", address).groups()
        self.token, self.language, self.now = None, None, 0
        self.messages, self.notices, self.typing = {}, [], False

    def ask(self, method, path, body=b"", **headers):
        """(status, body, headers) of one request; a header of None is left out."""
        own = {"Host": self.host, "Origin": f"http://{self.host}", "Authorization": f"Bearer {self.token}"}
        connection = http.client.HTTPConnection(self.host, timeout=WAIT_S)
        connection.putrequest(method, path, skip_host=True)
        sent = {**own, "Content-Length": str(len(body)), **{key.replace("_", "-"): v for key, v in headers.items()}}
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body)
        try:
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def post(self, path, content=None):
        return self.ask("POST", path, json.dumps(content or {}).encode())[0]

    def enter(self, language="en"):
        status, body, _ = self.ask("POST", "/enter", json.dumps({"key": self.key}).encode(), Accept_Language=language)
        assert status == 200
        said = json.loads(body)
        self.token, self.language = said["token"], said["language"]
        return self.language

    def look(self):
        """Takes in the next news."""
        status, body, _ = self.ask("GET", f"/chat?after={self.now}")
        assert status == 200
        news = json.loads(body)
        self.now, self.typing, self.language = news["now"], news["typing"], news.get("language", self.language)
        self.messages |= {each["id"]: each for each in news["messages"]}
        for number in news["gone"]:
            self.messages.pop(number, None)
        self.notices += [each["text"] for each in news["notices"]]

    def until(self, condition):
        """The first thing that is true of the tab, once it has heard enough."""
        deadline = time.monotonic() + WAIT_S
        while not (found := condition(self)):
            assert time.monotonic() < deadline, self.messages
            self.look()
        return found

    def bots(self):
        return [each for each in self.messages.values() if not each["mine"]]

    def last(self):
        return self.bots()[-1] if self.bots() else None

    def press(self, message, label):
        data = next(each["data"] for row in message["rows"] for each in row if each["label"] == label)
        assert self.post("/chat/press", {"message": message["id"], "data": data}) == 200

    def says(self, words):
        """The bot's next message after these words."""
        before = len(self.bots())
        assert self.post("/chat/words", {"text": words}) == 200
        return self.until(lambda tab: len(tab.bots()) > before and tab.last())

    def agree(self):
        notice = self.says("/start")
        self.press(notice, notice["rows"][0][0]["label"])
        self.until(lambda tab: tab.messages[notice["id"]] != notice)
