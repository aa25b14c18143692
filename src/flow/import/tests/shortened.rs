//! Names of villages and communes as offices write them: found where one place bears them, offered where none does.

use super::*;

const LIST: &str = "commune_code,name\n14329,Tổ dân phố 2\n14329,TDP 3\n14329,Tổ 4\n14329,Thôn 5\n14329,Khu phố 6\n\
                    14329,Thôn 2\n13285,Tổ dân phố 7\n14329,Thôn Đông\n";

async fn found(desk: &Desk, commune: &str, village: &str) -> String {
    let text = format!("id,time,Mã xã,village,result\nv1,2026-03-31,{commune},{village},guided\n");
    let path = desk.write("v.csv", &text);
    let request = Request { dry_run: true, ..desk.request(ImportKind::Visits) };
    let report = import(&*desk.store, &path, &request).await.unwrap();
    match report.first_refused.first() {
        None => "one".to_owned(),
        Some(reject) => {
            let hint = reject.reason.hint(Language::En).unwrap_or_default();
            format!("{} {}: {} {hint}", reject.field, reject.reason.code(), reject.message(Language::En))
        }
    }
}

#[tokio::test]
async fn a_shortened_name_of_a_group_is_found_within_its_commune() {
    let desk = Desk::new().await;
    desk.villages("a.csv", LIST).await;
    for name in
        ["Tổ 2", "TDP 2", "Tổ DP 2", "Tổ dân phố số 2", "Tổ 3", "Tổ dân phố 3", "TDP 4", "Tổ DP 4", "KP 6", "Tổ 4"]
    {
        assert_eq!(found(&desk, "14329", name).await, "one", "{name}");
    }
    // A bare `Tổ` is no thôn, and what another commune has is not found here.
    for name in ["Tổ 5", "Tổ 7"] {
        let said = found(&desk, "14329", name).await;
        assert!(said.starts_with("village unknown_village: ") && said.contains("did you mean"), "{said}");
        assert!(!said.contains("13285"), "{said}");
    }
    let said = found(&desk, "14329", "Tổ 5").await;
    assert!(said.contains("did you mean Thôn 5 (14329-004); "), "{said}");
}

#[tokio::test]
async fn two_groups_of_one_number_are_refused_with_both() {
    let desk = Desk::new().await;
    desk.villages("a.csv", "commune_code,name\n14329,TDP 2 Đông\n14329,Tổ dân phố 2\n14329,Tổ 02\n").await;
    let said = found(&desk, "14329", "Tổ DP 2").await;
    assert!(
        said.starts_with("village ambiguous_village") && said.contains("14329-002") && said.contains("14329-003"),
        "{said}"
    );
}

#[tokio::test]
async fn a_name_that_nobody_bears_is_offered_at_most_three_of_its_commune() {
    let desk = Desk::new().await;
    desk.villages("a.csv", LIST).await;
    for name in ["Thôn 9", "Hoàn toàn khác", "Thôn Đôn", "Tổ 12"] {
        let said = found(&desk, "14329", name).await;
        assert_eq!(said.matches("(14329-").count(), 3, "{said}");
    }
    assert!(found(&desk, "14329", "Thôn Đôn").await.contains("did you mean Thôn Đông"));
}

#[tokio::test]
async fn a_commune_named_under_the_heading_of_codes_is_found_by_its_name() {
    let desk = Desk::new().await;
    desk.villages("a.csv", LIST).await;
    assert_eq!(found(&desk, "Phường Hoa Lư", "Tổ 2").await, "one");
    let said = found(&desk, "Xã Hoa Lừa", "Tổ 2").await;
    assert!(said.starts_with("Mã xã unknown_unit") && said.contains("a name and no code"), "{said}");
    assert!(said.contains("did you mean Phường Hoa Lư (14329)?"), "{said}");
}
