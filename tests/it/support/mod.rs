//! What the tests share: the program itself, a demo store, a server, an HTTP client.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use serde_json::Value as Json;

pub(crate) mod mvt;
pub(crate) mod protobuf;

/// The program under test, the one that users run.
pub(crate) fn phusong() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phusong"));
    command.env_remove("PHUSONG_DB").env("PHUSONG_LANG", "en").env("PHUSONG_LOG", "warn").arg("--quiet");
    command
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    phusong().args(arguments).output().expect("the program starts")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs the program with `--json`, asserts success, returns its one object.
pub(crate) fn run_json(arguments: &[&str]) -> Json {
    let output = phusong().arg("--json").args(arguments).output().expect("the program starts");
    assert!(output.status.success(), "{arguments:?}\n{}\n{}", text(&output.stdout), text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{arguments:?}: {e}\n{}", text(&output.stdout)))
}

/// A folder that lives as long as the test.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The store of the demo province: the full one that `make test` has built, named by
/// `PHUSONG_DEMO_DB`, else a small one made here.
pub(crate) fn demo_store() -> &'static Path {
    static STORE: OnceLock<PathBuf> = OnceLock::new();
    STORE.get_or_init(|| {
        if let Some(path) = std::env::var_os("PHUSONG_DEMO_DB").map(PathBuf::from) {
            let path = if path.is_absolute() { path } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(path) };
            assert!(path.exists(), "PHUSONG_DEMO_DB names {}, which is not there", path.display());
            return path;
        }
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("small-demo");
        let output = run(&["demo", "--small", "--no-serve", "--dir", &dir.to_string_lossy()]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        dir.join("phusong.gpkg")
    })
}

/// Column and row of the tile that holds a position.
#[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "both lie between 0 and 2^zoom")]
pub(crate) fn column_row(lon: f64, lat: f64, zoom: u8) -> (u32, u32) {
    let side = f64::from(1_u32 << zoom);
    let x = (lon + 180.0) / 360.0 * side;
    let y = (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
    ((x as u32).min((1 << zoom) - 1), (y as u32).min((1 << zoom) - 1))
}

/// The real data, or `None` after saying so.
pub(crate) fn real_data() -> Option<PathBuf> {
    match std::env::var_os("PHUSONG_REAL_DATA") {
        Some(path) => Some(PathBuf::from(path)),
        None => {
            eprintln!("skipped: PHUSONG_REAL_DATA is not set");
            None
        }
    }
}

/// A server of a store on a port of its own, ended with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) base: String,
}

impl Server {
    pub(crate) fn start(store: &Path) -> Self {
        Self::start_with(store, &[])
    }

    /// Readers of this machine see everything, unless `more` says who they are.
    pub(crate) fn start_with(store: &Path, more: &[&str]) -> Self {
        let seen = if more.contains(&"--as") { &[][..] } else { &["--as", "department"] };
        Self::run(phusong().args(["serve", "--port", "0", "--db", &store.to_string_lossy()]).args(seen).args(more))
    }

    /// A command that serves.
    pub(crate) fn run(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its first line");
        let base = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("said `{line}`")).to_owned();
        Self { child, base }
    }

    /// The server that tests of the demo share. It ends with the last test that holds it:
    /// a child that outlived the tests would keep their output open for ever.
    pub(crate) fn of_demo() -> Arc<Self> {
        static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Server::start(demo_store()));
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.ask(path, &[])
    }

    pub(crate) fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request.call().unwrap_or_else(|e| panic!("{path}: {e}")))
    }

    /// Status and answer of a JSON body that is sent.
    pub(crate) fn post(&self, path: &str, body: &Json) -> (u16, Json) {
        let reply = self.post_as(path, body, &[]);
        (reply.status, reply.json())
    }

    pub(crate) fn post_as(&self, path: &str, body: &Json, headers: &[(&str, &str)]) -> Reply {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.post(format!("{}{path}", self.base)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request.send(body.to_string()).unwrap_or_else(|e| panic!("{path}: {e}")))
    }

    /// Bytes as they are.
    pub(crate) fn send(&self, path: &str, bytes: &[u8], headers: &[(&str, &str)]) -> Reply {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.post(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Reply::of(request.send(bytes).unwrap_or_else(|e| panic!("{path}: {e}")))
    }

    pub(crate) fn json(&self, path: &str) -> Json {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", text(&reply.body));
        reply.json()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let headers =
            response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect();
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(1 << 30).read_to_vec().expect("the body");
        Self { status, headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a header that may be repeated, joined.
    pub(crate) fn headers(&self, name: &str) -> String {
        let values: Vec<&str> = self.headers.iter().filter(|(key, _)| key == name).map(|(_, v)| v.as_str()).collect();
        values.join(", ")
    }

    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", text(&self.body)))
    }
}
