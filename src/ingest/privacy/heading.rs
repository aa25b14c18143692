//! Which headings name a person: one list for every reader.
//!
//! It is the field's own habits: metadata of ODK, identifiers of phones, headings of
//! household lists and of those who did the work, in Vietnamese and English.

use crate::ingest::header::holds;

/// Headings, folded, that name a person whatever the form.
const EXACT: &[&str] = &[
    "deviceid",
    "device_id",
    "subscriberid",
    "simserial",
    "imei",
    "imsi",
    "iccid",
    "msisdn",
    "phonenumber",
    "phone",
    "username",
    "submittername",
    "submitterid",
    "email",
    "photo",
    "image",
    "signature",
    "person_name",
    "head_name",
    "owner",
    "owner_name",
    "respondent",
    "respondent_name",
    "collector",
    "note",
    "notes",
    "sdt",
    "so_dt",
    "dien_thoai",
    "ho_ten",
    "ho_va_ten",
    "chu_ho",
    "ten_chu_ho",
    "nguoi_tra_loi",
    "nguoi_tham",
    "truong_thon",
    "truong_xom",
    "to_truong",
    "giang_vien",
    "bao_cao_vien",
    "thanh_phan",
    "ten_thanh_vien",
    "danh_sach_thanh_vien",
    "instructor",
    "head",
    "village_head",
    "cccd",
    "cmnd",
    "cmt",
    "can_cuoc",
    "so_can_cuoc",
    "dinh_danh",
    "anh",
    "hinh_anh",
    "chu_ky",
    "ngay_sinh",
    "nam_sinh",
    "birth_date",
    "dob",
    "birthday",
    "ghi_chu",
    "instancename",
    "instance_name",
    "devicephonenum",
    "phone_number",
    "mac_address",
    "ip",
    "audit",
    "first_name",
    "last_name",
    "given_name",
    "surname",
    "mobile",
    "mobile_no",
    "mobile_number",
    "tel",
    "telephone",
    "national_id",
    "id_number",
    "id_no",
    "passport",
    "head_of_household",
    "household_head",
    "hh_head",
    "hh_head_name",
    "team_leader",
    "simid",
    "dt",
    "dtdd",
    "di_dong",
    "ten_ho",
    "chu_nha",
    "ten_chu_nha",
    "dai_dien",
    "nguoi_dai_dien",
    "nguoi_tiep",
    "nguoi_huong_dan",
    "nguoi_duoc_huong_dan",
    "thanh_vien_to",
    "dia_chi",
    "address",
    "street_address",
    "streetaddress",
    "dia_chi_nha",
    "so_lien_he",
    "phu_trach",
    "dau_moi",
    "lai_xe",
    "ky_su",
    "hoten",
    "user",
    "user_id",
    "user_name",
    "author",
    "tuoi",
    "gioi_tinh",
    "dan_toc",
    "tai_khoan_vneid",
];

/// Words that give a person away wherever they stand in a heading.
const WITHIN: &[&str] = &[
    "ho_ten",
    "ho_va_ten",
    "chu_ho",
    "so_dien_thoai",
    "dien_thoai",
    "cccd",
    "cmnd",
    "can_cuoc",
    "imei",
    "imsi",
    "phone",
    "subscriberid",
    "simserial",
    "submittername",
    "submitterid",
    "username",
    "email",
    "respondent",
    "ten_nguoi",
    "birth",
    "ngay_sinh",
    "photo",
    "instancename",
    "devicephonenum",
    "ten_chu_nha",
    "ma_dinh_danh",
    "so_dinh_danh",
    "ho_chieu",
    "bhyt",
    "zalo",
    "facebook",
    "phong_van",
    "sdt",
    "so_dt",
    "dtdd",
    "cmt",
    "ten_ho",
    "ten_to_truong",
    "ten_truong_thon",
    "ten_truong_xom",
    "ten_can_bo",
    "ten_thanh_vien",
    "ong_ba",
    "chu_nha",
    "nguoi_dai_dien",
    "nam_sinh",
];

/// Those who do the work, wherever their word stands in a heading, unless the heading counts them.
const DOERS: &[&str] = &[
    "nguoi_dan",
    "nguoi_do",
    "nguoi_di_do",
    "nguoi_khao_sat",
    "nguoi_thu_thap",
    "nguoi_dieu_tra",
    "nguoi_phong_van",
    "nguoi_kiem_tra",
    "nguoi_giam_sat",
    "nguoi_xac_nhan",
    "nguoi_phu_trach",
    "nguoi_thuc_hien",
    "nguoi_van_hanh",
    "nguoi_lien_he",
    "nguoi_lap",
    "nguoi_nhap",
    "nguoi_ghi",
    "nguoi_bao_cao",
    "nguoi_cung_cap",
    "nguoi_cap_nhat",
    "nguoi_tao",
    "nguoi_gui",
    "nguoi_ky",
    "nguoi_duyet",
    "nguoi_test",
    "nguoi_lai_xe",
    "can_bo",
    "nhan_vien",
    "ky_thuat_vien",
    "ktv",
    "khao_sat_vien",
    "dieu_tra_vien",
    "giam_sat_vien",
    "cong_tac_vien",
    "tinh_nguyen_vien",
    "chuyen_vien",
    "lien_he",
    "tester",
    "test_operator",
    "surveyor",
    "enumerator",
    "interviewer",
    "inspector",
    "supervisor",
    "technician",
    "engineer",
    "field_worker",
    "fieldworker",
    "staff",
    "employee",
    "contact",
    "tested_by",
    "measured_by",
    "surveyed_by",
    "collected_by",
    "recorded_by",
    "reported_by",
    "checked_by",
    "entered_by",
    "created_by",
    "submitted_by",
];

