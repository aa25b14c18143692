//! GeoParquet 1.1: typed columns with proper nulls, shapes as WKB, and a box for each row to skip by.
//!
//! A row group at a time, so that a layer of any size is written in the memory of one.

use std::io::{self, Write};
use std::sync::Arc;

use geo::BoundingRect;
use geozero::{CoordDimensions, ToWkb};
use parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};
use serde_json::json;

use super::Taking;
use crate::model::feature::{Feature, Value};
use crate::tiles::{FieldKind, GeometryKind};

/// Rows of a group: some tens of megabytes of communes, and enough for a reader to skip by.
const GROUP_ROWS: usize = 8_192;

/// The members of the box, in the order of the file.
const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

pub(super) fn write(taking: &Taking<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    written(taking, out).map_err(io::Error::other)
}

fn written(taking: &Taking<'_>, out: &mut (dyn Write + Send)) -> Result<(), ParquetError> {
    let about = vec![
        KeyValue::new("geo".to_owned(), geo(taking).to_string()),
        KeyValue::new("phusong".to_owned(), taking.metadata().to_string()),
    ];
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("phusong ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(about));
    let mut file = SerializedFileWriter::new(out, schema(taking)?, Arc::new(properties.build()))?;
    for rows in taking.rows.chunks(GROUP_ROWS) {
        let mut group = file.next_row_group()?;
        write_group(taking, rows, &mut group)?;
        group.close()?;
    }
    file.close().map(drop)
}

/// <https://geoparquet.org/releases/v1.1.0/>. Without a `crs` longitude comes first in WGS 84.
fn geo(taking: &Taking<'_>) -> serde_json::Value {
    let shapes = match taking.definition.geometry {
        GeometryKind::Area => "MultiPolygon",
        GeometryKind::Point => "Point",
    };
    let boxes = taking.rows.iter().filter_map(|row| sides(row));
    let around = boxes
        .reduce(|one, other| [one[0].min(other[0]), one[1].min(other[1]), one[2].max(other[2]), one[3].max(other[3])]);
    let covering: serde_json::Map<_, _> =
        SIDES.iter().map(|side| ((*side).to_owned(), json!(["bbox", side]))).collect();
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": [shapes],
        "covering": {"bbox": covering},
    });
    if let Some(around) = around {
        column["bbox"] = json!(around);
    }
    json!({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}})
}

fn schema(taking: &Taking<'_>) -> Result<TypePtr, ParquetError> {
    let text = |name: &str, repetition| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8)
            .build()
    };
    let plain = |name: &str, physical, repetition| {
        Type::primitive_type_builder(name, physical).with_repetition(repetition).build()
    };
    let mut columns = vec![Arc::new(text("id", Repetition::REQUIRED)?)];
    for field in &taking.fields {
        columns.push(Arc::new(match field.kind {
            FieldKind::Text => text(field.name, Repetition::OPTIONAL)?,
            FieldKind::Integer => plain(field.name, Physical::INT64, Repetition::OPTIONAL)?,
            FieldKind::Number => plain(field.name, Physical::DOUBLE, Repetition::OPTIONAL)?,
            FieldKind::Flag => plain(field.name, Physical::BOOLEAN, Repetition::OPTIONAL)?,
        }));
    }
    columns.push(Arc::new(plain("geometry", Physical::BYTE_ARRAY, Repetition::OPTIONAL)?));
    let sides = SIDES.map(|side| plain(side, Physical::DOUBLE, Repetition::REQUIRED).map(Arc::new));
    let sides = sides.into_iter().collect::<Result<Vec<_>, _>>()?;
    let box_ = Type::group_type_builder("bbox").with_repetition(Repetition::OPTIONAL).with_fields(sides);
    columns.push(Arc::new(box_.build()?));
    Ok(Arc::new(Type::group_type_builder("schema").with_fields(columns).build()?))
}

type Group<'g, 'w> = SerializedRowGroupWriter<'g, &'w mut (dyn Write + Send)>;

fn write_group(taking: &Taking<'_>, rows: &[&Feature], group: &mut Group<'_, '_>) -> Result<(), ParquetError> {
    let keys = rows.iter().map(|row| ByteArray::from(row.key.as_str()));
    put::<ByteArrayType>(group, &keys.collect::<Vec<_>>(), None)?;
    for field in &taking.fields {
        let values = || rows.iter().map(|row| row.get(field.name));
        match field.kind {
            FieldKind::Text => optional::<ByteArrayType>(
                group,
                values().map(|value| match value? {
                    Value::Text(text) => Some(ByteArray::from(text.as_str())),
                    _ => None,
                }),
            ),
            FieldKind::Integer => optional::<Int64Type>(
                group,
                values().map(|value| match value? {
                    Value::Integer(number) => Some(*number),
                    _ => None,
                }),
            ),
            #[expect(clippy::cast_precision_loss, reason = "no count of a province comes near 2⁵³")]
            FieldKind::Number => optional::<DoubleType>(
                group,
                values().map(|value| match value? {
                    Value::Number(number) => Some(*number),
                    Value::Integer(number) => Some(*number as f64),
                    _ => None,
                }),
            ),
            FieldKind::Flag => optional::<BoolType>(
                group,
                values().map(|value| match value? {
                    Value::Flag(flag) => Some(*flag),
                    _ => None,
                }),
            ),
        }?;
    }
    let shapes = rows.iter().map(|row| {
        let wkb = row.shape.geometry().map(|shape| shape.to_wkb(CoordDimensions::xy()));
        wkb.transpose().map(|wkb| wkb.map(ByteArray::from))
    });
    let shapes: Vec<_> = shapes.collect::<Result<_, _>>().map_err(|error| ParquetError::General(error.to_string()))?;
    optional::<ByteArrayType>(group, shapes.into_iter())?;
    let boxes: Vec<_> = rows.iter().map(|row| sides(row)).collect();
    for side in 0..SIDES.len() {
        optional::<DoubleType>(group, boxes.iter().map(|sides| sides.map(|sides| sides[side])))?;
    }
    Ok(())
}

fn sides(row: &Feature) -> Option<[f64; 4]> {
    let rect = row.shape.geometry()?.bounding_rect()?;
    Some([rect.min().x, rect.min().y, rect.max().x, rect.max().y])
}

/// The next column, where a value may be missing: level 1 is there, 0 is null.
fn optional<T: DataType>(
    group: &mut Group<'_, '_>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut there, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        there.extend(value);
    }
    put::<T>(group, &there, Some(&levels))
}

fn put<T: DataType>(group: &mut Group<'_, '_>, values: &[T::T], levels: Option<&[i16]>) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("the schema has fewer columns than the rows".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, levels, None)?;
    column.close()
}
