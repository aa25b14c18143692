//! The names that everybody reads of an import say nothing of a person.

use super::*;
use crate::ingest::Profile;

#[tokio::test]
async fn neither_an_import_nor_its_profile_is_named_after_a_person() {
    let desk = Desk::new().await;
    let path = desk
        .write("Nguyễn Văn Bình do song.csv", "t,o,p,x,y\n2026-03-31T08:15:00+07:00,viettel,-97,105.9745,20.2539\n");
    let profile = "format = 1\nname = \"Nguyễn Văn Bình do song\"\n[columns]\nlongitude = \"x\"\nlatitude = \"y\"\n\
                   time = \"t\"\noperator = \"o\"\npower = \"p\"\n[constants]\ntechnology = \"4G\"\n";
    let profile = Some(Arc::new(Profile::of_page(profile.to_owned()).unwrap()));
    let request = Request { profile, ..desk.request(ImportKind::Samples) };
    assert_eq!(import(&*desk.store, &path, &request).await.unwrap().accepted, 1);
    let imports = desk.store.imports().await.unwrap();
    assert!(imports.iter().any(|one| one.file == "… do song.csv"), "{imports:?}");
    let kept = desk.store.profiles().await.unwrap();
    assert_eq!(kept[0].name, "… do song");
    assert!(!format!("{imports:?} {kept:?}").contains("Bình"), "{imports:?} {kept:?}");
}
