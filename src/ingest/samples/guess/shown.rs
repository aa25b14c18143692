//! Examples of a column with what an import makes of them, by the reader of imports itself.

use super::super::optional::Dropped;
use super::super::radio;
use super::super::row::{Memory, Reader};
use super::Example;
use super::head::Head;
use crate::ingest::lines::Line;
use crate::ingest::profile::Field;
use crate::ingest::{number, privacy, text, time};
use crate::model::operator::Technology;

/// The first values of a column that differ.
pub(super) fn examples(reader: &Reader<'_>, head: &Head, (field, column): (Field, usize), most: usize) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    head.shape().lines(&head.body, head.line, &mut |line| {
        let Ok(line) = line else { return };
        let found = line.get(Some(column));
        if examples.len() == most || number::is_missing(found) {
            return;
        }
        let found = text::clean(&String::from_utf8_lossy(found));
        let understood = understood(reader, field, line);
        // What is not understood may be anything, a name included.
        let found = match (field, &understood) {
            (Field::Device, _) => "…".to_owned(),
            (_, None) => privacy::mask_words(&found),
            (_, Some(_)) => found,
        };
        if examples.iter().all(|example| example.found != found) {
            examples.push(Example { found, understood });
        }
    });
    examples
}

fn understood(reader: &Reader<'_>, field: Field, line: Line<'_>) -> Option<String> {
    let memory = &mut Memory::default();
    let names = reader.names(line, memory);
    let state = || reader.state(line, names).ok();
    let technology = |memory: &mut Memory| reader.technology(line, state()?, (names, memory)).ok();
    let dropped = &mut Dropped::default();
    match field {
        Field::Longitude => Some(format!("{:.6}°", reader.position(line).ok()?.lon())),
        Field::Latitude => Some(format!("{:.6}°", reader.position(line).ok()?.lat())),
        Field::Time | Field::Date | Field::Clock => {
            // Viet Nam's clock, as everything that is shown to people.
            let east = jiff::tz::Offset::constant(7);
            Some(reader.time(line, &mut time::Minute::default()).ok()?.display_with_offset(east).to_string())
        }
        Field::Operator | Field::Mcc | Field::Mnc => {
            reader.named_operator(line, names, memory).map(|operator| operator.brand().to_owned())
        }
        Field::Technology => technology(memory).map(|technology| technology.to_string()),
        Field::State => state().map(|state| state.code().to_owned()),
        Field::Power if state()?.is_censored() => Some("no_service".to_owned()),
        Field::Power => {
            let technology = technology(memory)?;
            reader.power(line, technology).ok().map(|power| format!("{} dBm ({technology})", power.get()))
        }
        Field::Power2g | Field::Power3g | Field::Power4g | Field::Power5g => {
            let technology = field.technology()?;
            reader.power(line, technology).ok().map(|power| format!("{} dBm ({technology})", power.get()))
        }
        Field::Rsrq => Some(format!("{} dB", reader.rsrq(line, technology(memory)?, dropped)?)),
        Field::Sinr => Some(format!("{} dB", reader.sinr(line, technology(memory)?, dropped)?)),
        Field::Rsrq4g => Some(format!("{} dB", reader.rsrq(line, Technology::Lte, dropped)?)),
        Field::Rsrq5g => Some(format!("{} dB", reader.rsrq(line, Technology::Nr, dropped)?)),
        Field::Sinr4g => Some(format!("{} dB", reader.sinr(line, Technology::Lte, dropped)?)),
        Field::Sinr5g => Some(format!("{} dB", reader.sinr(line, Technology::Nr, dropped)?)),
        Field::Download => Some(format!("{} kbit/s", reader.download(line, dropped)?)),
        Field::Accuracy => Some(format!("{} m", reader.accuracy(line, dropped).ok()??)),
        Field::Speed => Some(format!("{:.1} km/h", reader.speed(line, dropped)?)),
        Field::Cell => radio::cell(line.get(reader.columns().cell)).map(|cell| cell.to_string()),
        Field::Arfcn => reader.arfcn(line, dropped).map(|arfcn| arfcn.to_string()),
        Field::Device => Some("…".to_owned()),
        Field::Serving | Field::Neighbour => {
            Some(if reader.own_cell(line).is_ok() { "serving" } else { "neighbour" }.to_owned())
        }
    }
}
