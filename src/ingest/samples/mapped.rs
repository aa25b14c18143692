//! The columns of a table as a profile names them, and the profile of a table that the reader knows.

use std::borrow::Cow;

use crate::ingest::Options;
use crate::ingest::header::Header;
use crate::ingest::profile::{BadProfile, Fault, Field, Places, Profile};
use crate::model::operator::Technology;

use super::columns::Columns;
use super::marks::Mark;

impl Columns {
    /// By a profile. `has_points` says that the first two columns are the points of a map file.
    ///
    /// # Errors
    /// [`BadProfile`] when it does not fit the table or says too little of it.
    pub(super) fn mapped(
        profile: &Profile,
        header: &Header,
        (delimiter, has_points): (u8, bool),
        options: &Options,
    ) -> Result<Self, BadProfile> {
        let mut places = profile.places(header)?;
        if has_points && places.of(Field::Longitude).is_none() {
            places.set(Field::Longitude, Some(0));
            places.set(Field::Latitude, Some(1));
        }
        let columns = Self::of_places(profile, places, (delimiter, header.len()));
        let unsaid = columns.unsaid(options.operator.is_some());
        if unsaid.is_empty() { Ok(columns) } else { Err(profile.at_fault(Fault::Unsaid { keys: unsaid })) }
    }

    pub(super) fn of_places(profile: &Profile, places: Places, (delimiter, width): (u8, usize)) -> Self {
        Self {
            profile: Cow::Owned(profile.name().to_owned()),
            delimiter,
            decimal_comma: profile.layout().decimal_comma.unwrap_or(delimiter != b','),
            width,
            time: places.of(Field::Time).or(places.of(Field::Date)),
            clock: places.of(Field::Clock),
            date: None,
            operator: places.of(Field::Operator),
            cgi: None,
            mcc: places.of(Field::Mcc),
            mnc: places.of(Field::Mnc),
            technology: places.of(Field::Technology),
            technology_codes: false,
            state: places.of(Field::State),
            rsrp: places.of(Field::Power),
            rsrp_of: None,
            rsrq: places.of(Field::Rsrq),
            sinr: places.of(Field::Sinr),
            power_of: by_technology(places, Field::power_of),
            names_4g: places.of(Field::Power4g).is_some(),
            rsrq_of: by_technology(places, Field::rsrq_of),
            sinr_of: by_technology(places, Field::sinr_of),
            download: places.of(Field::Download),
            lon: places.of(Field::Longitude),
            lat: places.of(Field::Latitude),
            accuracy: places.of(Field::Accuracy),
            age: None,
            device: places.of(Field::Device),
            cell: places.of(Field::Cell),
            cell_of_others: None,
            marks: Mark::of_places(places),
            arfcn: places.of(Field::Arfcn),
            speed: places.of(Field::Speed),
            implied: None,
            meaning: profile.meaning.clone(),
        }
    }

    /// The columns that a profile can name.
    pub(super) fn places(&self) -> Places {
        let mut places = Places::default();
        for (field, column) in [
            (Field::Longitude, self.lon),
            (Field::Latitude, self.lat),
            (Field::Time, self.time),
            (Field::Operator, self.operator),
            (Field::Technology, self.technology),
            (Field::State, self.state),
            (Field::Power, self.rsrp),
            (Field::Rsrq, self.rsrq),
            (Field::Sinr, self.sinr),
            (Field::Download, self.download),
            (Field::Accuracy, self.accuracy),
            (Field::Speed, self.speed),
            (Field::Cell, self.cell),
            (Field::Arfcn, self.arfcn),
            (Field::Device, self.device),
        ] {
            places.set(field, column);
        }
        type Own<'a> = (Field, &'a [(Technology, usize)], fn(Technology) -> Field);
        let own: [Own<'_>; 3] = [
            (Field::Power, &self.power_of, Field::power_of),
            (Field::Rsrq, &self.rsrq_of, Field::rsrq_of),
            (Field::Sinr, &self.sinr_of, Field::sinr_of),
        ];
        for (any, columns, field) in own {
            for (technology, column) in columns {
                if places.of(any) == Some(*column) {
                    if columns.len() == 1 {
                        continue;
                    }
                    places.set(any, None);
                }
                places.set(field(*technology), Some(*column));
            }
        }
        for mark in &self.marks {
            if let Some(field) = mark.field() {
                places.set(field, Some(mark.column));
            }
        }
        if self.mcc.and(self.mnc).is_some() {
            places.set(Field::Mcc, self.mcc);
            places.set(Field::Mnc, self.mnc);
        }
        places
    }

    /// Keys of a profile without which no row can be read.
    pub(super) fn unsaid(&self, operator_is_stated: bool) -> Vec<&'static str> {
        let mut unsaid = Vec::new();
        for (column, key) in
            [(self.lon, "columns.longitude"), (self.lat, "columns.latitude"), (self.time, "columns.time")]
        {
            if column.is_none() {
                unsaid.push(key);
            }
        }
        if self.rsrp.or(self.state).is_none() && self.power_of.is_empty() {
            unsaid.push("columns.power");
        }
        if self.operator.or(self.mcc).is_none() && !operator_is_stated {
            unsaid.push("columns.operator");
        }
        unsaid
    }
}

/// The columns that a profile names for one technology each.
pub(super) fn by_technology(places: Places, field: fn(Technology) -> Field) -> Vec<(Technology, usize)> {
    let column = |technology| Some((technology, places.of(field(technology))?));
    Technology::ALL.into_iter().filter_map(column).collect()
}
