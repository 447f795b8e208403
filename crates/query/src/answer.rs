//! The answer to a question: columns at once, rows as they come.

use crate::Refusal;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::SendableRecordBatchStream;
use facts::{Date, Stamp};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use tokio::runtime::Runtime;

/// One value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Not known or not applicable.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that is not whole: an average, a share.
    Float(f64),
    /// Text; also a day (`2026-11-20`), a moment (`2026-11-20T09:30:00.000000Z`) and whatever else
    /// the engine can make, as it prints it.
    Text(String),
}

/// The answer to a question. Rows come while it is being worked on.
pub struct Answer {
    columns: Vec<String>,
    /// None: there is nothing to come.
    stream: Option<SendableRecordBatchStream>,
    runtime: Arc<Runtime>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl Answer {
    pub(crate) fn new(stream: SendableRecordBatchStream, runtime: Arc<Runtime>) -> Self {
        let columns = stream.schema().fields().iter().map(|f| f.name().clone()).collect();
        Self { columns, stream: Some(stream), runtime }
    }

    /// An answer that says nothing.
    pub(crate) fn nothing(runtime: Arc<Runtime>) -> Self {
        Self { columns: Vec::new(), stream: None, runtime }
    }

    /// Names of columns; two can have the same.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Some more rows as columns; None after the last. Waits for the engine.
    ///
    /// # Errors
    /// The question failed while it ran; nothing comes after that.
    pub fn batch(&mut self) -> Option<Result<RecordBatch, Refusal>> {
        let stream = self.stream.as_mut()?;
        let next = std::future::poll_fn(|context| {
            let stream: Pin<&mut _> = stream.as_mut();
            poll_next(stream, context)
        });
        let next = self.runtime.block_on(next).map(|batch| batch.map_err(Refusal::from));
        if !matches!(next, Some(Ok(_))) {
            self.stream = None;
        }
        next
    }

    /// Some more rows; None after the last.
    ///
    /// # Errors
    /// As [`Answer::batch`].
    pub fn rows(&mut self) -> Option<Result<Vec<Vec<Cell>>, Refusal>> {
        Some(self.batch()?.and_then(|batch| rows(&batch)))
    }

    /// All rows that are left. For answers that are known to be small.
    ///
    /// # Errors
    /// As [`Answer::batch`].
    pub fn all(mut self) -> Result<Vec<Vec<Cell>>, Refusal> {
        let mut all = Vec::new();
        while let Some(rows) = self.rows() {
            all.extend(rows?);
        }
        Ok(all)
    }
}

fn poll_next(
    stream: Pin<&mut (dyn datafusion::execution::RecordBatchStream + Send)>,
    context: &mut std::task::Context<'_>,
) -> Poll<Option<datafusion::error::Result<RecordBatch>>> {
    futures_util::Stream::poll_next(stream, context)
}

fn rows(batch: &RecordBatch) -> Result<Vec<Vec<Cell>>, Refusal> {
    let mut rows = vec![Vec::with_capacity(batch.num_columns()); batch.num_rows()];
    for column in batch.columns() {
        let cells = cells(column).map_err(|e| Refusal::Failed(e.to_string()))?;
        for (row, cell) in rows.iter_mut().zip(cells) {
            row.push(cell);
        }
    }
    Ok(rows)
}

fn cells(column: &ArrayRef) -> Result<Vec<Cell>, arrow::error::ArrowError> {
    let moment = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Ok(match column.data_type() {
        DataType::Boolean => {
            let values = column.as_boolean().iter();
            values.map(|v| v.map_or(Cell::Null, Cell::Bool)).collect()
        }
        // Counts are unsigned; nothing is counted that far.
        whole if whole.is_integer() => {
            let wide = cast(column, &DataType::Int64)?;
            let values = wide.as_primitive::<Int64Type>().iter();
            values.map(|v| v.map_or(Cell::Null, Cell::Int)).collect()
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let wide = cast(column, &DataType::Float64)?;
            let values = wide.as_primitive::<Float64Type>().iter();
            values.map(|v| v.map_or(Cell::Null, Cell::Float)).collect()
        }
        DataType::Date32 => {
            let values = column.as_primitive::<Date32Type>().iter();
            values.map(|v| v.map_or(Cell::Null, |d| Cell::Text(Date(d).to_string()))).collect()
        }
        DataType::Timestamp(..) => {
            let wide = cast(column, &moment)?;
            let values = wide.as_primitive::<TimestampMicrosecondType>().iter();
            values.map(|v| v.map_or(Cell::Null, |s| Cell::Text(Stamp(s).to_string()))).collect()
        }
        _ => {
            let options = FormatOptions::new();
            let formatter = ArrayFormatter::try_new(column.as_ref(), &options)?;
            let text = |at| {
                let null = column.is_null(at);
                if null { Cell::Null } else { Cell::Text(formatter.value(at).to_string()) }
            };
            (0..column.len()).map(text).collect()
        }
    })
}
