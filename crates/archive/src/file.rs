//! One Parquet file: rows in, rows out, sorted by the key of their table.

use crate::{Trouble, columns};
use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::{SortColumn, concat, interleave_record_batch, lexsort_to_indices};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use facts::table::Shape;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, PageIndexPolicy};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

/// Rows of a group: what one thread scans at a time.
pub(crate) const GROUP_ROWS: usize = 128 * 1024;

/// Rows of a page: what has to be unpacked to get at one row.
const PAGE_ROWS: usize = 8 * 1024;

/// zstd's level for files that stay.
const SEALED_LEVEL: i32 = 6;

/// zstd's level for files of an open day, which live for hours.
const OPEN_LEVEL: i32 = 1;

/// The key of a file's metadata that says how many columns sort it.
const KEY_COLUMNS: &str = "busyhour.key_columns";

/// The start of the keys that say what a column means.
const COMMENT: &str = "busyhour.comment.";

/// What is written into a file besides its rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct About {
    /// How many of the first columns name and sort the rows.
    pub(crate) key: usize,
    /// The meaning of each column by its name.
    pub(crate) comments: Vec<(String, String)>,
}

impl About {
    pub(crate) fn shape(shape: &Shape) -> Self {
        let comments = shape.columns.iter().map(|c| (c.name.to_owned(), c.doc.to_owned()));
        Self { key: shape.key, comments: comments.collect() }
    }
}

/// Rows of several files in the order of their key. They are not moved until somebody takes some
/// of them: a day of a million calls would otherwise be in memory three times.
#[derive(Debug)]
pub(crate) struct Sorted {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Batch and place in it.
    order: Vec<(usize, usize)>,
}

impl Sorted {
    /// Rows with the columns of `schema`, sorted by the first `key` of them.
    pub(crate) fn new(
        schema: &SchemaRef,
        batches: Vec<RecordBatch>,
        key: usize,
    ) -> Result<Self, ArrowError> {
        let batches: Vec<RecordBatch> =
            batches.iter().map(|b| columns::fit(b, schema)).collect::<Result<_, _>>()?;
        let places: Vec<(usize, usize)> = batches
            .iter()
            .enumerate()
            .flat_map(|(nth, batch)| (0..batch.num_rows()).map(move |at| (nth, at)))
            .collect();
        let mut keys = Vec::new();
        for at in 0..key.min(schema.fields().len()) {
            let parts: Vec<&dyn Array> = batches.iter().map(|b| b.column(at).as_ref()).collect();
            if !parts.is_empty() {
                keys.push(SortColumn { values: concat(&parts)?, options: None });
            }
        }
        let schema = schema.clone();
        if keys.is_empty() {
            return Ok(Self { schema, batches, order: places });
        }
        let sorted = lexsort_to_indices(&keys, None)?;
        let place = |at: &u32| places.get(usize::try_from(*at).ok()?).copied();
        let order = sorted.values().iter().filter_map(place).collect();
        Ok(Self { schema, batches, order })
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// The rows in order, in parts of at most so many.
    pub(crate) fn parts(
        &self,
        rows: usize,
    ) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        self.order.chunks(rows).map(move |part| interleave_record_batch(&batches, part))
    }

    /// All rows in order.
    pub(crate) fn all(&self) -> Result<RecordBatch, ArrowError> {
        let all = self.parts(self.len().max(1)).next();
        all.unwrap_or_else(|| Ok(RecordBatch::new_empty(self.schema.clone())))
    }
}

