//! A server on a port of its own and the plainest HTTP client there is, so that tests see the
//! bytes that leave and can send what no proper client would.

use access::{Hooks, Server, serve};
use engine::Live;
use facts::table::{Row, Shape, Table};
use facts::{Stamp, table::Value};
use flate2::write::GzDecoder;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, what it shows, and the way to stop it.
pub(crate) struct Site {
    pub(crate) live: Live,
    pub(crate) address: SocketAddr,
    stop: watch::Sender<bool>,
    server: Option<Server>,
}

/// All shapes, as the engine hands them out.
pub(crate) fn shapes() -> &'static [&'static Shape] {
    Box::leak(model::SHAPES.iter().chain(model::DECIDED_SHAPES).collect())
}

impl Site {
    pub(crate) fn start(hooks: Hooks) -> Self {
        Self::over(Live::new(), hooks)
    }

    /// One that shows what somebody else publishes.
    pub(crate) fn over(live: Live, hooks: Hooks) -> Self {
        let (stop, stopped) = watch::channel(false);
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = serve(listen, live.clone(), shapes(), stopped, hooks).expect("starts");
        Self { live, address: server.address, stop, server: Some(server) }
    }

    /// Publishes these rows of one table, given as column and value.
    pub(crate) fn publish(&self, table: &str, rows: &[&[(&str, Value)]]) -> u64 {
        self.live.publish(at(1_000), vec![make(table, rows)], vec![])
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.raw(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
    }

    /// Posts a form as a page of `origin` would, with more header lines, each with its CRLF.
    pub(crate) fn post(&self, path: &str, origin: &str, head: &str, body: &str) -> Answer {
        let origin = match origin {
            "" => String::new(),
            origin => format!("Origin: {origin}\r\n"),
        };
        self.raw(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{origin}{head}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// A request with a JSON body.
    pub(crate) fn send(&self, method: &str, path: &str, body: &serde_json::Value) -> Answer {
        self.send_with(method, path, "", body)
    }

    /// The same with more header lines, each with its CRLF.
    pub(crate) fn send_with(
        &self,
        method: &str,
        path: &str,
        head: &str,
        body: &serde_json::Value,
    ) -> Answer {
        let body = body.to_string();
        self.raw(&format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn raw(&self, request: &str) -> Answer {
        let mut socket = connect(self.address, request);
        let (mut bytes, mut part) = (Vec::new(), [0; 65_536]);
        let begun = Instant::now();
        while let n @ 1.. = socket.read(&mut part).expect("an answer") {
            bytes.extend_from_slice(&part[..n]);
            assert!(begun.elapsed() < PATIENCE, "an answer that does not end");
        }
        Answer::parse(bytes)
    }

    /// Watches a stream; `head` are more header lines, each with its CRLF.
    pub(crate) fn watch(&self, path: &str, head: &str) -> Watch {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n");
        let mut reader = BufReader::new(connect(self.address, &request));
        let mut line = String::new();
        reader.read_line(&mut line).expect("status line");
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        let mut head = String::new();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).expect("header line");
            head.push_str(&line);
        }
        let head = headers(&head);
        let gzip = head.get("content-encoding").is_some_and(|coding| coding == "gzip");
        let inflate = gzip.then(|| GzDecoder::new(Vec::new()));
        Watch { reader, headers: head, inflate, text: String::new(), bytes: 0 }
    }

    /// Stops the server and waits for its threads.
    pub(crate) fn stop(&mut self) {
        self.stop.send_replace(true);
        if let Some(server) = self.server.take() {
            server.join.join().expect("the server's thread ends");
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

pub(crate) fn at(secs: i64) -> Stamp {
    Stamp::from_secs(1_795_261_560 + secs)
}

/// The next patch that says anything about `what`.
pub(crate) fn patch(watch: &mut Watch, what: &str) -> serde_json::Value {
    for _ in 0..20 {
        let event = watch.news();
        assert_eq!(event.name, "patch");
        let data = event.json();
        if !data[what].is_null() {
            return data;
        }
    }
    panic!("no patch about {what}");
}

/// A table of that shape; columns that are not given are null. Sorted by key.
pub(crate) fn make(table: &str, rows: &[&[(&str, Value)]]) -> Table {
    let mut known = model::SHAPES.iter().chain(model::DECIDED_SHAPES);
    let shape = known.find(|shape| shape.name == table).expect("a table of the model");
    let mut rows: Vec<Row> = rows
        .iter()
        .map(|given| {
            let mut row = vec![Value::Null; shape.columns.len()];
            for (name, value) in *given {
                row[shape.column(name).unwrap_or_else(|| panic!("column {name}"))] = value.clone();
            }
            row
        })
        .collect();
    rows.sort();
    Table { shape, as_of: at(1_000), rows }
}

fn connect(address: SocketAddr, request: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).expect("connects");
    socket.set_read_timeout(Some(PATIENCE)).expect("timeout");
    socket.write_all(request.as_bytes()).expect("sends");
    socket
}

/// Header lines by their names in small letters.
fn headers(lines: &str) -> BTreeMap<String, String> {
    let named = lines.lines().filter_map(|l| l.split_once(':'));
    named.map(|(k, v)| (k.to_ascii_lowercase(), v.trim().to_owned())).collect()
}

/// What the server said.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    fn parse(bytes: Vec<u8>) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").expect("an empty line");
        let head = std::str::from_utf8(&bytes[..end]).expect("UTF-8");
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("status");
        let headers = headers(head);
        let body = &bytes[end + 4..];
        let body = match headers.get("content-encoding").map(String::as_str) {
            // An answer to HEAD has none.
            Some("gzip") if !body.is_empty() => {
                let mut plain = GzDecoder::new(Vec::new());
                plain.write_all(body).expect("gzip");
                plain.finish().expect("gzip to its end")
            }
            _ => body.to_vec(),
        };
        Self { status, headers, body: String::from_utf8(body).expect("UTF-8") }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

/// One server-sent event.
#[derive(Debug, Default)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) data: String,
}

impl Event {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.data).unwrap_or_else(|e| panic!("{e}: {}", self.data))
    }
}

/// A stream that is watched.
pub(crate) struct Watch {
    reader: BufReader<TcpStream>,
    pub(crate) headers: BTreeMap<String, String>,
    /// What makes text of the bytes of one who takes gzip.
    inflate: Option<GzDecoder<Vec<u8>>>,
    text: String,
    /// Bytes of events so far, as they travelled.
    pub(crate) bytes: usize,
}

impl Watch {
    /// The next event; `None` when the server ended the stream.
    pub(crate) fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let mut event = Event::default();
                let mut data = Vec::new();
                for line in block.lines() {
                    match line.split_once(": ").unwrap_or((line, "")) {
                        ("event", v) => event.name = v.into(),
                        ("id", v) => event.id = v.into(),
                        ("data", v) => data.push(v.to_owned()),
                        _ => {}
                    }
                }
                event.data = data.join("\n");
                return Some(event);
            }
            let mut size = String::new();
            self.reader.read_line(&mut size).expect("a chunk before the time is out");
            let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
            if size == 0 {
                return None;
            }
            let mut chunk = vec![0; size + 2];
            self.reader.read_exact(&mut chunk).expect("the chunk");
            self.bytes += size;
            let plain = match &mut self.inflate {
                None => chunk[..size].to_vec(),
                Some(inflate) => {
                    inflate.write_all(&chunk[..size]).expect("gzip");
                    inflate.flush().expect("all that came");
                    std::mem::take(inflate.get_mut())
                }
            };
            self.text.push_str(std::str::from_utf8(&plain).expect("whole characters"));
        }
    }

    /// The next event that is not the clock.
    pub(crate) fn news(&mut self) -> Event {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let event = self.next().expect("the stream goes on");
            if event.name != "clock" {
                return event;
            }
        }
        panic!("nothing new came");
    }
}
