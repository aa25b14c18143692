//! Changes between two periods: the list, its counts and the file say which days they are of.

use crate::support::Server;

const QUARTER: &str = "from=2026-04-01&to=2026-06-30";

#[test]
fn a_list_of_changes_says_both_periods_and_counts_every_kind_of_its_rows() {
    let server = Server::of_demo();
    let list = server.json(&format!("/api/changes?{QUARTER}&limit=5000"));
    let told = &list["comparison"];
    assert_eq!(
        (&told["before"], &told["after"]),
        (
            &serde_json::json!({"from": "2026-01-01", "to": "2026-03-31"}),
            &serde_json::json!({"from": "2026-04-01", "to": "2026-06-30"})
        )
    );
    let cells = told["cells"].as_object().unwrap();
    let sum: u64 = cells.values().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(list["total"].as_u64(), Some(sum));
    for change in ["new", "too_few_days", "unchanged"] {
        let of = server.json(&format!("/api/changes?{QUARTER}&limit=1&filter=change%3D%27{change}%27"));
        assert_eq!(of["total"], cells[change], "{change}");
    }
    assert!(cells["too_few_days"].as_u64() > Some(0), "{told}");
    let file = server.json(&format!("/export/changes.geojson?{QUARTER}"));
    assert_eq!(file["metadata"]["comparison"], *told);
}

#[test]
fn what_became_otherwise_comes_first_with_its_commune() {
    let server = Server::of_demo();
    let list = server.json(&format!("/api/changes?{QUARTER}&limit=5000"));
    let order = [
        "new",
        "worsened",
        "resolved",
        "improved",
        "persisting",
        "unclear",
        "too_few_days",
        "unchanged",
        "first_measured",
        "not_measured_again",
    ];
    let rows = list["items"].as_array().unwrap();
    let ranks: Vec<_> =
        rows.iter().map(|row| order.iter().position(|change| row["change"] == *change).unwrap()).collect();
    assert!(ranks.is_sorted() && ranks.first() < ranks.last(), "{:?}", ranks.first());
    assert!(rows[0]["commune_name"].is_string(), "{}", rows[0]);
}
