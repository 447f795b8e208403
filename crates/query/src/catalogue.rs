//! The catalogue: which tables there are, and questions about them.

use crate::table::ArchiveTable;
use crate::{Answer, Refusal};
use archive::{Snapshot, columns};
use arrow::array::RecordBatch;
use datafusion::common::config::Dialect;
use datafusion::datasource::MemTable;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use facts::table::{Row, Shape, Table};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::runtime::{Builder, Runtime};

/// Bytes that questions of one catalogue may use for sorting, grouping and joining together.
pub const MEMORY: usize = 1 << 30;

/// The stack of a thread: the engine goes as deep as a question is nested. Only what is used of it
/// takes memory.
const STACK: usize = 256 << 20;

/// Operators of a question at most. Each may be one level deeper, and a stack that overflows ends
/// the whole process: a debug build took twice as many.
const OPERATORS_MAX: usize = 1_000;

/// Bytes of a question at most.
const TEXT_MAX: usize = 256 << 10;

/// Tables and the engine that answers questions about them. It has threads of its own; it must not
/// be dropped on a thread of another asynchronous runtime.
pub struct Catalogue {
    context: SessionContext,
    runtime: Arc<Runtime>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue").finish_non_exhaustive()
    }
}

impl Catalogue {
    /// A catalogue without tables, whose questions may use [`MEMORY`].
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn new() -> Result<Self, Refusal> {
        Self::with_memory(MEMORY)
    }

    /// The same with so many bytes for questions.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn with_memory(bytes: usize) -> Result<Self, Refusal> {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("sql")
            .thread_stack_size(STACK)
            .build()
            .map_err(|e| Refusal::Failed(e.to_string()))?;
        let mut config =
            SessionConfig::new().with_information_schema(true).with_target_partitions(threads);
        let options = config.options_mut();
        options.sql_parser.dialect = Dialect::PostgreSQL;
        // What does not fit into memory is refused: a question writes nothing, not even aside.
        let no_disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
        let environment = RuntimeEnvBuilder::new()
            .with_memory_limit(bytes, 1.0)
            .with_disk_manager_builder(no_disk)
            .build_arc()?;
        let context = SessionContext::new_with_config_rt(config, environment);
        Ok(Self { context, runtime: Arc::new(runtime) })
    }

    /// Adds the tables of an archive as it is in this snapshot. `shapes` are the tables there are;
    /// one of which there are no rows is there and empty. A table of the same name is replaced.
    ///
    /// # Errors
    /// The engine does not take a table.
    pub fn archive(
        &mut self,
        snapshot: Snapshot,
        shapes: &[&'static Shape],
    ) -> Result<(), Refusal> {
        let snapshot = Arc::new(Mutex::new(snapshot));
        for shape in shapes {
            let table = Arc::new(ArchiveTable::new(shape, Arc::clone(&snapshot)));
            self.register(shape.name, table)?;
        }
        Ok(())
    }

    /// Adds a table as it stood at one moment. A table of the same name is replaced.
    ///
    /// # Errors
    /// Rows that do not fit their shape.
    pub fn table(&mut self, table: &Table) -> Result<(), Refusal> {
        self.rows(&[(table.shape, &table.rows)])
    }

    /// Adds tables out of rows in memory, e.g. those of all intervals that a replay closed: rows of
    /// one table may come in several parts. Tables of the same names are replaced.
    ///
    /// # Errors
    /// Rows that do not fit their shape.
    pub fn rows(&mut self, tables: &[(&Shape, &[Row])]) -> Result<(), Refusal> {
        let mut parts: BTreeMap<&str, (&Shape, Vec<RecordBatch>)> = BTreeMap::new();
        for (shape, rows) in tables {
            let batch = columns::batch(shape, &rows.iter().collect::<Vec<_>>())?;
            parts.entry(shape.name).or_insert((shape, Vec::new())).1.push(batch);
        }
        for (name, (shape, batches)) in parts {
            let table = MemTable::try_new(columns::schema(shape), vec![batches])?;
            self.register(name, Arc::new(table))?;
        }
        Ok(())
    }

    fn register(
        &self,
        name: &str,
        table: Arc<dyn datafusion::catalog::TableProvider>,
    ) -> Result<(), Refusal> {
        self.context.deregister_table(name)?;
        self.context.register_table(name, table)?;
        Ok(())
    }

    /// Answers a question: one SELECT (also with WITH, UNION, VALUES), EXPLAIN, SHOW TABLES,
    /// DESCRIBE or SHOW COLUMNS. SET is taken and does nothing. Names are lower case unless
    /// quoted; a day is written `DATE '2026-11-20'`.
    ///
    /// # Errors
    /// It is no SQL, does something else, or means nothing here.
    pub fn sql(&self, text: &str) -> Result<Answer, Refusal> {
        let context = self.context.clone();
        let text = text.to_owned();
        // On a thread of ours, which has the stack for it.
        let work = self.runtime.spawn(async move {
            let Some(statement) = permitted(&text)? else { return Ok(None) };
            let plan = context.state().statement_to_plan(statement).await?;
            let only_read = SQLOptions::new()
                .with_allow_ddl(false)
                .with_allow_dml(false)
                .with_allow_statements(false);
            only_read.verify_plan(&plan)?;
            let stream = context.execute_logical_plan(plan).await?.execute_stream().await?;
            Ok::<_, Refusal>(Some(stream))
        });
        let stream = self.runtime.block_on(work);
        let stream = stream.map_err(|e| Refusal::Failed(format!("the engine stopped: {e}")))??;
        let runtime = Arc::clone(&self.runtime);
        Ok(match stream {
            Some(stream) => Answer::new(stream, runtime),
            None => Answer::nothing(runtime),
        })
    }
}