/// What follows `ten_ho` where it is no household: `Tên hồ sơ`, `Tên hỗ trợ`, `Tên hợp tác xã`.
const NO_HOUSEHOLD: &[&str] = &["ten_ho_so", "ten_ho_tro"];

/// Headings that begin so count people or judge what was done for them, and name nobody.
const COUNTING: &[&str] = &["so_", "tong_", "luot_", "ty_le_", "ket_qua_", "n_", "num_", "number_of_", "count_of_"];

/// Whether a heading, folded by `header::fold`, may name a person.
pub(in crate::ingest) fn is_personal(folded: &str) -> bool {
    // `Số người dân được hướng dẫn` counts people; `người dân` names one.
    let counts = COUNTING.iter().any(|beginning| folded.starts_with(beginning));
    let is_of_no_home = NO_HOUSEHOLD.iter().any(|other| holds(folded, other));
    EXACT.iter().any(|word| is(folded, word))
        || WITHIN.iter().any(|word| match *word {
            "ten_ho" if is_of_no_home => false,
            word => holds(folded, word) || is(folded, word),
        })
        || !counts && DOERS.iter().any(|word| holds(folded, word) || is(folded, word))
}

/// The word itself, or as a database writes it, without its blanks: `nguoido`.
fn is(heading: &str, word: &str) -> bool {
    heading == word
        || heading.len() < word.len()
            && !heading.contains('_')
            && heading.bytes().eq(word.bytes().filter(|b| *b != b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::header::fold;

    #[test]
    fn columns_that_name_a_person_are_known_in_both_languages() {
        for heading in ["deviceid", "submittername", "ho_ten", "chu_ho", "so_dien_thoai_lien_he", "head_phone", "cccd"]
        {
            assert!(is_personal(heading), "{heading}");
        }
        for heading in
            ["mobile_no", "hh_head_name", "so_cmnd_cccd", "ten_nguoi_dan", "nguoi_dan", "ma_dinh_danh_ca_nhan"]
        {
            assert!(is_personal(heading), "{heading}");
        }
        for heading in [
            "sdt_lien_he",
            "sdt_to_truong",
            "ten_ho_gia_dinh",
            "ho_gia_dinh_ong_ba",
            "ho_ten_to_truong",
            "so_dt_lien_he",
            "so_cmt",
        ] {
            assert!(is_personal(heading), "{heading}");
        }
        for heading in
            ["ten_ho_so", "ten_hop_tac_xa", "ten_to", "ho_gia_dinh", "so_ho_gia_dinh", "song_di_dong_viettel"]
        {
            assert!(!is_personal(heading), "{heading}");
        }
        for heading in ["ket_qua_huong_dan_nguoi_dan", "so_luot_nguoi_dan_duoc_huong_dan", "so_nguoi_duoc_huong_dan"] {
            assert!(!is_personal(heading), "{heading}");
        }
        for heading in ["household", "ten_thon", "commune", "microphones", "result", "so_ho", "device"] {
            assert!(!is_personal(heading), "{heading}");
        }
    }

    #[test]
    fn a_column_of_those_who_measured_names_persons_whatever_word_a_team_has_for_them() {
        for heading in [
            "Người đo mạng",
            "Nguoi do",
            "NguoiDo",
            "Tên người đo",
            "Cán bộ khảo sát",
            "CÁN BỘ KỸ THUẬT",
            "Liên hệ",
            "Số liên hệ",
            "Người liên hệ",
            "Kỹ thuật viên",
            "KTV đo",
            "Nhân viên đo",
            "HoTen",
            "Tester",
            "Tester name",
            "Surveyor",
            "Surveyor (name)",
            "Network engineer",
            "Measured by",
            "Staff",
            "User",
        ] {
            assert!(is_personal(&fold(heading)), "{heading}");
        }
        for heading in [
            "Số cán bộ",
            "Số người đo",
            "Tổng số nhân viên",
            "Number of staff",
            "Đơn vị phụ trách",
            "Người cao tuổi",
            "Nhà mạng",
            "Operator",
            "User agent",
            "Thành viên",
            "Đường đỏ",
            "Nhật ký sự kiện",
            "Contacts",
            "Serving cell",
        ] {
            assert!(!is_personal(&fold(heading)), "{heading}");
        }
    }
}
