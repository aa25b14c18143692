//! What the columns of a register of villages are called.

use crate::ingest::header::Header;
use crate::ingest::table::Table;
use crate::ingest::{Options, Unreadable, kind, place, text};
use crate::model::import::ImportKind;

const NAME: &[&str] = &[
    "name_vi",
    "name",
    "village",
    "village_name",
    "ten_thon",
    "ten_thon_xom",
    "ten_xom",
    "thon",
    "thon_xom",
    "ten_ban",
    "ten_to_dan_pho",
    "to_dan_pho",
    "thon_to_dan_pho",
    "ten_tdp",
    "khu_dan_cu",
    "ten",
    "dia_danh",
];

const HOUSEHOLDS: &[&str] = &[
    "households",
    "so_ho",
    "tong_so_ho",
    "tong_ho",
    "ho",
    "so_ho_dan",
    "so_ho_gia_dinh",
    "tong_so_ho_dan",
    "tong_so_ho_gia_dinh",
    "so_ho_hien_co",
    "tong_so_ho_hien_co",
    "so_luong_ho",
    "so_luong_ho_dan",
    "so_luong_ho_gia_dinh",
    "households_declared",
];

/// What a row of a list of geographical names is: `DC` a settlement, `SV` a mountain, `TV` a water, `KX` a facility
/// (circulars on "Danh mục địa danh … phục vụ công tác thành lập bản đồ", such as 10/2019/TT-BTNMT).
const GROUP: &[&str] = &["nhom_doi_tuong"];

pub(super) struct Columns {
    pub(super) code: Option<usize>,
    pub(super) commune_code: Option<usize>,
    pub(super) commune_name: Option<usize>,
    pub(super) old_commune: Option<usize>,
    /// Behind the last column of a table that has none of names of communes: that of the heading above a row.
    pub(super) above: Option<usize>,
    /// Somebody says of which commune the rows are that name none.
    pub(super) commune_is_stated: bool,
    pub(super) district: Option<usize>,
    pub(super) name: Option<usize>,
    /// The plain `name` beside `name_vi`.
    pub(super) other_name: Option<usize>,
    pub(super) kind: Option<usize>,
    pub(super) point: place::Point,
    pub(super) precision: Option<usize>,
    pub(super) households: Option<usize>,
    pub(super) households_date: Option<usize>,
    pub(super) population: Option<usize>,
    pub(super) confidence: Option<usize>,
    pub(super) aliases: Option<usize>,
    pub(super) wof_id: Option<usize>,
    pub(super) id: Option<usize>,
    pub(super) group: Option<usize>,
    /// How the area of a row was come by.
    pub(super) extent: Option<usize>,
}

impl Columns {
    pub(super) fn used(&self) -> Vec<usize> {
        let (lon, lat, both) = self.point.used();
        let named = [self.code, self.commune_code, self.commune_name, self.district, self.name, self.other_name];
        let counted = [self.households, self.households_date, self.population, self.precision, self.confidence];
        let listed = [self.kind, self.aliases, self.wof_id, self.id, self.group, self.extent, self.old_commune];
        named.into_iter().chain(counted).chain(listed).chain([lon, lat, both]).flatten().collect()
    }
}

