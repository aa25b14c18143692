//! What a collector of OpenTelemetry is told, and that the server does not wait for one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::support::protobuf::{every, last};
use crate::support::{Server, column_row, demo_store, folder, phusong, run_json, text};

/// One span, as OTLP has it.
#[derive(Clone, Debug)]
struct Seen {
    name: String,
    trace: Vec<u8>,
    id: Vec<u8>,
    parent: Vec<u8>,
    kind: u64,
    attributes: Vec<(String, String)>,
}

impl Seen {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Texts as they are, whole numbers in digits.
fn attributes(message: &[u8], field: u64) -> Vec<(String, String)> {
    let pairs = every(message, field).into_iter().map(|pair| {
        let value = last(pair.bytes(), 2).unwrap().bytes();
        let value = last(value, 1).map(|v| v.text()).or_else(|| last(value, 3).map(|v| v.number().to_string()));
        (last(pair.bytes(), 1).unwrap().text(), value.unwrap_or_default())
    });
    pairs.collect()
}

/// The spans of an `ExportTraceServiceRequest`, and what is said of the service.
fn read(request: &[u8]) -> (Vec<(String, String)>, Vec<Seen>) {
    let (mut service, mut spans) = (Vec::new(), Vec::new());
    for resource_spans in every(request, 1) {
        let resource_spans = resource_spans.bytes();
        service.extend(last(resource_spans, 1).map(|r| attributes(r.bytes(), 1)).unwrap_or_default());
        for scope in every(resource_spans, 2) {
            for span in every(scope.bytes(), 2) {
                let span = span.bytes();
                let bytes = |field| last(span, field).map(|id| id.bytes().to_vec()).unwrap_or_default();
                spans.push(Seen {
                    name: last(span, 5).unwrap().text(),
                    trace: bytes(1),
                    id: bytes(2),
                    parent: bytes(4),
                    kind: last(span, 6).map_or(0, |kind| kind.number()),
                    attributes: attributes(span, 9),
                });
            }
        }
    }
    (service, spans)
}

/// A collector that takes what it is sent: its address, and each request's path and body.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, sender) = (stream.unwrap(), sender.clone());
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                loop {
                    let (mut line, mut length) = (String::new(), 0);
                    if reader.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    let path = line.split(' ').nth(1).unwrap().to_owned();
                    loop {
                        let mut header = String::new();
                        reader.read_line(&mut header).unwrap();
                        let header = header.trim().to_ascii_lowercase();
                        if header.is_empty() {
                            break;
                        }
                        if let Some(said) = header.strip_prefix("content-length:") {
                            length = said.trim().parse().unwrap();
                        }
                    }
                    let mut body = vec![0; length];
                    reader.read_exact(&mut body).unwrap();
                    let answer = "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
                    (&stream).write_all(answer.as_bytes()).unwrap();
                    if sender.send((path, body)).is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, receiver)
}

fn serve(endpoint: &str, more: &[(&str, &str)]) -> Server {
    let mut command = phusong();
    command.args(["serve", "--port", "0", "--db", &demo_store().to_string_lossy()]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).env("OTEL_BSP_SCHEDULE_DELAY", "100").envs(more.to_vec());
    Server::run(&mut command)
}

fn middle(server: &Server) -> String {
    let bounds = &server.json("/api/meta")["bounds"];
    let at = |i: usize| bounds[i].as_f64().unwrap();
    let (x, y) = column_row(f64::midpoint(at(0), at(2)), f64::midpoint(at(1), at(3)), 9);
    format!("9/{x}/{y}")
}

