//! Which kind of file a header belongs to, where that is plain to see.
//!
//! A register of villages and a list of visits share half of their columns, so
//! that one may be read as the other and damage it. A header that fits another
//! kind refuses the file as a whole; a header that fits none, or that could be
//! either, is left to the reader that was asked for.

use crate::model::import::ImportKind;

use super::header::{Header, holds};
use super::{
    Unreadable, activities, claims, mergers, place, public_places, samples, sites, speed_tiles, teams, villages, visits,
};

/// Headings that hold the name of a village and of nothing else.
const VILLAGE_NAME: &[&str] =
    &["ten_thon", "ten_thon_xom", "ten_xom", "thon", "thon_xom", "ten_ban", "ten_to_dan_pho", "to_dan_pho", "ten_tdp"];
/// Headings of units that no other kind has.
const OF_UNITS: &[&str] =
    &["area_km2", "stated_area_km2", "dien_tich", "dien_tich_km2", "huyen", "district", "ten_huyen", "valid_from"];

/// Headings that a team's report has and a register has not.
const OF_REPORTS: &[&str] = &["time", "visit_time", "thoi_gian", "thoi_diem", "ngay_tham", "household", "guided"];

/// Headings of what was done in a home.
const OF_HOMES: &[&str] = &["household", "guided", "ngay_tham", "ho_gia_dinh", "so_nguoi_duoc_huong_dan"];

/// The kind that a header shows beyond doubt.
pub(super) fn of(header: &Header) -> Option<ImportKind> {
    let place = header.has(place::LON) && header.has(place::LAT);
    if header.has(mergers::OLD_CODE) && header.has(mergers::NEW_CODE) {
        Some(ImportKind::Mergers)
    } else if header.has(speed_tiles::OF_SPEEDS) {
        Some(ImportKind::Speeds)
    } else if header.has(samples::TIME) && header.has(samples::POWER) && place {
        Some(ImportKind::Samples)
    } else if header.has(sites::OF_SITES) && place {
        Some(if is_drive_log(header) { ImportKind::Samples } else { ImportKind::Sites })
    } else if header.find_in_path(visits::TIME).is_some() && header.find_in_path(visits::RESULT).is_some() {
        Some(ImportKind::Visits)
    } else if header.has(teams::OF_TEAMS) {
        Some(ImportKind::Teams)
    } else if header.has(activities::OF_ACTIVITIES) {
        Some(ImportKind::Activities)
    } else if !header.has(OF_REPORTS) && !header.has(visits::RESULT) && names_villages(header) {
        Some(ImportKind::Villages)
    } else if header.has(public_places::OF_PLACES) && place {
        Some(ImportKind::Places)
    } else if claims::shows(header) && !place {
        Some(ImportKind::Claims)
    } else if header.has(OF_UNITS) && header.has(place::COMMUNE_NAME) {
        Some(ImportKind::Boundaries)
    } else if header.has(mergers::OLD_NAME) && header.has(mergers::NEW_NAME) {
        // Lists of villages and of places may name the commune of before and of today as well.
        Some(ImportKind::Mergers)
    } else if sites::is_headless(header) {
        Some(ImportKind::Sites)
    } else {
        None
    }
}

/// Whether each row has its own instant and what a phone heard then: Netmonitor writes the mast beside it, with its
/// azimuth, and such a log read as a list of masts puts one at every fix of the road.
fn is_drive_log(header: &Header) -> bool {
    const INSTANT: [&str; 6] = ["time", "timestamp", "datetime", "thoi_gian", "thoi_diem", "gio"];
    const HEARD: [&str; 5] = ["rssi", "rsrp", "rscp", "rxlev", "rsrq"];
    let any = |words: &[&str]| header.find_where(|folded| words.iter().any(|word| holds(folded, word))).is_some();
    let heard = header.has(samples::POWER) || any(&HEARD);
    heard && (header.has(samples::TIME) || any(&INSTANT))
}

fn names_villages(header: &Header) -> bool {
    let canonical = header.has(&["name"]) && header.has(&["commune_code"]) && header.has(&["households"]);
    let village = header.has(VILLAGE_NAME) || header.find_where(villages::is_village_heading).is_some();
    village || header.has(&["village", "village_name"]) || (canonical && !header.has(OF_UNITS))
}

/// Refuses a header that is plainly of another kind.
///
/// # Errors
/// [`Unreadable::OtherKind`].
pub(super) fn refuse_other(header: &Header, asked: ImportKind) -> Result<(), Unreadable> {
    match of(header) {
        None if asked == ImportKind::Sites && is_drive_log(header) => {
            Err(Unreadable::OtherKind { found: ImportKind::Samples, asked })
        }
        // A list of villages may state districts and areas as well.
        Some(ImportKind::Boundaries) | None => Ok(()),
        Some(found) if found == asked => Ok(()),
        Some(found) => Err(Unreadable::OtherKind { found, asked }),
    }
}

