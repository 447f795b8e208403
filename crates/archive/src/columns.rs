//! Rows of a [`Shape`] as Arrow columns and back. The shape of now rules: what a file has besides
//! is ignored, what it lacks is NULL.

use crate::Trouble;
use arrow::array::{
    Array, ArrayRef, BooleanArray, BooleanBuilder, Date32Array, Date32Builder, Int64Array,
    Int64Builder, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray,
    TimestampMicrosecondBuilder, new_null_array,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use facts::table::{Column, Row, Shape, Type, Value};
use facts::{Date, Stamp, Text};
use std::sync::Arc;

/// How a column is stored: numbers of 64 bits (of 32 bits they would be as large on disk after
/// compression), moments in microseconds of UTC, days as days.
pub fn data_type(kind: Type) -> DataType {
    match kind {
        Type::Text => DataType::Utf8,
        Type::Int | Type::Age => DataType::Int64,
        Type::Stamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Type::Date => DataType::Date32,
        Type::Bool => DataType::Boolean,
    }
}

/// A table's columns for Arrow; all of them may be NULL.
pub fn schema(shape: &Shape) -> SchemaRef {
    let field = |c: &Column| Field::new(c.name, data_type(c.kind), true);
    Arc::new(Schema::new(shape.columns.iter().map(field).collect::<Vec<_>>()))
}

/// Rows as columns. A value of another kind than its column's is NULL.
///
/// # Errors
/// A row that has not as many values as the shape has columns.
pub fn batch(shape: &Shape, rows: &[&Row]) -> Result<RecordBatch, Trouble> {
    let wrong = Trouble::Row(shape.name);
    if rows.iter().any(|row| row.len() != shape.columns.len()) {
        return Err(wrong);
    }
    let columns = shape.columns.iter().enumerate();
    let arrays = columns.map(|(at, c)| array(c.kind, rows.iter().filter_map(|r| r.get(at))));
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    RecordBatch::try_new_with_options(schema(shape), arrays.collect(), &options).map_err(|_| wrong)
}

fn array<'a>(kind: Type, values: impl Iterator<Item = &'a Value>) -> ArrayRef {
    match kind {
        Type::Text => {
            let mut out = StringBuilder::new();
            values.for_each(|v| match v {
                Value::Text(t) => out.append_value(t),
                _ => out.append_null(),
            });
            Arc::new(out.finish())
        }
        Type::Int | Type::Age => {
            let mut out = Int64Builder::new();
            values.for_each(|v| match v {
                Value::Int(i) => out.append_value(*i),
                _ => out.append_null(),
            });
            Arc::new(out.finish())
        }
        Type::Stamp => {
            let mut out = TimestampMicrosecondBuilder::new().with_timezone("UTC");
            values.for_each(|v| match v {
                Value::Stamp(s) => out.append_value(s.0),
                _ => out.append_null(),
            });
            Arc::new(out.finish())
        }
        Type::Date => {
            let mut out = Date32Builder::new();
            values.for_each(|v| match v {
                Value::Date(d) => out.append_value(d.0),
                _ => out.append_null(),
            });
            Arc::new(out.finish())
        }
        Type::Bool => {
            let mut out = BooleanBuilder::new();
            values.for_each(|v| match v {
                Value::Bool(b) => out.append_value(*b),
                _ => out.append_null(),
            });
            Arc::new(out.finish())
        }
    }
}

/// Columns of a file, whatever version wrote it, as the columns of `schema`, by name.
pub fn fit(
    batch: &RecordBatch,
    schema: &SchemaRef,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    if batch.schema_ref() == schema {
        return Ok(batch.clone());
    }
    let column = |field: &Arc<Field>| match batch.column_by_name(field.name()) {
        Some(array) => cast(array, field.data_type()),
        None => Ok(new_null_array(field.data_type(), batch.num_rows())),
    };
    let arrays = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>()?;
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema.clone(), arrays, &options)
}

/// Rows of a shape out of columns that [`fit`] it; a column that is missing is NULL.
pub fn rows(shape: &Shape, batch: &RecordBatch) -> Vec<Row> {
    let mut rows = vec![Row::with_capacity(shape.columns.len()); batch.num_rows()];
    for column in shape.columns {
        let array = batch.column_by_name(column.name);
        for (at, row) in rows.iter_mut().enumerate() {
            row.push(array.map_or(Value::Null, |array| value(array, at)));
        }
    }
    rows
}

/// One value of a column.
pub fn value(array: &ArrayRef, at: usize) -> Value {
    if at >= array.len() || array.is_null(at) {
        return Value::Null;
    }
    let any = array.as_any();
    if let Some(a) = any.downcast_ref::<Int64Array>() {
        Value::Int(a.value(at))
    } else if let Some(a) = any.downcast_ref::<StringArray>() {
        Value::Text(Text::from(a.value(at)))
    } else if let Some(a) = any.downcast_ref::<TimestampMicrosecondArray>() {
        Value::Stamp(Stamp(a.value(at)))
    } else if let Some(a) = any.downcast_ref::<Date32Array>() {
        Value::Date(Date(a.value(at)))
    } else if let Some(a) = any.downcast_ref::<BooleanArray>() {
        Value::Bool(a.value(at))
    } else {
        Value::Null
    }
}