#[test]
fn the_trace_of_a_tile_is_the_callers_and_says_nothing_of_what_was_asked() {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    let db = store.to_string_lossy().into_owned();
    let made = run_json(&["token", "create", "--db", &db, "--role", "team", "--village", "13285-001"]);
    let secret = made["secret"].as_str().unwrap().to_owned();

    let (address, received) = collector();
    let mut command = phusong();
    command.args(["serve", "--port", "0", "--db", &db]).env("OTEL_BSP_SCHEDULE_DELAY", "100");
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &address).env("OTEL_SERVICE_NAME", "bản đồ");
    let server = Server::run(&mut command);
    let tile = format!("/tiles/communes,villages/{}?from=2026-01-02&filter=households%20%3E%207", middle(&server));
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let bearer = format!("Bearer {secret}");
    let asked = [("traceparent", &*format!("00-{trace}-{parent}-01")), ("authorization", &*bearer)];
    let reply = server.ask(&tile, &asked);
    assert_eq!(reply.status, 200, "{}", text(&reply.body));
    let file = server.ask("/export/villages.csv?filter=households%20%3E%207", &asked);
    assert_eq!(file.status, 200, "{}", text(&file.body));
    assert_eq!(server.get("/tiles/none/9/1/1").status, 404);

    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (mut spans, mut raw, patience) = (Vec::<Seen>::new(), Vec::new(), Instant::now());
    let found = |spans: &[Seen], name: &str| spans.iter().find(|span| span.name == name).cloned();
    let wanted = ["GET /tiles/{layers}/{z}/{x}/{y}", "tile", "GET /export/{file}", "export", "snapshot"];
    while wanted.iter().any(|name| found(&spans, name).is_none())
        || !spans.iter().any(|s| s.attribute("http.response.status_code") == Some("404"))
    {
        assert!(patience.elapsed() < Duration::from_secs(30), "{spans:#?}");
        let Ok((path, body)) = received.recv_timeout(Duration::from_secs(5)) else { continue };
        assert_eq!(path, "/v1/traces");
        let (service, more) = read(&body);
        assert!(service.contains(&("service.name".into(), "bản đồ".into())), "{service:?}");
        spans.extend(more);
        raw.extend(body);
    }
    let request = spans.iter().find(|s| s.name == wanted[0] && hex(&s.parent) == parent).unwrap();
    assert_eq!((hex(&request.trace).as_str(), request.kind), (trace, 2), "a server's, in the trace of the caller");
    let said: Vec<_> = request.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected = [
        ("http.request.method", "GET"),
        ("http.route", "/tiles/{layers}/{z}/{x}/{y}"),
        ("phusong.role", "team"),
        ("http.response.status_code", "200"),
    ];
    assert!(expected.iter().all(|pair| said.contains(pair)), "{said:?}");
    for (inner, outer) in [("tile", "GET /tiles/{layers}/{z}/{x}/{y}"), ("export", "GET /export/{file}")] {
        let (inner, outer) =
            (found(&spans, inner).unwrap(), spans.iter().find(|s| s.name == outer && hex(&s.trace) == trace).unwrap());
        assert_eq!((&inner.trace, &inner.parent), (&outer.trace, &outer.id), "{}", inner.name);
    }
    assert!(spans.iter().any(|span| span.name == "GET /api/meta" && span.parent.is_empty()), "a trace of its own");
    for private in ["13285", "2026-01-02", "filter", "households", "from=", "none", &secret, &secret[..20]] {
        assert!(!text(&raw).contains(private), "a span holds `{private}`");
    }
}

#[test]
fn what_the_standard_says_about_sampling_and_switching_off_is_heard() {
    for off in [("OTEL_TRACES_SAMPLER", "always_off"), ("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")]
    {
        let (address, received) = collector();
        let server = serve(&address, &[off]);
        assert_eq!(server.get("/health").status, 200);
        assert!(received.recv_timeout(Duration::from_millis(600)).is_err(), "{off:?}");
    }
}

#[test]
fn a_collector_that_is_down_or_never_answers_costs_no_time() {
    // One that nobody listens on, and one that takes connections and says nothing.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [closed, silent.local_addr().unwrap()] {
        let server = serve(&format!("http://{address}"), &[("OTEL_BSP_MAX_QUEUE_SIZE", "16")]);
        let plain = Instant::now();
        for _ in 0..200 {
            assert_eq!(server.get("/health").status, 200);
        }
        assert!(plain.elapsed() < Duration::from_secs(10), "{:?}", plain.elapsed());
        let stopping = Instant::now();
        let told = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
        assert!(told.success());
        let gone =
            || std::fs::read_to_string(format!("/proc/{}/stat", server.id())).map_or(true, |s| s.contains(") Z "));
        while !gone() {
            assert!(stopping.elapsed() < Duration::from_secs(15), "the server waits for its collector");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