/// The statement, if it is one that only reads; None: one that is taken and does nothing.
fn permitted(text: &str) -> Result<Option<Statement>, Refusal> {
    if text.len() > TEXT_MAX || operators(text) > OPERATORS_MAX {
        return Err(Refusal::TooLarge(format!("more than {OPERATORS_MAX} operators or joins")));
    }
    let mut statements = DFParser::parse_sql_with_dialect(text, &PostgreSqlDialect {})?;
    let refused = |what: &str| Err(Refusal::NotReading(what.to_owned()));
    let Some(statement) = statements.pop_front() else {
        return Err(Refusal::Syntax("there is no question".into()));
    };
    if !statements.is_empty() {
        return refused("more than one statement at a time");
    }
    let plain = match &statement {
        Statement::Explain(explain) => explain.statement.as_ref(),
        other => other,
    };
    match plain {
        Statement::Statement(inner) => match inner.as_ref() {
            ast::Statement::Query(_)
            | ast::Statement::Explain { .. }
            | ast::Statement::ExplainTable { .. }
            | ast::Statement::ShowTables { .. }
            | ast::Statement::ShowColumns { .. } => Ok(Some(statement)),
            ast::Statement::Set(_) => Ok(None),
            other => refused(&kind(&other.to_string())),
        },
        other => refused(&kind(&other.to_string())),
    }
}

/// How deep a question can be nested at most: everything in it that takes an operand. What is in
/// brackets the parser counts itself.
fn operators(text: &str) -> usize {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize().unwrap_or_default();
    let deepens = |token: &&Token| match token {
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::OR
                | Keyword::NOT
                | Keyword::IS
                | Keyword::JOIN
                | Keyword::UNION
                | Keyword::INTERSECT
                | Keyword::EXCEPT
        ),
        Token::Whitespace(_) | Token::Number(..) | Token::SingleQuotedString(_) => false,
        Token::Comma | Token::Period | Token::LParen | Token::RParen => false,
        _ => true,
    };
    tokens.iter().filter(deepens).count()
}

/// What kind of statement it is: its first words.
fn kind(statement: &str) -> String {
    let words =
        statement.split_whitespace().take_while(|w| w.chars().all(|c| c.is_ascii_uppercase()));
    let words: Vec<_> = words.take(2).collect();
    if words.is_empty() { "this statement".to_owned() } else { words.join(" ") }
}