pub(super) fn columns(table: &Table, options: &Options) -> Result<Columns, Unreadable> {
    let header = &table.header;
    let point =
        place::Point::new((header.find(place::LON), header.find(place::LAT)), header, table.decimal_comma, options)?;
    let name = header.find(NAME).or_else(|| header.find_where(is_village_heading));
    let (commune_name, district) = place::names_of_communes(|names| header.find(names));
    let mut columns = Columns {
        code: header.find(&["code", "village_code", "ma_thon", "ma_xom", "ma_to_dan_pho", "ma_tdp"]),
        commune_code: header.find(place::COMMUNE_CODE),
        commune_name,
        old_commune: header.find(place::OLD_COMMUNE),
        above: None,
        commune_is_stated: options.commune_is_stated,
        district,
        name,
        other_name: header.find(&["name"]).filter(|other| Some(*other) != name),
        kind: header.find(&["kind", "loai", "loai_hinh"]),
        point,
        precision: header.find(&["precision_m", "coord_precision_m", "do_chinh_xac", "point_precision_m"]),
        households: header.find(HOUSEHOLDS).or_else(|| {
            // The same words may head the names of households.
            let counts = |at: &usize| table.holds_numbers(*at);
            header.find(&["ho_gia_dinh", "ho_dan"]).filter(counts)
        }),
        households_date: header.find(&["households_date", "ngay_so_ho", "ngay_cap_nhat", "ngay", "tinh_den_ngay"]),
        population: header.find(&[
            "population",
            "nhan_khau",
            "so_nhan_khau",
            "tong_so_nhan_khau",
            "tong_nhan_khau",
            "dan_so",
            "so_dan",
            "so_khau",
            "tong_so_khau",
            "so_luong_khau",
            "so_luong_nhan_khau",
            "so_nhan_khau_hien_co",
        ]),
        confidence: header.find(&["confidence", "do_tin_cay"]),
        aliases: header.find(&["aliases", "alias", "ten_khac", "ten_goi_khac"]),
        wof_id: header.find(&["wof_id"]),
        id: header.find(&["source_key", "id"]),
        group: header.find(GROUP),
        extent: header.find(&["extent_source", "extent_by", "nguon_ranh_gioi", "cach_ve", "cach_ve_ranh_gioi"]),
    };
    let mut missing = Vec::new();
    // A map may name its areas by our codes alone.
    if columns.name.is_none() && (columns.code.is_none() || !table.has_geometry()) {
        missing.push("name".to_owned());
    }
    columns.above = columns.commune_name.is_none().then(|| header.len());
    if !missing.is_empty() {
        return Err(kind::missing(header, ImportKind::Villages, missing));
    }
    // Visits name their villages too: read as a register they would empty the one that is there.
    kind::refuse_other(header, ImportKind::Villages)?;
    Ok(columns)
}

impl Columns {
    /// The table itself has a column of communes.
    pub(super) fn has_communes(&self) -> bool {
        self.commune_code.or(self.commune_name).is_some()
    }

    /// Where the name of the commune of a row stands, once it is filled in from above.
    pub(super) fn commune_name(&self) -> Option<usize> {
        self.commune_name.or(self.above)
    }
}

/// The columns of a village that other readers look for too.
pub(in crate::ingest) fn village_columns(header: &Header) -> (Option<usize>, Option<usize>) {
    const NAME: &[&str] = &["village", "village_name", "ten_thon", "thon", "thon_xom", "ten_xom", "to_dan_pho"];
    (
        header.find_in_path(&["village_code", "ma_thon", "ma_xom", "ma_tdp", "ma_to_dan_pho"]),
        header.find_in_path(NAME).or_else(|| header.find_where(is_village_heading)).or_else(|| {
            // The question of our own form, in an export of labels.
            header.find_in_path(&["village_or_residential_group"])
        }),
    )
}

/// Whether a heading is made of nothing but the words for a village, in whatever order and number an office likes:
/// `Tên thôn, xóm, tổ dân phố`, `Xóm`, `Thôn/TDP`.
pub(in crate::ingest) fn is_village_heading(folded: &str) -> bool {
    let short = folded.replace("to_dan_pho", "tdp").replace("khu_dan_cu", "kdc");
    let mut named = false;
    short.split('_').all(|word| match word {
        "thon" | "xom" | "ban" | "tdp" | "kdc" | "khu" | "pho" | "ap" | "lang" | "buon" => {
            named = true;
            true
        }
        "ten" | "va" | "hoac" | "hay" => true,
        _ => false,
    }) && named
}

/// Whether a name begins with a word for a village that begins nothing else: a sheet of this name is of one village.
/// `Bản tổng hợp`, `Khu vực 1` and `Tổ 3` are of none.
#[must_use]
pub fn is_called_a_village(name: &str) -> bool {
    const WORDS: [&str; 8] = ["thon ", "xom ", "to dan pho ", "tdp ", "khu pho ", "khu dan cu ", "ap ", "buon "];
    let name = text::fold(name).replace(['_', '.'], " ");
    WORDS.iter().any(|word| name.strip_prefix(word).is_some_and(|rest| rest.contains(|c: char| c.is_alphanumeric())))
}

/// Whether a name has a word of three letters at least, so that it may be that of a village: `1` and `T9` are not.
#[must_use]
pub fn may_be_called(name: &str) -> bool {
    name.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 2)
}
