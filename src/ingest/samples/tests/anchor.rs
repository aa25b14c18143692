//! Which technology a value is of, where a row or a table has several.

use super::*;

type Read = (Technology, Option<f32>, Option<f32>, Option<f32>);

fn read_all(text: &str) -> Vec<Read> {
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    let value = |of: Option<Finite>| of.map(Finite::get);
    let read = |s: &Sample| (s.technology, s.rsrp.map(|p| p.get()), value(s.rsrq_db), value(s.sinr_db));
    all.rows.iter().map(|row| read(&row.value)).collect()
}

const PLACE: &str = "2026-03-31T08:15:00+07:00,viettel,105.9,20.2";

#[test]
fn a_power_of_5g_is_found_by_each_of_its_names_beside_that_of_4g() {
    for name in ["nr_ssRsrp", "5G RSRP", "RSRP 5G", "rsrp_5g", "NR_SSRSRP", "NR5G RSRP", "SSB RSRP"] {
        let text =
            format!("time,operator,lon,lat,technology,lte_rsrp,{name}\n{PLACE},5G,-85,-118\n{PLACE},4G,-85,-118\n");
        let expected = [(Technology::Nr, Some(-118.0), None, None), (Technology::Lte, Some(-85.0), None, None)];
        assert_eq!(read_all(&text), expected, "{name}");
    }
}

#[test]
fn a_power_that_a_table_gives_to_4g_is_that_of_no_other_technology() {
    let header = "time,operator,lon,lat,technology,lte_rsrp,lte_rsrq\n";
    let text = format!("{header}{PLACE},5G NSA,-98,-11\n{PLACE},3G,-98,-11\n{PLACE},4G,-99,-12\n");
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &fixture::options()).unwrap();
    assert_eq!(all.rejects.iter().map(|r| (r.line, r.reason.code())).collect::<Vec<_>>(), [(3, "no_reading")]);
    // What a 5G phone says of its 4G anchor is a reading of 4G.
    let read = [(Technology::Lte, Some(-98.0), Some(-11.0), None), (Technology::Lte, Some(-99.0), Some(-12.0), None)];
    assert_eq!(read_all(&text), read);
}

#[test]
fn a_reading_with_a_channel_of_4g_is_one_of_4g_whatever_the_phone_calls_its_network() {
    let header =
        "Timestamp\tLongitude\tLatitude\tOperatorname\tNetworkTech\tNetworkMode\tLevel\tQual\tARFCN\tSecondCell_RSRP\n";
    let row = |arfcn: &str| format!("2026.03.31_08.15.10\t105.9\t20.25\tViettel\t5G\t5G NSA\t-99\t-12\t{arfcn}\t-89\n");
    let text = format!("{header}{}{}{}", row("1650"), row("636666"), row("-"));
    let read: Vec<Technology> = read_all(&text).into_iter().map(|read| read.0).collect();
    assert_eq!(read, [Technology::Lte, Technology::Nr, Technology::Nr]);
}

#[test]
fn quality_and_ratio_are_of_the_technology_that_their_headings_name() {
    for ratio in ["lte_sinr", "lte_snr", "lte_rssnr", "lteRssnr", "LTE SINR", "RS SINR (dB)"] {
        let text = format!("time,operator,lon,lat,technology,lte_rsrp,lte_rsrq,{ratio}\n{PLACE},4G,-97,-13,4\n");
        assert_eq!(read_all(&text), [(Technology::Lte, Some(-97.0), Some(-13.0), Some(4.0))], "{ratio}");
    }
    let text = format!("time,operator,lon,lat,technology,rsrp,ss_sinr\n{PLACE},4G,-97,15\n{PLACE},5G,-97,15\n");
    let read: Vec<_> = read_all(&text).into_iter().map(|read| read.3).collect();
    assert_eq!(read, [None, Some(15.0)]);
    let text = format!(
        "time,operator,lon,lat,technology,lte_rsrp,lte_rsrq,nr_ss_rsrp,nr_ss_rsrq\n{PLACE},5G,-85,-19,-82,-11\n"
    );
    assert_eq!(read_all(&text), [(Technology::Nr, Some(-82.0), Some(-11.0), None)]);
}

#[test]
fn without_technologies_the_column_that_is_filled_tells_them() {
    let header = "time,operator,lon,lat,lte_rsrp,ss_rsrp,ss_rsrq,rscp,rxlev\n";
    let rows = ["-96,,,,", "2147483647,-101,-11,,", ",,,-88,", ",,,,-78", "-97,-90,-10,,"];
    let rows = rows.map(|row| format!("{PLACE},{row}\n")).concat();
    let expected = [
        (Technology::Lte, Some(-96.0), None, None),
        (Technology::Nr, Some(-101.0), Some(-11.0), None),
        (Technology::Umts, Some(-88.0), None, None),
        (Technology::Gsm, Some(-78.0), None, None),
        (Technology::Lte, Some(-97.0), None, None),
        (Technology::Nr, Some(-90.0), Some(-10.0), None),
    ];
    assert_eq!(read_all(&format!("{header}{rows}")), expected);
}

#[test]
fn a_profile_names_quality_for_each_technology_as_it_names_power() {
    let profile = "format = 1\nname = \"p\"\n[columns]\nlongitude = \"x\"\nlatitude = \"y\"\ntime = \"t\"\n\
                   operator = \"o\"\npower_4g = \"L\"\npower_5g = \"N\"\nrsrq_4g = \"LQ\"\nrsrq_5g = \"NQ\"\nsinr_5g = \"NS\"\n";
    let folder = fixture::folder();
    let path = fixture::write(&folder, "p.toml", profile.as_bytes());
    let profile = crate::ingest::profile::Profile::read(&path).unwrap();
    let options = Options { profile: Some(std::sync::Arc::new(profile)), ..fixture::options() };
    let text = "t,o,y,x,L,LQ,N,NQ,NS\n\
                2025-11-01 07:00:01,viettel,20.25,105.97,-96,-12,,,\n\
                2025-11-01 07:00:02,viettel,20.25,105.97,,,-83,-10,15\n";
    let (_, all) = read_bytes("a.csv", text.as_bytes(), &options).unwrap();
    let read = |s: &Sample| (s.technology, s.rsrq_db.map(Finite::get), s.sinr_db.map(Finite::get));
    let read: Vec<_> = all.rows.iter().map(|row| read(&row.value)).collect();
    assert_eq!(read, [(Technology::Lte, Some(-12.0), None), (Technology::Nr, Some(-10.0), Some(15.0))]);
}
