//! Many clients, slow clients, odd clients: the right status, a hint, flat memory, and never two epochs in one answer.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use phusong::api::serve::Patience;
use phusong::api::{App, Doors};
use phusong::model::access::Role;
use phusong::model::rules::Rules;

use crate::support::{Server, column_row, demo_store, folder, run_json, text};

fn copy() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    (folder, store)
}

fn connect(server: &Server) -> TcpStream {
    let address = server.base.strip_prefix("http://").unwrap();
    let stream = TcpStream::connect(address.to_socket_addrs().unwrap().next().unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// What comes back for bytes as they are; nothing where the connection was closed.
fn raw(server: &Server, request: &[u8]) -> String {
    let mut stream = connect(server);
    // The server may have answered and closed before it has read everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    text(&answer)
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

#[test]
fn odd_addresses_are_refused_with_a_hint_and_never_end_the_server() {
    let server = Server::of_demo();
    let huge = "9".repeat(400);
    let odd = [
        "/tiles/villages/99/0/0".to_owned(),
        "/tiles/villages/-1/0/0".to_owned(),
        "/tiles/villages/9/-3/1".to_owned(),
        "/tiles/villages/9/512/1".to_owned(),
        "/tiles/villages/9/1e3/1".to_owned(),
        "/tiles/villages/9/NaN/1".to_owned(),
        format!("/tiles/villages/9/{huge}/1"),
        "/tiles/villages/22/4294967296/1".to_owned(),
        "/tiles/villages/9/1/1/explain/more".to_owned(),
        "/tiles/villages,,villages/9/1/1".to_owned(),
        "/tiles/../../etc/passwd/9/1/1".to_owned(),
        "/tiles/..%2f..%2fetc%2fpasswd/9/1/1".to_owned(),
        "/tiles/%00/9/1/1".to_owned(),
        "/tiles/villages/9/1/1?operator=%00".to_owned(),
        "/tiles/villages/9/1/1?from=0000-00-00".to_owned(),
        "/tiles/villages/9/1/1/explain?nothing=1".to_owned(),
        "/ogc/collections/villages/tiles/WebMercatorQuad/99/1/1".to_owned(),
        format!("/ogc/collections/villages/items?filter={}", "(".repeat(5_000)),
        format!("/ogc/collections/villages/items?filter={}", "NOT%20".repeat(5_000)),
        format!("/ogc/collections/villages/items?limit={huge}"),
        "/ogc/collections/villages/items?bbox=1,2,3".to_owned(),
    ];
    for path in odd {
        let answer =
            raw(&server, format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").as_bytes());
        let shown = &path[..path.len().min(80)];
        assert!(matches!(status(&answer), 400 | 404), "{shown}: {}", &answer[..answer.len().min(300)]);
        assert!(answer.contains("application/problem+json") && answer.contains("\"hint\""), "{shown}: {answer}");
    }
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let server = Server::of_demo();
    let large = "x".repeat(200_000);
    for request in [
        format!("GET /health HTTP/1.1\r\nHost: a\r\nX-Large: {large}\r\n\r\n"),
        format!("GET /health?{large} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET /health HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-Many: 1\r\n".repeat(500)),
    ] {
        let answer = raw(&server, request.as_bytes());
        assert!(matches!(status(&answer), 0 | 414 | 431), "{}", &answer[..answer.len().min(200)]);
    }
    let answer = raw(&server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is TLS\r\n\r\n");
    assert!(matches!(status(&answer), 0 | 400), "{answer}");
    assert_eq!(server.get("/health").status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_finishes_its_head_is_let_go_and_so_is_one_that_asks_nothing_more() {
    let (_folder, store) = copy();
    let store = phusong::store::open(&store.to_string_lossy()).await.unwrap();
    let doors = Doors { unasked: Role::Department, demo: Vec::new() };
    let app = App::new(
        store,
        Rules::default(),
        (|| "2026-06-15T00:00:00Z".parse().unwrap()) as fn() -> jiff::Timestamp,
        doors,
        1 << 20,
    )
    .await
    .unwrap();
    let (at, listening) = tokio::sync::oneshot::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let patience = Patience { head: Duration::from_millis(500), stop: Duration::from_secs(1) };
    let serving = tokio::spawn(phusong::api::serve::serve(
        app,
        0,
        patience,
        move |address| at.send(address).unwrap(),
        async move { drop(stopped.await) },
    ));
    let address = listening.await.unwrap();
    for beginning in
        ["", "GET /health HT", "GET /health HTTP/1.1\r\nHost: a\r\nX-Slow: ", "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"]
    {
        let closed = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            stream.write_all(beginning.as_bytes()).unwrap();
            // To the end: the server closes, or this fails after 20 seconds.
            stream.read_to_end(&mut Vec::new())
        });
        assert!(closed.await.unwrap().is_ok(), "`{beginning}` is still waited for");
    }
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
}

/// Megabytes that the process holds.
#[cfg(target_os = "linux")]
fn resident_mb(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_idle_connections_are_held_in_little_memory() {
    const CONNECTIONS: usize = 10_000;
    let allowed = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let most = usize::try_from(allowed).unwrap_or(usize::MAX).saturating_sub(200).min(CONNECTIONS);
    let (_folder, store) = copy();
    let server = Server::start(&store);
    assert_eq!(server.get("/tiles/villages/9/406/226").status, 200);
    // Worked out unasked after a while: now, and not while we count.
    assert!((0..10).any(|_| server.get("/api/surface?limit=1").status == 200), "it may take longer than a request");
    let before = resident_mb(&server);
    let held: Vec<TcpStream> = (0..most).map(|_| connect(&server)).collect();
    assert_eq!(server.get("/health").status, 200, "with {} connections", held.len());
    let after = resident_mb(&server);
    // Hyper's own buffer of a connection is 8 kB, its task and the socket as much again.
    assert!(after < before + 400, "{before} MB became {after} MB with {most} connections");
    drop(held);
    assert_eq!(server.get("/health").status, 200);
}

/// One answer: its epoch, and what it must be for everybody who sees that epoch.
type Seen = Mutex<HashMap<(String, String), (u16, Vec<u8>)>>;

#[test]
fn no_answer_mixes_epochs_and_none_fails_while_imports_come_in() {
    let (folder, store) = copy();
    let server = Arc::new(Server::start(&store));
    let listed = server.json("/api/villages?limit=5000");
    // A village whose figure is neither hidden nor about to be complete.
    let open = |item: &&serde_json::Value| item["visited"].as_u64() > Some(20) && item["remaining"].as_u64() > Some(50);
    let village = listed["items"].as_array().unwrap().iter().find(open).unwrap()["key"].as_str().unwrap().to_owned();
    let mut paths = vec!["/api/summary".to_owned(), format!("/api/villages/{village}")];
    for zoom in [8, 10, 12] {
        let (x, y) = column_row(106.0, 20.25, zoom);
        paths.extend((0..4).map(|i| format!("/tiles/communes,villages,priority/{zoom}/{}/{}", x + i % 2, y + i / 2)));
    }
    let seen: Arc<Seen> = Arc::default();
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..6)
        .map(|reader| {
            let (server, paths, seen, over) =
                (Arc::clone(&server), paths.clone(), Arc::clone(&seen), Arc::clone(&over));
            std::thread::spawn(move || {
                let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
                let (mut asked, mut last) = (0_usize, 0_u64);
                while !over.load(Ordering::Relaxed) {
                    let path = &paths[(asked + reader) % paths.len()];
                    let mut answer = agent.get(format!("{}{path}", server.base)).call().unwrap();
                    let status = answer.status().as_u16();
                    assert!(matches!(status, 200 | 204), "{path}: {status}");
                    let epoch = answer.headers()["x-phusong-epoch"].to_str().unwrap().to_owned();
                    let number: u64 = epoch.rsplit('-').next().unwrap().parse().unwrap();
                    assert!(number >= last, "epoch {number} after {last}");
                    last = number;
                    let body = answer.body_mut().read_to_vec().unwrap();
                    let mut seen = seen.lock().unwrap();
                    let first = seen.entry((path.clone(), epoch.clone())).or_insert_with(|| (status, body.clone()));
                    assert!(*first == (status, body), "{path} is two things at epoch {epoch}");
                    asked += 1;
                }
                asked
            })
        })
        .collect();
    let visited = |server: &Server| server.json(&format!("/api/villages/{village}"))["visited"].as_u64();
    let epoch = |server: &Server| server.json("/health")["epoch"].to_string();
    let (before, mut last) = (visited(&server), epoch(&server));
    for round in 0..3 {
        let rows: String = (0..7)
            .map(|home| {
                format!(
                    "load-{round}-{home},2026-06-0{}T09:0{home}:00+07:00,{village},guided,1,new-{round}-{home}\n",
                    round + 1
                )
            })
            .collect();
        let file = folder.path().join(format!("visits-{round}.csv"));
        std::fs::write(&file, format!("id,time,village_code,result,guided,household\n{rows}")).unwrap();
        let imported = run_json(&["import", "visits", &file.to_string_lossy(), "--db", &store.to_string_lossy()]);
        assert_eq!(imported["files"][0]["accepted"], 7, "{imported}");
        let start = Instant::now();
        while epoch(&server) == last {
            assert!(start.elapsed() < Duration::from_secs(60), "the import is not served");
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("import {round}: served after {} ms", start.elapsed().as_millis());
        last = epoch(&server);
    }
    assert!(visited(&server) > before, "the figure follows: {before:?}, {:?}", visited(&server));
    over.store(true, Ordering::Relaxed);
    let asked: usize = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
    let epochs: std::collections::BTreeSet<String> =
        seen.lock().unwrap().keys().map(|(_, epoch)| epoch.clone()).collect();
    assert!(asked > 100 && epochs.len() >= 4, "{asked} answers of {epochs:?}");
}
