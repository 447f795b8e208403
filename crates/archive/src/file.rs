//! One Parquet file: rows in, rows out, sorted by the key of their table.

use crate::{Trouble, columns};
use arrow::array::RecordBatch;
use arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{DataType, SchemaRef};
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
const GROUP_ROWS: usize = 128 * 1024;

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

/// Columns of several files as one, sorted by the first `key` columns.
pub(crate) fn sorted(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    key: usize,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let fitted: Vec<_> =
        batches.iter().map(|b| columns::fit(b, schema)).collect::<Result<_, _>>()?;
    let all = concat_batches(schema, &fitted)?;
    let keys: Vec<SortColumn> = all
        .columns()
        .iter()
        .take(key)
        .map(|array| SortColumn { values: array.clone(), options: None })
        .collect();
    if keys.is_empty() {
        return Ok(all);
    }
    let order = lexsort_to_indices(&keys, None)?;
    take_record_batch(&all, &order)
}

/// A file's bytes.
pub(crate) fn encode(
    batch: &RecordBatch,
    about: &About,
    sealed: bool,
) -> Result<Vec<u8>, ParquetError> {
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
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        // A dictionary of values that are nearly all different is the column a second time.
        let plain = match field.data_type() {
            DataType::Timestamp(..) => Some(Encoding::DELTA_BINARY_PACKED),
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
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), batch.schema(), options)?;
    writer.write(batch)?;
    writer.into_inner()
}

/// Whether more than half of the first texts are different.
fn mostly_different(array: &dyn arrow::array::Array) -> bool {
    let Some(texts) = array.as_any().downcast_ref::<arrow::array::StringArray>() else {
        return false;
    };
    let (mut seen, mut all) = (HashSet::new(), 0_usize);
    for text in texts.iter().flatten().take(4096) {
        all += 1;
        seen.insert(text);
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