/// A file's bytes.
pub(crate) fn encode(rows: &Sorted, about: &About, sealed: bool) -> Result<Vec<u8>, ParquetError> {
    let sample = rows.parts(GROUP_ROWS).next().transpose()?;
    let sample = sample.unwrap_or_else(|| RecordBatch::new_empty(rows.schema.clone()));
    let level = if sealed { SEALED_LEVEL } else { OPEN_LEVEL };
    let mut facts = vec![KeyValue::new(KEY_COLUMNS.to_owned(), about.key.to_string())];
    if sealed {
        let comments = about.comments.iter();
        facts.extend(
            comments.map(|(name, doc)| KeyValue::new(format!("{COMMENT}{name}"), doc.clone())),
        );
    }
    let statistics = if sealed { EnabledStatistics::Page } else { EnabledStatistics::Chunk };
    let mut properties = WriterProperties::builder()
        .set_created_by("busyhour".to_owned())
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(level)?))
        .set_statistics_enabled(statistics)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_write_batch_size(1024)
        .set_key_value_metadata(Some(facts));
    for (field, array) in rows.schema.fields().iter().zip(sample.columns()) {
        // A dictionary of values that are nearly all different is the column a second time.
        let plain = match field.data_type() {
            DataType::Timestamp(..) => Some(Encoding::DELTA_BINARY_PACKED),
            DataType::Int64 if mostly_different(array) => Some(Encoding::DELTA_BINARY_PACKED),
            DataType::Utf8 if mostly_different(array) => Some(Encoding::DELTA_BYTE_ARRAY),
            _ => None,
        };
        if let Some(encoding) = plain {
            let path = ColumnPath::from(field.name().as_str());
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, encoding);
        }
    }
    // The Arrow schema would only say again what Parquet's own types say.
    let options = ArrowWriterOptions::new()
        .with_properties(properties.build())
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), rows.schema.clone(), options)?;
    drop(sample);
    for part in rows.parts(GROUP_ROWS) {
        writer.write(&part?)?;
    }
    writer.into_inner()
}

/// Whether more than half of the first values are different.
fn mostly_different(array: &dyn Array) -> bool {
    let any = array.as_any();
    if let Some(texts) = any.downcast_ref::<StringArray>() {
        different(texts.iter())
    } else if let Some(numbers) = any.downcast_ref::<Int64Array>() {
        different(numbers.iter())
    } else {
        false
    }
}

fn different<T: Eq + std::hash::Hash>(values: impl Iterator<Item = Option<T>>) -> bool {
    let (mut seen, mut all) = (HashSet::new(), 0_usize);
    for value in values.flatten().take(4096) {
        all += 1;
        seen.insert(value);
    }
    all > 64 && seen.len() * 2 > all
}

/// All rows of a file and what it says about itself.
pub(crate) fn read(path: &Path, file: File) -> Result<(Vec<RecordBatch>, About), Trouble> {
    let wrong = |e: ParquetError| Trouble::parquet(path, &e);
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(wrong)?;
    let mut about = About::default();
    let facts = builder.metadata().file_metadata().key_value_metadata();
    for fact in facts.into_iter().flatten() {
        let value = fact.value.clone().unwrap_or_default();
        if fact.key == KEY_COLUMNS {
            about.key = value.parse().unwrap_or(0);
        } else if let Some(name) = fact.key.strip_prefix(COMMENT) {
            about.comments.push((name.to_owned(), value));
        }
    }
    let reader = builder.with_batch_size(GROUP_ROWS).build().map_err(wrong)?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|e| Trouble::parquet(path, &e))?;
    Ok((batches, about))
}

/// Some rows of a file, by their places (sorted): only the pages that hold them are unpacked.
pub(crate) fn read_some(
    path: &Path,
    file: File,
    places: &[usize],
) -> Result<Vec<RecordBatch>, Trouble> {
    let wrong = |e: ParquetError| Trouble::parquet(path, &e);
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
    let builder =
        ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(wrong)?;
    let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    let ranges = places.iter().filter(|at| **at < rows).map(|at| *at..at + 1);
    let selection = RowSelection::from_consecutive_ranges(ranges, rows);
    let reader = builder.with_row_selection(selection).build().map_err(wrong)?;
    reader.collect::<Result<Vec<_>, _>>().map_err(|e| Trouble::parquet(path, &e))
}
