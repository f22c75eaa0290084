//! A small client of Chromium's DevTools protocol: start it, open a page, ask it questions, hear its complaints.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use crate::world::Folder;

const PATIENCE: Duration = Duration::from_secs(30);

/// Where Chromium may be; none: the test says so and is passed over, but not in CI.
pub(crate) fn binary() -> Option<&'static str> {
    let found = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ]
    .into_iter()
    .find(|path| Path::new(path).exists());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "in CI there must be a Chromium in /usr/bin"
        );
        println!("skipped: there is no Chromium in /usr/bin");
    }
    found
}

/// One browser with one page.
pub(crate) struct Browser {
    child: Child,
    socket: WebSocket<TcpStream>,
    session: String,
    next: u64,
    complaints: Vec<String>,
    _profile: Folder,
}

impl Browser {
    /// Starts Chromium without a window.
    pub(crate) fn start(binary: &str) -> Browser {
        let profile = Folder::new("chromium");
        let child = Command::new(binary)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--no-proxy-server",
                "--remote-debugging-port=0",
                "--lang=en",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let port_file = profile.path().join("DevToolsActivePort");
        let began = Instant::now();
        let (port, path) = loop {
            let text = std::fs::read_to_string(&port_file).unwrap_or_default();
            let mut lines = text.lines();
            if let (Some(port), Some(path)) = (lines.next(), lines.next()) {
                break (port.parse::<u16>().unwrap(), path.to_owned());
            }
            assert!(began.elapsed() < PATIENCE, "Chromium gives no port");
            std::thread::sleep(Duration::from_millis(50));
        };
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) =
            tungstenite::client(format!("ws://127.0.0.1:{port}{path}"), stream).unwrap();
        let mut browser = Browser {
            child,
            socket,
            session: String::new(),
            next: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = browser.call(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in [
            "Page.enable",
            "Runtime.enable",
            "Log.enable",
            "Network.enable",
        ] {
            browser.call(domain, json!({}));
        }
        browser
    }

    /// The size of the page's window.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 }),
        );
    }

    /// Opens an address and waits until it is loaded.
    pub(crate) fn open(&mut self, url: &str) {
        let answer = self.call("Page.navigate", json!({ "url": url }));
        assert!(answer.get("errorText").is_none(), "{url}: {answer}");
        let loader = answer["loaderId"].as_str().unwrap_or_default().to_owned();
        assert!(!loader.is_empty(), "{url}: no navigation: {answer}");
        self.wait(
            &format!("{url} is loaded"),
            "document.readyState === 'complete' && location.href !== 'about:blank'",
        );
    }

    /// The value of an expression in the page.
    pub(crate) fn ask(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait(&mut self, what: &str, expression: &str) {
        let began = Instant::now();
        while !self.so(expression) {
            assert!(
                began.elapsed() < PATIENCE,
                "waited in vain: {what}; the page says: {}",
                self.text().chars().take(1_500).collect::<String>()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether an expression is true; not while the page is on its way to the next one.
    fn so(&mut self, expression: &str) -> bool {
        let heard = self.told(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        heard.pointer("/result/result/value") == Some(&Value::Bool(true))
    }

    /// The words that a person sees.
    pub(crate) fn text(&mut self) -> String {
        self.ask("document.body.innerText")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// What the page complained of since the last call: errors, refused sources, failed scripts.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // A question last in line: what was said before it has been heard.
        self.ask("1");
        std::mem::take(&mut self.complaints)
    }

    /// A picture of the whole page, for people.
    pub(crate) fn picture(&mut self, path: &Path) {
        let answer = self.call(
            "Page.captureScreenshot",
            json!({ "format": "png", "captureBeyondViewport": true }),
        );
        let bytes = garita_exchange::encode::from_base64(answer["data"].as_str().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        let heard = self.told(method, parameters);
        assert!(heard.get("error").is_none(), "{method}: {heard}");
        heard["result"].clone()
    }

    fn told(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket
            .send(Message::text(message.to_string()))
            .unwrap();
        loop {
            let Message::Text(text) = self.socket.read().unwrap() else {
                continue;
            };
            let heard: Value = serde_json::from_str(text.as_str()).unwrap();
            if heard["id"].as_u64() == Some(id) {
                return heard;
            }
            self.hear(&heard);
        }
    }

    fn hear(&mut self, event: &Value) {
        let parameters = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => {
                self.complaints
                    .push(parameters["exceptionDetails"].to_string());
            }
            Some("Runtime.consoleAPICalled") if parameters["type"] == "error" => {
                self.complaints.push(parameters["args"].to_string());
            }
            Some("Log.entryAdded") if parameters["entry"]["level"] == "error" => {
                self.complaints.push(parameters["entry"].to_string());
            }
            Some(_) | None => {}
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
