"""Chromium, driven over its DevTools protocol: one browser and one tab for all tests.

A test goes to a page, asks it something in JavaScript, moves the mouse and presses keys
as a reader would. What the page complained about meanwhile is in :attr:`complaints`.
"""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

# No services of its maker: they look up hosts at every start, and tests have no network.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-dev-shm-usage", "--remote-debugging-port=0",
)  # fmt: skip
PATIENCE = 60  # seconds for one answer, on a machine that is busy
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}


class Chromium:
    """A browser with one tab.

    :param program: the path of Chromium.
    :param profile: an empty folder for its profile.
    """

    def __init__(self, program: str, profile: Path) -> None:
        import websocket

        self.complaints: list[str] = []
        self.count = 0
        self.loaded = False
        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            port = until(lambda: self._port(profile / "DevToolsActivePort"))
            with urlopen(f"http://127.0.0.1:{port}/json") as answer:
                tab = next(one for one in json.load(answer) if one["type"] == "page")
            self.socket = websocket.create_connection(
                tab["webSocketDebuggerUrl"], timeout=PATIENCE, suppress_origin=True
            )
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def _port(self, file: Path) -> str | None:
        assert self.process.poll() is None, "Chromium has ended at once"
        return file.read_text().split("\n")[0] if file.is_file() else None

    def close(self) -> None:
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and give its result."""
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while (message := json.loads(self.socket.recv())).get("id") != self.count:
            self._event(message)
        assert "error" not in message, (method, message["error"])
        return message["result"]

    def _event(self, message: Mapping[str, Any]) -> None:
        match message.get("method"):
            case "Page.loadEventFired":
                self.loaded = True
            case "Runtime.exceptionThrown":
                self.complaints.append(str(message["params"]["exceptionDetails"]))
            case "Log.entryAdded":
                entry = message["params"]["entry"]
                self.complaints.append(f"{entry['text']} ({entry.get('url')})")

    def look(
        self, *, width: int = 1280, height: int = 800, dark: bool = False, media: str = ""
    ) -> None:
        """Set the window's size, what the system's colours are, and the medium."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        size = {"width": width, "height": height}
        self.call(
            "Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=width < 600
        )
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def scripts(self, on: bool) -> None:
        """Let pages run their scripts, or not."""
        self.call("Emulation.setScriptExecutionDisabled", value=not on)

    def go(self, url: str, **look: Any) -> None:
        """Load a page, in a window that looks so, and wait until all of it is there."""
        self.look(**look)
        self.complaints.clear()
        self.loaded = False
        answer = self.call("Page.navigate", url=url)
        assert "errorText" not in answer, (url, answer)
        while not self.loaded:
            self._event(json.loads(self.socket.recv()))

    def ask(self, expression: str) -> Any:
        """Give the value of a JavaScript expression; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=expression,
            awaitPromise=True, returnByValue=True, userGesture=True,
        )  # fmt: skip
        assert "exceptionDetails" not in answer, (expression[:200], answer["exceptionDetails"])
        return answer["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait until a JavaScript expression is true, and give its value."""
        return until(lambda: self.ask(expression), expression)

    def click(self, selector: str) -> None:
        """Move the mouse to an element and press its button there."""
        name = json.dumps(selector)
        self.ask(f"document.querySelector({name}).scrollIntoView({{block: 'center'}})")
        box = self.ask(f"document.querySelector({name}).getBoundingClientRect().toJSON()")
        assert box["width"] > 0, f"{selector} is not to be seen"
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key of :data:`KEYS`, alone or with the shift key."""
        text = {"text": "\r"} if key == "Enter" else {}
        code = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key], "modifiers": 8 * shift}
        self.call("Input.dispatchKeyEvent", type="keyDown", **code, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def type(self, text: str) -> None:
        """Press the keys that give a text."""
        for letter in text:
            self.call("Input.dispatchKeyEvent", type="keyDown", key=letter, text=letter)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=letter)

    def shot(self, file: Path, *, whole: bool = False) -> None:
        """Write a picture of the window, or of the whole page, as PNG."""
        more: dict[str, Any] = {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
            more = {"captureBeyondViewport": True, "clip": clip}
        file.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **more)["data"]))


def until(condition: Callable[[], Any], what: str = "Chromium") -> Any:
    """Wait until a condition holds, and give what it gave."""
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)
    return value
