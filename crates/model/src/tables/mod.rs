//! The live tables: shapes and rows.

mod shapes;

pub use shapes::{SHAPES, shape};