/// What a header that fits neither kind is probably of: measurements and reports of visits, which people exchange.
fn probably(header: &Header, asked: ImportKind) -> Option<ImportKind> {
    let measured = samples::shows_measurements(header);
    let reported = header.find_in_path(visits::RESULT).is_some() || header.has(OF_HOMES);
    match asked {
        ImportKind::Samples if reported && !measured => Some(ImportKind::Visits),
        ImportKind::Visits | ImportKind::Villages | ImportKind::Places
            if measured && !reported && !names_villages(header) =>
        {
            Some(ImportKind::Samples)
        }
        _ => None,
    }
}

/// Columns are missing: because the file is of another kind, or for want of them.
pub(super) fn missing(header: &Header, asked: ImportKind, missing: Vec<String>) -> Unreadable {
    match of(header).or_else(|| probably(header, asked)) {
        Some(found) if found != asked => Unreadable::OtherKind { found, asked },
        _ => Unreadable::MissingColumns { missing, header: header.names.clone(), asked: Some(asked) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_tells_its_kind_and_a_doubtful_one_tells_none() {
        for (names, kind) in [
            ("id,time,village_code,village,commune_code,commune,lon,lat,household,result", Some(ImportKind::Visits)),
            ("SubmissionDate,visit-result,visit-loc-Latitude,KEY", Some(ImportKind::Visits)),
            ("Ngày thăm,Mã xã,Tên thôn,Kết quả", Some(ImportKind::Visits)),
            ("time,operator,technology,rsrp,lon,lat", Some(ImportKind::Samples)),
            ("Timestamp,Longitude,Latitude,Operatorname,NetworkMode,Level", Some(ImportKind::Samples)),
            ("radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,averageSignal", Some(ImportKind::Sites)),
            ("Tên trạm,Nhà mạng,Kinh độ,Vĩ độ,Góc phương vị", Some(ImportKind::Sites)),
            ("sys_time;tech;mcc;mnc;cid;rssi;rsrq;lat;long;azimuth", Some(ImportKind::Samples)),
            ("site_name,operator,technology,lat,lon,azimuth,created,updated,rssi", Some(ImportKind::Sites)),
            ("code,commune_code,commune_name,name,kind,lon,lat,households", Some(ImportKind::Villages)),
            ("Mã xã,Tên xã,Tên thôn,Số hộ", Some(ImportKind::Villages)),
            ("Tên cơ quan,Loại,Mã xã,Kinh độ,Vĩ độ", Some(ImportKind::Places)),
            ("quadkey,avg_d_kbps,avg_u_kbps,avg_lat_ms,tests,devices", Some(ImportKind::Speeds)),
            ("old_code,old_name,new_code,new_name,share", Some(ImportKind::Mergers)),
            ("TT,Đơn vị cũ,Huyện cũ,Đơn vị mới", Some(ImportKind::Mergers)),
            ("Tên thôn,Xã cũ,Xã mới,Số hộ", Some(ImportKind::Villages)),
            ("Ngày thăm,Xã cũ,Xã mới,Kết quả", Some(ImportKind::Visits)),
            ("providerid,technology,mindown,minup,minsignal,environmnt,h3_res9_id", Some(ImportKind::Claims)),
            ("Mã xã,Tên xã,Diện tích", Some(ImportKind::Boundaries)),
            ("Mã xã,Tên thôn,Số quyết định,Số thành viên", Some(ImportKind::Teams)),
            ("Mã xã,Loại hoạt động,Ngày,Số người tham dự", Some(ImportKind::Activities)),
            ("Mã xã,Tên,Số hộ", None),
            ("commune_code,name,area_km2,households", None),
            ("id,time,village,commune_code,lon,lat", None),
            ("5G,452,04,2147483647,2147483647,,940,20.25,105.97,Trạm,643296", Some(ImportKind::Sites)),
            ("a,b,c", None),
        ] {
            let header = Header::new(names.split([',', ';']).map(str::to_owned).collect());
            assert_eq!(of(&header), kind, "{names}");
        }
    }

    #[test]
    fn visits_and_measurements_that_were_exchanged_are_told_by_what_they_hold() {
        let told = |names: &str, asked| {
            let header = Header::new(names.split(',').map(str::to_owned).collect());
            match missing(&header, asked, Vec::new()) {
                Unreadable::OtherKind { found, .. } => Some(found),
                _ => None,
            }
        };
        let (visits, samples) = (ImportKind::Visits, ImportKind::Samples);
        for names in [
            "Lúc,Điểm X,Điểm Y,Nhà mạng,Mức thu 4G",
            "Lúc đo,X,Y,Serving Cell RSRP",
            "when,x,y,Level (dBm)",
            "Lúc,Lat,Lon,Nhà mạng,Thu 4G,Thu 5G",
        ] {
            assert_eq!((told(names, visits), told(names, samples)), (Some(samples), None), "{names}");
        }
        for names in ["Lúc đến,Xã,Kết quả", "Giờ,Tên xã,Hộ gia đình,Ngày thăm"] {
            assert_eq!((told(names, samples), told(names, visits)), (Some(visits), None), "{names}");
        }
        for names in ["a,b,c", "x,y,z,Nhà mạng", "Giờ,Mức sóng tại nhà"] {
            assert_eq!((told(names, visits), told(names, samples)), (None, None), "{names}");
        }
    }
}
