//! A table of the archive as the engine sees it: its shape of now, and of its files those that can
//! hold what is asked for.

use crate::source::{Opener, Place};
use archive::{FileRow, Snapshot, columns};
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, UInt64Array};
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use facts::Date;
use facts::table::Shape;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// A table of a snapshot of the archive.
#[derive(Debug)]
pub(crate) struct ArchiveTable {
    shape: &'static Shape,
    schema: SchemaRef,
    snapshot: Arc<Mutex<Snapshot>>,
}

/// What the manifest knows of the rows of some files.
struct Known<'a>(&'a [FileRow]);

impl ArchiveTable {
    pub(crate) fn new(shape: &'static Shape, snapshot: Arc<Mutex<Snapshot>>) -> Self {
        Self { shape, schema: columns::schema(shape), snapshot }
    }

    /// The files that can hold rows for which all of `filters` are true, by path.
    fn files(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<PartitionedFile>> {
        let snapshot = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        let ever = (Date(i32::MIN), Date(i32::MAX));
        let mut files = snapshot
            .files(self.shape.name, (i64::MIN, i64::MAX), ever)
            .map_err(|e| DataFusionError::External(Box::new(e)))?;
        if let Some(all) = conjunction(filters.iter().cloned()) {
            let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
            let all = state.create_physical_expr(all, &schema)?;
            let keep = PruningPredicateBuilder::new()
                .with_file_schema(Arc::clone(&self.schema))
                .try_build(all)?
                .prune(&Known(&files))?;
            let mut keep = keep.into_iter();
            files.retain(|_| keep.next().unwrap_or(true));
        }
        let file = |f: &FileRow| {
            PartitionedFile::new(f.path.clone(), f.bytes).with_extension(Place(snapshot.path(f)))
        };
        Ok(files.iter().map(file).collect())
    }
}

#[async_trait]
impl TableProvider for ArchiveTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let files = self.files(state, filters)?;
        if files.is_empty() {
            // A scan of no files has no partition, which sorting does not bear.
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let mut source = ParquetSource::new(Arc::clone(&self.schema))
            .with_parquet_file_reader_factory(Arc::new(Opener))
            .with_enable_page_index(true)
            .with_pushdown_filters(true)
            .with_reorder_filters(true);
        if let Some(all) = conjunction(filters.iter().cloned()) {
            let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
            source = source.with_predicate(state.create_physical_expr(all, &schema)?);
        }
        let groups = FileGroup::new(files).split_files(state.config().target_partitions());
        // The address only names the engine's store of files, which is not used: see `source`.
        let scan = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(scan))
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        // They choose files and pages; the engine still looks at every row.
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }
}

impl Known<'_> {
    /// All rows of a file have its day and its ACD.
    fn value(&self, column: &Column) -> Option<ArrayRef> {
        match column.name.as_str() {
            "row_date" => {
                Some(Arc::new(Date32Array::from_iter_values(self.0.iter().map(|f| f.day.0))))
            }
            "acd" => Some(Arc::new(Int64Array::from_iter_values(self.0.iter().map(|f| f.acd)))),
            _ => None,
        }
    }
}

impl PruningStatistics for Known<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.value(column)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.value(column)
    }

    fn num_containers(&self) -> usize {
        self.0.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        self.value(column)?;
        Some(Arc::new(UInt64Array::from_iter_values(self.0.iter().map(|_| 0))))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(UInt64Array::from_iter_values(self.0.iter().map(|f| f.rows))))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
