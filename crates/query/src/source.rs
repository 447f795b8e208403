//! How the engine gets at bytes: only files that a snapshot of the archive named, read at their
//! places; whatever path a question could name leads nowhere.

use bytes::Bytes;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::ParquetFileReaderFactory;
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderOptions;
use datafusion::parquet::arrow::async_reader::AsyncFileReader;
use datafusion::parquet::errors::Result as ParquetResult;
use datafusion::parquet::file::metadata::{
    PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader,
};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use std::fs::File;
use std::future::Future;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

type Later<'a, T> = Pin<Box<dyn Future<Output = ParquetResult<T>> + Send + 'a>>;

/// Where a file of a snapshot lies; it travels with the plan.
#[derive(Debug)]
pub(crate) struct Place(pub(crate) PathBuf);

/// Opens files of a snapshot when the plan comes to them.
#[derive(Debug)]
pub(crate) struct Opener;

struct Source(File);

impl ParquetFileReaderFactory for Opener {
    fn create_reader(
        &self,
        _partition: usize,
        file: PartitionedFile,
        _hint: Option<usize>,
        _metrics: &ExecutionPlanMetricsSet,
    ) -> Result<Box<dyn AsyncFileReader + Send>> {
        let Some(Place(path)) = file.extension::<Place>() else {
            return Err(DataFusionError::Execution("a file that no archive names".into()));
        };
        let opened = archive::open_file(path);
        let opened = opened.map_err(|e| DataFusionError::External(Box::new(e)))?;
        Ok(Box::new(Source(opened)))
    }
}

// Reading blocks a thread of the question's own runtime: it has nothing else to do.
impl AsyncFileReader for Source {
    fn get_bytes(&mut self, range: Range<u64>) -> Later<'_, Bytes> {
        let read = || {
            let length = usize::try_from(range.end.saturating_sub(range.start))?;
            let mut bytes = vec![0; length];
            self.0.read_exact_at(&mut bytes, range.start)?;
            Ok(Bytes::from(bytes))
        };
        let read: ParquetResult<Bytes> = read();
        Box::pin(std::future::ready(read))
    }

    fn get_metadata<'a>(
        &'a mut self,
        options: Option<&'a ArrowReaderOptions>,
    ) -> Later<'a, Arc<ParquetMetaData>> {
        let policy =
            options.map_or(PageIndexPolicy::Optional, ArrowReaderOptions::column_index_policy);
        let read = ParquetMetaDataReader::new().with_page_index_policy(policy);
        Box::pin(std::future::ready(read.parse_and_finish(&self.0).map(Arc::new)))
    }
}
