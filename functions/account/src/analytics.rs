//! `analytics`: sessions with the product's content. `POST` records one, `GET` gives days, weeks or months.

mod record;
mod spans;
pub mod sums;

pub use record::Record;
pub use sums::Sums;
