//! A file waits for its own role, for an hour, and leaves nothing behind.

use super::*;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minutes).unwrap()
}

#[test]
fn a_key_opens_a_file_for_the_role_that_brought_it_for_an_hour() {
    let desk = Desk::new();
    let role: Role = "commune:13285".parse().unwrap();
    let key = desk.keep(role, "../a\u{1}b 0912345678.json", b"[]", at(0)).unwrap();
    let file = desk.find(role, &key, at(59)).unwrap();
    let named = desk.keep(role, "Nguyễn Văn A do song.csv", b"x", at(0)).unwrap();
    assert!(desk.find(role, &named, at(1)).unwrap().ends_with("_ do song.csv"));
    assert_eq!(file.file_name().unwrap().to_str(), Some("a_b _.json"));
    assert_eq!(fs::read(&file).unwrap(), b"[]");
    for other in ["commune:14329", "team:13285-001", "department", "admin"] {
        assert!(matches!(desk.find(other.parse().unwrap(), &key, at(1)), Err(UploadError::Unknown)), "{other}");
    }
    for wrong in ["", "..", &key[..63], &key.to_uppercase()] {
        assert!(desk.find(role, wrong, at(1)).is_err() || wrong == key, "{wrong}");
    }
    #[cfg(unix)]
    {
        let mode = |path: &Path| std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
        assert_eq!((mode(desk.root().unwrap()) & 0o777, mode(file.parent().unwrap()) & 0o777), (0o700, 0o700));
    }
    assert!(desk.find(role, &key, at(60)).is_err());
    assert!(!file.exists());
    let root = desk.root().unwrap().to_owned();
    drop(desk);
    assert!(!root.exists());
}

#[test]
fn the_oldest_of_a_role_makes_room_and_other_roles_keep_theirs() {
    let desk = Desk::new();
    let role = |text: &str| text.parse::<Role>().unwrap();
    let other = desk.keep(role("department"), "a", b"x", at(0)).unwrap();
    let keys: Vec<String> =
        (1..=6).map(|minute| desk.keep(role("commune:13285"), "a", b"x", at(minute)).unwrap()).collect();
    let there: Vec<bool> = keys.iter().map(|key| desk.find(role("commune:13285"), key, at(7)).is_ok()).collect();
    assert_eq!(there, [false, false, true, true, true, true]);
    assert!(desk.find(role("department"), &other, at(7)).is_ok());
    desk.forget(&keys[5]);
    assert!(desk.find(role("commune:13285"), &keys[5], at(7)).is_err());
    assert!(matches!(desk.keep(role("admin"), "a", b"", at(7)), Err(UploadError::Empty)));
}
