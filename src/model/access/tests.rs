//! Who may what, as facts.

use super::*;
use crate::model::question::Question;

fn role(text: &str) -> Role {
    text.parse().unwrap()
}

/// One of each.
fn roles() -> [Role; 7] {
    ["public", "telecom:viettel", "team:14329-007", "commune:14329", "department", "auditor", "admin"].map(role)
}

#[test]
fn a_role_is_read_as_it_is_written_and_never_without_its_scope() {
    for one in roles() {
        assert_eq!(one.to_string().parse(), Ok(one));
        assert_eq!(Role::parse(one.code(), one.scope().as_deref()), Ok(one));
    }
    for wrong in ["", "boss", "telecom", "telecom:", "team:14329", "commune:x", "commune:37", "admin:viettel", "Public"]
    {
        assert!(wrong.parse::<Role>().is_err(), "{wrong}");
    }
}

#[test]
fn every_matter_has_one_line() {
    for matter in Matter::ALL {
        assert_eq!(TABLE.iter().filter(|(of, _)| *of == matter).count(), 1, "{matter:?}");
    }
    assert_eq!(TABLE.len(), Matter::ALL.len());
}

#[test]
fn an_operator_reads_and_writes_of_its_own_network_alone() {
    let (own, other) = ("viettel".parse().unwrap(), "vnpt".parse().unwrap());
    let telecom = role("telecom:viettel");
    for matter in [Matter::Network, Matter::Act] {
        assert_eq!(telecom.need_network(matter, Some(own)), Ok(()));
        assert!(telecom.need_network(matter, Some(other)).is_err());
        assert!(telecom.need_network(matter, None).is_err(), "the best of all holds what others handed over");
    }
    assert_eq!((telecom.sight(Some(own)), telecom.sight(Some(other))), (Sight::Network, Sight::Open));
    assert!(role("public").need_network(Matter::Network, Some(own)).is_err());
    assert!(role("auditor").need_network(Matter::Act, Some(own)).is_err());
}

#[test]
fn visits_are_seen_by_their_village_and_their_commune_alone() {
    let village = Some("14329-007".parse().unwrap());
    let (home, away) = ("14329".parse().unwrap(), "14330".parse().unwrap());
    let seen = roles().map(|one| one.may_see_place(home, village));
    assert_eq!(seen, [false, false, true, true, true, true, true]);
    assert!(!role("commune:14329").may_see_place(away, village), "the village moved to another commune");
    assert!(!role("team:14329-008").may_see_place(home, village));
    let decided = roles().map(|one| one.may_review_place(home, village));
    assert_eq!(decided, [false, false, false, true, true, false, true]);
}

#[test]
fn a_period_of_days_is_not_for_everybody() {
    let check = |role_: &str, asked: &str, expected: bool| {
        let get = |name: &str| asked.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let question = Question::parse(get).unwrap();
        let admitted = role(role_).admit(&question, jiff::civil::date(2026, 3, 15)).is_ok();
        assert_eq!(admitted, expected, "{role_} {asked}");
    };
    check("public", "", true);
    check("public", "from=2026-01-01&to=2026-02-28", true);
    check("public", "from=2026-01-01&to=2026-03-15", true);
    check("public", "from=2026-01-02", false);
    check("public", "to=2026-02-27", false);
    check("public", "to=2026-03-14", false);
    check("public", "compared_from=2026-01-05", false);
    check("public", "compared_to=2026-01-05", false);
    check("public", "as_of=2025-06-29", true);
    check("telecom:viettel", "operator=viettel&to=2026-02-27", false);
    check("team:14329-007", "to=2026-02-27", true);
    check("public", "campaign=thang-10", false);
    check("telecom:viettel", "operator=viettel&campaign=thang-10", false);
    check("commune:14329", "campaign=thang-10", true);
    check("department", "from=2026-01-02", true);
}

#[test]
fn what_is_seen_follows_the_table() {
    for one in roles() {
        let sight = one.sight(None);
        let [figures, days, network] = [Matter::Figures, Matter::AnyDays, Matter::Network];
        for matter in [figures, days, network, Matter::Files, Matter::Undecided, Matter::Visits] {
            assert_eq!(sight.shows(matter), one.extent(matter) == All, "{one} {matter:?}");
        }
    }
}
