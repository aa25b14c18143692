//! Who may see and do what, over a real socket: every route and every role, tokens, caches, the audit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::support::{Server, column_row, demo_store, folder, mvt, phusong, run, run_json, text};

/// In the order of the columns of [`TABLE`].
const ROLES: [&[&str]; 7] = [
    &["public"],
    &["telecom", "--operator", "viettel"],
    &["team", "--village", "13285-001"],
    &["commune", "--commune", "13285"],
    &["department"],
    &["auditor"],
    &["admin"],
];

/// Everybody.
const ALL: [u16; 7] = [200; 7];
/// Whoever reads about the network viettel.
const OWN: [u16; 7] = [403, 200, 403, 403, 200, 200, 200];
/// Whoever reads about every network.
const EVERY: [u16; 7] = [403, 403, 403, 403, 200, 200, 200];

/// Route, an address of it, and what public, telecom (viettel), team, commune, department, auditor and admin get.
/// `AREA` is a dead area of viettel, `TILE` the middle of the province. A body is sent where there is one.
#[rustfmt::skip]
const TABLE: [(&str, &str, &str, [u16; 7]); 107] = [
    ("/health",                       "/health",                                        "", ALL),
    ("/events",                       "/events?seconds=0",                              "", ALL),
    ("/events",                       "/events?seconds=0&to=2026-02-27",                "", [403, 403, 200, 200, 200, 200, 200]),
    ("/style.json",                   "/style.json",                                    "", ALL),
    ("/style.json",                   "/style.json?from=2026-01-02",                    "", [403, 403, 200, 200, 200, 200, 200]),
    ("/tiles/{layers}",               "/tiles/communes,villages.json",                  "", ALL),
    ("/tiles/{layers}",               "/tiles/communes,claims.json?operator=viettel",   "", OWN),
    ("/tiles/{layers}/{z}/{x}/{y}",   "/tiles/communes/TILE",                           "", ALL),
    ("/tiles/{layers}/{z}/{x}/{y}",   "/tiles/communes/TILE?to=2026-02-27",             "", [403, 403, 200, 200, 200, 200, 200]),
    ("/tiles/{layers}/{z}/{x}/{y}",   "/tiles/claims/TILE?operator=viettel",            "", OWN),
    ("/tiles/{layers}/{z}/{x}/{y}",   "/tiles/communes,hints/TILE",                     "", EVERY),
    ("/tiles/{layers}/{z}/{x}/{y}/explain", "/tiles/communes/TILE/explain",              "", ALL),
    ("/tiles/{layers}/{z}/{x}/{y}/explain", "/tiles/claims/TILE/explain?operator=viettel", "", OWN),
    ("/metrics",                      "/metrics",                                       "", [403, 403, 403, 403, 403, 200, 200]),
    ("/api/me",                       "/api/me",                                        "", ALL),
    ("/api/audit",                    "/api/audit",                                     "", [403, 403, 403, 403, 403, 200, 200]),
    ("/api/meta",                     "/api/meta",                                      "", ALL),
    ("/api/summary",                  "/api/summary",                                   "", ALL),
    ("/api/summary",                  "/api/summary?from=2026-01-01&to=2026-02-28",     "", ALL),
    ("/api/summary",                  "/api/summary?from=2026-01-01&to=2026-02-27",     "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/search",                   "/api/search?q=phu+ly",                           "", ALL),
    ("/api/units/{code}/history",     "/api/units/13285/history",                       "", ALL),
    ("/api/boundary_problems",        "/api/boundary_problems",                         "", ALL),
    ("/api/work",                     "/api/work?operator=viettel",                     "", OWN),
    ("/api/work",                     "/api/work?operator=vnpt",                        "", EVERY),
    ("/api/work",                     "/api/work",                                      "", EVERY),
    ("/api/work/{area}",              "/api/work/AREA?operator=viettel",                "", OWN),
    ("/api/work/{area}/actions",      "/api/work/AREA/actions?operator=viettel",        r#"{"action": "comment", "who": "VNPT", "text": "x"}"#, [403, 200, 403, 403, 200, 403, 200]),
    ("/api/work/{area}/actions",      "/api/work/AREA/actions?operator=vnpt",           r#"{"action": "comment", "who": "VNPT", "text": "x"}"#, [403, 403, 403, 403, 200, 403, 200]),
    ("/api/work/{area}/actions",      "/api/work/AREA/actions",                         r#"{"action": "comment", "who": "VNPT", "text": "x"}"#, [403, 403, 403, 403, 200, 403, 200]),
    ("/api/inbox",                    "/api/inbox",                                     "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/inbox",                    "/api/inbox?state=noted&commune=13285",           "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/inbox",                    "/api/inbox?state=lost",                          "", [403, 403, 400, 400, 400, 400, 400]),
    ("/api/inbox/{key}",              "/api/inbox/none",                                r#"{"decision": "accepted", "who": "UBND xã"}"#, [403, 403, 403, 404, 404, 403, 404]),
    ("/api/inbox/{key}",              "/api/inbox/none",                                r#"{"decision": "rejected", "who": "UBND xã"}"#, [403, 403, 403, 400, 400, 403, 400]),
    ("/api/register/{code}",          "/api/register/13285-001",                        "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/register/{code}",          "/api/register/14329-001",                        "", [403, 403, 403, 403, 200, 200, 200]),
    ("/api/register/{code}/acts",     "/api/register/13285-001/acts",                   r#"{"act": "rename", "name": "", "who": "UBND xã", "why": "x"}"#, [403, 403, 403, 400, 400, 403, 400]),
    ("/api/register/{code}/acts",     "/api/register/14329-001/acts",                   r#"{"act": "reopen", "who": "UBND xã", "why": "x"}"#, [403, 403, 403, 403, 409, 403, 409]),
    ("/api/register/{code}/acts",     "/api/register/13285-9999/acts",                  r#"{"act": "confirm", "who": "UBND xã", "why": "x"}"#, [403, 403, 403, 404, 404, 403, 404]),
    ("/api/erasures",                 "/api/erasures",                                  r#"{"form": "none", "reason": "rút đồng ý"}"#, [403, 403, 403, 403, 404, 403, 404]),
    ("/api/imports",                  "/api/imports",                                   "", [403, 403, 403, 200, 200, 200, 200]),
    ("/api/imports/{id}/undo",        "/api/imports/0/undo",                            "", [403, 403, 403, 404, 404, 403, 404]),
    ("/api/imports/{id}/undo",        "/api/imports/0/undo?lang=en",                    r#"{"reason": "sai nhà mạng"}"#, [403, 403, 403, 404, 404, 403, 404]),
    ("/api/uploads",                  "/api/uploads?name=a.json",                       "[]", [403, 403, 200, 200, 200, 403, 200]),
    ("/api/uploads/{key}/mapping",    "/api/uploads/none/mapping",                      r#"{"kind": "samples"}"#, [403, 403, 404, 404, 404, 403, 404]),
    ("/api/uploads/{key}/preview",    "/api/uploads/none/preview",                      r#"{"kind": "visits"}"#, [403, 403, 404, 404, 404, 403, 404]),
    ("/api/uploads/{key}/refused",    "/api/uploads/none/refused",                      r#"{"kind": "visits"}"#, [403, 403, 404, 404, 404, 403, 404]),
    ("/api/uploads/{key}/import",     "/api/uploads/none/import",                       r#"{"kind": "visits"}"#, [403, 403, 404, 404, 404, 403, 404]),
    ("/api/plan",                     "/api/plan?commune=13285&teams=2",                "", [403, 403, 200, 200, 200, 200, 200]),
    ("/plan/{file}",                  "/plan/sheet?commune=13285&teams=2",              "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/today",                    "/api/today?commune=13285",                       "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/forecast",                 "/api/forecast?commune=13285",                    "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/indicators",               "/api/indicators?period=2026Q1",                  "", ALL),
    ("/api/indicators",               "/api/indicators?period=2026-03&level=village",   "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/indicators",               "/api/indicators?period=2026Q9",                  "", [400; 7]),
    ("/api/indicators",               "/api/indicators?campaign=none",                  "", [403, 403, 404, 404, 404, 404, 404]),
    ("/api/campaigns",                "/api/campaigns",                                 "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/teams",                    "/api/teams",                                     "", ALL),
    ("/api/verdicts",                 "/api/verdicts",                                  "", ALL),
    ("/api/verdicts",                 "/api/verdicts?operator=vnpt&to=2026-03-31",      "", ALL),
    ("/api/verdicts",                 "/api/verdicts?to=2026-02-27",                    "", [403, 403, 200, 200, 200, 200, 200]),
    ("/indicators/{file}",            "/indicators/indicators.csv?period=2026Q1",       "", ALL),
    ("/indicators/{file}",            "/indicators/verdicts.csv?to=2026-03-31",         "", ALL),
    ("/indicators/{file}",            "/indicators/teams.csv",                          "", [403, 403, 200, 200, 200, 200, 200]),
    ("/api/{layer}",                  "/api/villages",                                  "", ALL),
    ("/api/{layer}",                  "/api/dead_areas?operator=vnpt",                  "", ALL),
    ("/api/{layer}",                  "/api/claims?operator=viettel",                   "", OWN),
    ("/api/{layer}",                  "/api/communes?filter=cells_claimed%3E0",         "", [400, 400, 400, 400, 200, 200, 200]),
    ("/api/{layer}",                  "/api/claims?operator=vnpt",                      "", EVERY),
    ("/api/{layer}",                  "/api/visits_masked?limit=1",                     "", EVERY),
    ("/api/{layer}",                  "/api/hints",                                     "", EVERY),
    ("/api/{layer}/{key}",            "/api/communes/13285",                            "", ALL),
    ("/api/{layer}/{key}",            "/api/hints/none?operator=vnpt",                  "", [403, 403, 403, 403, 404, 404, 404]),
    ("/api/{layer}/{key}/speeds",     "/api/communes/13285/speeds",                     "", ALL),
    ("/api/{layer}/{key}/speeds",     "/api/work/AREA/speeds?operator=viettel",         "", OWN),
    ("/ogc",                          "/ogc",                                           "", ALL),
    ("/ogc/",                         "/ogc/",                                          "", ALL),
    ("/ogc/api",                      "/ogc/api",                                       "", ALL),
    ("/ogc/conformance",              "/ogc/conformance",                               "", ALL),
    ("/ogc/collections",              "/ogc/collections",                               "", ALL),
    ("/ogc/collections/{id}",         "/ogc/collections/claims?operator=viettel",       "", OWN),
    ("/ogc/collections/{id}",         "/ogc/collections/work",                          "", EVERY),
    ("/ogc/collections/{id}/schema",  "/ogc/collections/communes/schema",               "", ALL),
    ("/ogc/collections/{id}/queryables", "/ogc/collections/hints/queryables",           "", EVERY),
    ("/ogc/collections/{id}/items",   "/ogc/collections/villages/items?limit=2",        "", ALL),
    ("/ogc/collections/{id}/items",   "/ogc/collections/villages/items?to=2026-02-27",  "", [403, 403, 200, 200, 200, 200, 200]),
    ("/ogc/collections/{id}/items",   "/ogc/collections/claims/items?operator=viettel", "", OWN),
    ("/ogc/collections/{id}/items",   "/ogc/collections/communes/items?filter=cells_claimed%3E0", "", [400, 400, 400, 400, 200, 200, 200]),
    ("/ogc/collections/{id}/items/{key}", "/ogc/collections/communes/items/13285",      "", ALL),
    ("/ogc/collections/{id}/tiles",   "/ogc/collections/claims/tiles?operator=vnpt",    "", EVERY),
    ("/ogc/collections/{id}/tiles/{tiling}", "/ogc/collections/communes/tiles/WebMercatorQuad", "", ALL),
    ("/ogc/collections/{id}/tiles/{tiling}/{z}/{row}/{column}", "/ogc/collections/hints/tiles/WebMercatorQuad/9/1/1", "", [403, 403, 403, 403, 204, 204, 204]),
    ("/ogc/tileMatrixSets",           "/ogc/tileMatrixSets",                            "", ALL),
    ("/ogc/tileMatrixSets/{id}",      "/ogc/tileMatrixSets/WebMercatorQuad",            "", ALL),
    ("/export/{file}",                "/export/villages.geojson",                       "", ALL),
    ("/export/{file}",                "/export/villages.parquet?commune=13285",         "", ALL),
    ("/export/{file}",                "/export/communes.csv?filter=cells_claimed%3E0",  "", [400, 400, 400, 400, 200, 200, 200]),
    ("/export/{file}",                "/export/claims.geojson?operator=viettel&purpose=x", "", OWN),
    ("/export/{file}",                "/export/claims.geojson?operator=viettel",        "", [403, 400, 403, 403, 400, 400, 400]),
    ("/export/{file}",                "/export/work.geojson?purpose=x",                 "", EVERY),
    ("/api/login",                    "/api/login",                                     r#"{"demo": "admin"}"#, [404; 7]),
    ("/api/login",                    "/api/login",                                     r#"{"token": "phusong_0"}"#, [401; 7]),
    ("/api/logout",                   "/api/logout",                                    "{}", ALL),
    ("/fonts/{stack}/{range}",        "/fonts/Be%20Vietnam%20Pro/512-767.pbf",          "", ALL),
    ("/fonts/{stack}/{range}",        "/fonts/none/512-767.pbf",                        "", [404; 7]),
    ("fallback",                      "/",                                              "", ALL),
];

/// Addresses that know nothing of the data and let a token that opens nothing pass: whoever holds one must be able to
/// load the page and log out.
const BEFORE_THE_GATE: [&str; 5] = ["/health", "/fonts/{stack}/{range}", "/api/login", "/api/logout", "fallback"];

fn copy() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    let store = folder.path().join("phusong.gpkg");
    std::fs::copy(demo_store(), &store).unwrap();
    (folder, store)
}

/// A token that the terminal gives out, as a header.
fn bearer(store: &Path, role: &[&str]) -> String {
    let db = store.to_string_lossy().into_owned();
    let mut arguments = vec!["token", "create", "--db", &db, "--role"];
    arguments.extend(role);
    let made = run_json(&arguments);
    assert_eq!(made["state"], "valid", "{made}");
    format!("Bearer {}", made["secret"].as_str().unwrap())
}

/// The middle of the province at zoom 9, and a dead area of viettel.
fn tile_and_area(store: &Path) -> (String, String) {
    let db = store.to_string_lossy().into_owned();
    let listed = run_json(&["work", "list", "--db", &db, "--operator", "viettel"]);
    let (x, y) = column_row(106.0, 20.25, 9);
    (format!("9/{x}/{y}"), listed["items"][0]["key"].as_str().unwrap().to_owned())
}

#[test]
fn every_route_of_the_router_stands_in_the_table() {
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/api/mod.rs")).unwrap();
    let source = source.split("#[cfg(test)]").next().unwrap().to_owned();
    let routed: BTreeSet<&str> = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(routed.len() > 10, "the routes were not found");
    let decided: BTreeSet<&str> = TABLE.iter().map(|row| row.0).filter(|route| *route != "fallback").collect();
    assert_eq!(routed, decided, "decide in TABLE who may do what at a new route");
    assert!(!source.contains(".nest("), "routes of a nested router would not be seen here");
}

#[test]
fn every_route_gives_every_role_what_the_table_says() {
    let (_folder, store) = copy();
    let (tile, area) = tile_and_area(&store);
    let tokens = ROLES.map(|role| bearer(&store, role));
    let server = Server::start_with(&store, &["--as", "public"]);
    let mut wrong = Vec::new();
    let ask = |path: &str, body: &str, headers: &[(&str, &str)]| {
        if body.is_empty() {
            server.ask(path, headers)
        } else {
            server.post_as(path, &serde_json::from_str(body).unwrap(), headers)
        }
    };
    for (route, path, body, expected) in TABLE {
        let path = path.replace("TILE", &tile).replace("AREA", &area);
        for ((role, token), expected) in ROLES.iter().zip(&tokens).zip(expected) {
            let reply = ask(&path, body, &[("authorization", token)]);
            let problem = reply.status < 400 || reply.json()["hint"].as_str().is_some_and(|hint| !hint.is_empty());
            let kept = reply.header("cache-control").unwrap_or_default();
            let private = ["private", "no-store"].iter().any(|word| kept.contains(word));
            let private = private || role[0] == "public" || BEFORE_THE_GATE.contains(&route);
            if reply.status != expected || !problem || !private {
                wrong.push(format!("{path} as {role:?}: {} not {expected}, {kept}", reply.status));
            }
        }
        let nobody = ask(&path, body, &[]).status;
        if nobody != expected[0] {
            wrong.push(format!("{path} without a token: {nobody}, with one of the public {}", expected[0]));
        }
        let garbage = ask(&path, body, &[("authorization", "Bearer phusong_garbage")]).status;
        if (garbage == 401) == BEFORE_THE_GATE.contains(&route) && expected[0] != 401 {
            wrong.push(format!("{path} with garbage: {garbage}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_token_that_opens_nothing_is_401_with_a_hint_and_never_the_public() {
    let (_folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let good = bearer(&store, &["auditor"]);
    let revoked = bearer(&store, &["auditor"]);
    let listed = run_json(&["token", "list", "--db", &db]);
    let last = listed["items"].as_array().unwrap().last().unwrap();
    assert!(last.get("secret").is_none() && last["role"] == "auditor", "{last}");
    run_json(&["token", "revoke", &last["id"].to_string(), "--db", &db]);
    assert!(!run(&["token", "revoke", &last["id"].to_string(), "--db", &db]).status.success(), "once");
    // A token of the past, which no command makes.
    let secret = format!("phusong_{}", "ab".repeat(32));
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{db}")).await.unwrap();
    let past = "INSERT INTO tokens (digest, role, note, created, expires)
                VALUES (?, 'admin', '', '2025-01-01T00:00:00.000Z', '2025-02-01T00:00:00.000Z')";
    sqlx::query(past).bind(Sha256::digest(secret.as_bytes()).to_vec()).execute(&pool).await.unwrap();
    pool.close().await;

    let server = Server::start_with(&store, &["--as", "department"]);
    let check = |header: &str, detail: &str| {
        for path in ["/api/meta", "/tiles/communes/9/406/226", "/api/me"] {
            let reply = server.ask(path, &[("authorization", header)]);
            assert_eq!(reply.status, 401, "{path} {detail}");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            let problem = reply.json();
            assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
            assert!(problem["hint"].is_string(), "{problem}");
        }
    };
    check(&format!("Bearer {secret}"), "expired");
    check(&revoked, "revoked");
    check(&format!("Bearer phusong_{}", "cd".repeat(32)), "not known");
    check("Bearer ", "tokens");
    check(&good.replace("Bearer", "Basic"), "only tokens");
    check("nonsense", "only tokens");
    check(&format!("Bearer {}", "x".repeat(10_000)), "not known");
    let cookie = server.ask("/api/me", &[("cookie", &format!("phusong_token={secret}"))]);
    assert_eq!(cookie.status, 401, "a browser is told too");
    assert_eq!(server.ask("/", &[("cookie", &format!("phusong_token={secret}"))]).status, 200, "it loads the page");
    let me = server.ask("/api/me", &[("authorization", &good)]).json();
    assert_eq!((&me["role"], &me["may"]["audit"]), (&"auditor".into(), &"all".into()), "{me}");
}

#[test]
fn a_browser_logs_in_with_a_cookie_that_no_script_and_no_other_site_can_use() {
    let (_folder, store) = copy();
    let token = bearer(&store, &["telecom", "--operator", "viettel"]);
    let secret = token.trim_start_matches("Bearer ");
    let server = Server::start_with(&store, &["--as", "public"]);
    let reply = server.post_as("/api/login", &json!({"token": secret}), &[]);
    let set = reply.header("set-cookie").unwrap().to_owned();
    assert_eq!((reply.status, reply.json()["scope"].as_str()), (200, Some("viettel")));
    for word in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=7"] {
        assert!(set.contains(word), "{set}");
    }
    assert!(!set.contains("Secure"), "127.0.0.1 speaks no TLS");
    let behind = server.post_as("/api/login", &json!({"token": secret}), &[("x-forwarded-proto", "https")]);
    assert!(behind.header("set-cookie").unwrap().contains("Secure"));
    let cookie = set.split(';').next().unwrap().to_owned();
    let me = server.ask("/api/me?operator=viettel", &[("cookie", &cookie)]).json();
    assert_eq!((&me["role"], &me["act"]), (&"telecom".into(), &true.into()), "{me}");
    let layers: Vec<&str> = me["layers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    assert!(layers.contains(&"claims") && layers.contains(&"villages"), "{layers:?}");
    let of_all = server.ask("/api/me", &[("cookie", &cookie)]).json();
    assert!(!of_all["layers"].as_array().unwrap().contains(&"claims".into()), "the best of all is no network");
    let gone = server.post_as("/api/logout", &json!({}), &[("cookie", &cookie)]);
    assert!(gone.header("set-cookie").unwrap().contains("phusong_token=; ") && gone.status == 200);
    for body in [json!({}), json!({"token": secret, "demo": "admin"}), json!({"password": "x"})] {
        assert_eq!(server.post_as("/api/login", &body, &[]).status, 400, "{body}");
    }
    let huge = json!({"token": "x".repeat(20_000)});
    assert_eq!(server.post_as("/api/login", &huge, &[]).status, 413);
}

#[test]
fn one_tile_asked_for_by_two_roles_never_mixes() {
    let (_folder, store) = copy();
    let (tile, _) = tile_and_area(&store);
    let token = bearer(&store, &["department"]);
    let server = Server::start_with(&store, &["--as", "public"]);
    let path = format!("/tiles/dead_areas/{tile}?operator=viettel");
    let told = |body: &[u8]| {
        let named = |name: &&String| ["claimed_share", "claimed_by"].contains(&name.as_str());
        mvt::decode(body)
            .iter()
            .flat_map(|layer| &layer.features)
            .flat_map(|one| one.attributes.keys())
            .any(|name| named(&name))
    };
    // Each of them twice, in turn: the second answer comes from the cache.
    for _ in 0..2 {
        let public = server.get(&path);
        let department = server.ask(&path, &[("authorization", &token)]);
        assert_eq!((public.status, department.status), (200, 200));
        assert!(!told(&public.body) && told(&department.body));
        let tags = [&public, &department].map(|reply| reply.header("etag").unwrap().to_owned());
        assert_ne!(tags[0], tags[1]);
        assert_eq!(server.ask(&path, &[("if-none-match", &tags[1])]).status, 200, "the tag of another role is no tag");
        assert_eq!(server.ask(&path, &[("if-none-match", &tags[0])]).status, 304);
        for reply in [&public, &department] {
            assert!(reply.headers("vary").contains("authorization, cookie"), "{}", reply.headers("vary"));
        }
        assert!(department.header("cache-control").unwrap().starts_with("private"));
    }
    // The address of a tile says whose it is: what a browser keeps for ever is asked for anew after a login.
    let url = |headers: &[(&str, &str)]| {
        let tilejson = server.ask("/tiles/dead_areas.json?operator=viettel", headers).json();
        let fields = tilejson["vector_layers"][0]["fields"].as_object().unwrap().contains_key("claimed_by");
        (tilejson["tiles"][0].as_str().unwrap().split_once("v=").unwrap().1.to_owned(), fields)
    };
    let ((public, in_public), (whole, in_whole)) = (url(&[]), url(&[("authorization", &token)]));
    assert!(public != whole && !in_public && in_whole);
    let whole = whole.split('&').next().unwrap();
    let wrong = server.get(&format!("{path}&v={whole}"));
    assert_eq!(wrong.header("cache-control"), Some("no-cache"), "the public's bytes under another's address");
}

#[test]
fn what_operators_handed_over_and_names_of_files_are_not_for_the_public() {
    let (_folder, store) = copy();
    let token = bearer(&store, &["telecom", "--operator", "viettel"]);
    let server = Server::start_with(&store, &["--as", "public"]);
    let style = text(&server.get("/style.json?operator=viettel").body);
    let own = text(&server.ask("/style.json?operator=viettel", &[("authorization", &token)]).body);
    assert!(!style.contains("/tiles/claims.json") && own.contains("/tiles/claims.json"));
    assert!(!style.contains("\"source-layer\":\"hints\"") && own.contains("\"source-layer\":\"hints\""));
    for path in ["/api/communes?operator=viettel", "/api/dead_areas?operator=viettel", "/export/dead_areas.geojson"] {
        let words = text(&server.get(path).body);
        for field in ["\"cells_claimed\"", "\"claimed_share\"", "\"claimed_by\"", "\"nearest_site\""] {
            assert!(!words.contains(field), "{path} tells {field}");
        }
    }
    assert_eq!(server.json("/api/summary?operator=viettel")["claims"], json!([]));
    for path in ["/api/meta", "/export/villages.geojson"] {
        assert!(!text(&server.get(path).body).contains("demo_samples"), "{path} names files");
    }
    // To an operator the claims of others are not told either, also where the best of all would.
    let all = server.ask("/api/summary", &[("authorization", &token)]).json();
    assert_eq!(all["claims"], json!([]));
    let own = server.ask("/api/summary?operator=viettel", &[("authorization", &token)]).json();
    assert_eq!(own["claims"][0]["operator"], "viettel");
    assert_eq!(server.json("/api/boundary_problems")["total"].as_u64().map(|_| ()), Some(()));
}

#[test]
fn a_mast_of_another_operator_is_not_named_to_a_competitor() {
    let (folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let hint = run_json(&["hints", "--db", &db, "--operator", "viettel"])["items"][0].clone();
    let file = folder.path().join("sites.csv");
    let row = format!("vnpt,4G,{},{},NBH0001\n", hint["lon"], hint["lat"]);
    std::fs::write(&file, format!("operator,technology,lon,lat,name\n{row}")).unwrap();
    run_json(&["import", "sites", &file.to_string_lossy(), "--db", &db]);
    let token = bearer(&store, &["telecom", "--operator", "viettel"]);
    let server = Server::start(&store);
    let path = "/api/hints?operator=viettel";
    let (whole, own) = (server.get(path), server.ask(path, &[("authorization", &token)]));
    assert!(text(&whole.body).contains("NBH0001") && own.status == 200);
    assert!(text(&own.body).contains("shared_mast") && !text(&own.body).contains("NBH0001"), "{}", text(&own.body));
}

#[test]
fn a_server_gives_its_role_to_its_own_machine_alone() {
    let (_folder, store) = copy();
    let server = Server::start_with(&store, &["--as", "telecom:viettel"]);
    let role = |headers: &[(&str, &str)]| server.ask("/api/me", headers).json()["role"].clone();
    assert_eq!(role(&[]), "telecom");
    assert_eq!(role(&[("origin", &server.base)]), "telecom");
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-host", "map.example.vn"),
        ("forwarded", "for=203.0.113.7"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("host", "evil.example"),
    ] {
        assert_eq!(role(&[(name, value)]), "public", "{name}: {value}");
    }
    let output = run(&["serve", "--db", &store.to_string_lossy(), "--port", "0", "--as", "telecom"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("an operator such as viettel"), "{}", text(&output.stderr));
}

#[test]
fn what_is_not_for_everybody_is_written_down_with_its_purpose() {
    let (folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    let token = bearer(&store, &["telecom", "--operator", "viettel"]);
    let (_, area) = tile_and_area(&store);
    let server = Server::start_with(&store, &["--as", "public"]);
    let with = [("authorization", token.as_str())];
    server.post_as("/api/login", &json!({"token": token.trim_start_matches("Bearer ")}), &[]);
    server.ask("/export/claims.geojson?operator=viettel&purpose=b%C3%A1o+c%C3%A1o+qu%C3%BD", &with);
    server.ask("/export/villages.geojson", &with);
    let bad = server.ask("/export/claims.geojson?operator=viettel&purpose=0912345678", &with);
    assert_eq!(bad.status, 400, "a purpose is no telephone number");
    let said = json!({"action": "comment", "who": "Viettel", "text": "x"});
    assert_eq!(server.post_as(&format!("/api/work/{area}/actions?operator=viettel"), &said, &with).status, 200);
    drop(server);
    let file = folder.path().join("hints.geojson").to_string_lossy().into_owned();
    run_json(&["export", "hints", "--db", &db, "-o", &file, "--purpose", "họp"]);
    run_json(&["analyse", "--db", &db]);
    let all = run_json(&["audit", "--db", &db]);
    let items = all["items"].as_array().unwrap();
    let told =
        |item: &Json| ["role", "action", "subject", "purpose"].map(|name| item[name].as_str().unwrap().to_owned());
    let told: Vec<[String; 4]> = items.iter().rev().take(6).rev().map(told).collect();
    let expected = [
        ["admin", "token_created", "telecom:viettel", ""],
        ["telecom", "login", "telecom:viettel", ""],
        ["telecom", "export", "claims.geojson?operator=viettel", "báo cáo quý"],
        ["telecom", "work", &format!("comment {area}"), ""],
        ["admin", "export", "hints.geojson", "họp"],
        ["admin", "analyse", told[5][2].as_str(), ""],
    ];
    assert_eq!(told, expected);
    for item in items {
        let members: Vec<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["action", "at", "purpose", "role", "scope", "subject", "token"], "no address, no person");
    }
    assert_eq!(run_json(&["audit", "--db", &db, "--since", "2999-01-01"])["items"], json!([]));
    assert!(!run(&["audit", "--db", &db, "--since", "soon"]).status.success());
    let auditor = bearer(&store, &["auditor"]);
    let server = Server::start_with(&store, &["--as", "public"]);
    let over = server.ask("/api/audit", &[("authorization", &auditor)]).json();
    assert_eq!(over["items"][0], items[0]);
}

#[test]
fn the_terminal_makes_no_token_that_means_nothing() {
    let (_folder, store) = copy();
    let db = store.to_string_lossy().into_owned();
    for (arguments, word) in [
        (&["--role", "telecom"][..], "an operator such as viettel"),
        (&["--role", "boss"], "there is no role"),
        (&["--role", "admin", "--operator", "viettel"], "no scope"),
        (&["--role", "telecom", "--village", "13285-001"], "an operator"),
        (&["--role", "commune", "--commune", "13"], "a commune such as"),
        (&["--role", "admin", "--days", "0"], "1 to 731"),
        (&["--role", "admin", "--days", "100000"], "100000"),
        (&["--role", "admin", "--note", "0912 345 678"], "telephone"),
    ] {
        let mut all = vec!["token", "create", "--db", &db];
        all.extend(arguments);
        let output = run(&all);
        assert!(
            !output.status.success() && text(&output.stderr).contains(word),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn the_demo_shows_every_role_by_a_name_and_no_other_server_does() {
    let (folder, store) = copy();
    let dir = folder.path().to_string_lossy().into_owned();
    let demo = Server::run(phusong().args(["demo", "--dir", &dir, "--port", "0"]));
    let me = demo.json("/api/me");
    assert_eq!((&me["role"], &me["token"]), (&"department".into(), &Json::Null));
    let roles: Vec<&str> = me["demo"].as_array().unwrap().iter().map(|one| one["as"].as_str().unwrap()).collect();
    assert_eq!(roles.len(), 7);
    for role in &roles {
        let reply = demo.post_as("/api/login", &json!({"demo": role}), &[]);
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let me = demo.ask("/api/me", &[("cookie", &cookie)]).json();
        assert_eq!(me["role"].as_str(), role.split(':').next(), "{role}");
    }
    let village = roles.iter().find_map(|role| role.strip_prefix("team:")).unwrap();
    assert_eq!(demo.get(&format!("/api/villages/{village}")).status, 200, "the team's village is in the demo");
    drop(demo);
    let file = std::fs::read_to_string(folder.path().join("tokens.txt")).unwrap();
    assert_eq!(file.lines().count(), 7);
    let server = Server::start(&store);
    assert_eq!(server.json("/api/me")["demo"], Json::Null);
    let secret = file.lines().last().unwrap().split(' ').next_back().unwrap();
    let admin = server.ask("/api/me", &[("authorization", &format!("Bearer {secret}"))]).json();
    assert_eq!(admin["role"], "admin");
}

/// A reader of the public map keeps every answer of every month: what is told of villages and communes, in lists,
/// exports and tiles. No figure and no difference of two figures may be one to four households.
#[test]
fn subtracting_one_month_from_another_gives_no_household_away() {
    let (_folder, store) = copy();
    let tokens = [bearer(&store, ROLES[0]), bearer(&store, ROLES[1])];
    let (tile, _) = tile_and_area(&store);
    let server = Server::start_with(&store, &["--as", "public"]);
    let ends = ["", "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"];
    let columns = ["guided", "visited", "remaining"];
    let mut told: BTreeMap<(String, &str), BTreeSet<i64>> = BTreeMap::new();
    let mut differ = 0;
    for (end, token) in ends.iter().flat_map(|end| tokens.iter().map(move |token| (end, token))) {
        let to = if end.is_empty() { String::new() } else { format!("to={end}&") };
        let headers = [("authorization", token.as_str())];
        let mut keep = |key: String, row: &Json| {
            for column in columns {
                if let Some(figure) = row[column].as_i64() {
                    told.entry((key.clone(), column)).or_default().insert(figure);
                }
            }
            assert!(row["visited"].is_null(), "{key}");
        };
        for layer in ["villages", "communes", "unreached"] {
            let listed = server.ask(&format!("/api/{layer}?{to}limit=5000"), &headers).json();
            let items = listed["items"].as_array().unwrap();
            assert!(items.len() > 100, "{layer}");
            items
                .iter()
                .for_each(|row| keep(format!("{}/{}", layer.replace("unreached", "villages"), row["key"]), row));
            let file = server.ask(&format!("/export/{layer}.geojson?{to}"), &headers).json();
            let rows = file["features"].as_array().unwrap().iter().map(|feature| &feature["properties"]);
            rows.for_each(|row| {
                let code = if layer == "communes" { &row["code"] } else { &row["village"] };
                let code = if code.is_null() { &row["code"] } else { code };
                keep(format!("{}/{code}", layer.replace("unreached", "villages")), row);
            });
        }
        let drawn = server.ask(&format!("/tiles/communes,villages/{tile}?{to}"), &headers);
        let layers = mvt::decode(&drawn.body);
        assert_eq!(layers.len(), 2, "{tile}");
        for layer in layers {
            for feature in layer.features {
                let mut row = Json::Object(feature.attributes);
                // A cluster has no code; its id is that of its ground. What remains in it ends at nought village by village.
                let key = if row["code"].is_null() { Json::from(feature.id) } else { row["code"].clone() };
                if row["code"].is_null() {
                    row["remaining"] = Json::Null;
                }
                keep(format!("{}/{key}", layer.name), &row);
            }
        }
    }
    for ((key, column), figures) in &told {
        let small = |figure: i64| (1..5).contains(&figure);
        assert!(*column == "remaining" || !figures.iter().copied().any(small), "{key} {column} {figures:?}");
        let steps = figures.iter().zip(figures.iter().skip(1)).map(|(one, next)| next - one);
        // What remains ends at nought, however many were guided beyond the goal.
        let ends = *column == "remaining" && figures.contains(&0);
        assert!(ends || steps.clone().all(|step| !small(step)), "{key} {column} {figures:?}");
        differ += steps.count();
    }
    assert!(differ > 500, "nothing was subtracted: {differ}");
}
