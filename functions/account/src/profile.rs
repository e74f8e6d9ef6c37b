//! `profile`: what somebody says of themselves, and a change of some of it.

mod change;
mod entries;
mod field;
mod shown;

pub use change::Change;
#[cfg(test)]
pub use entries::{Address, Education, WorkExperience};
#[cfg(test)]
pub use field::{FIELDS, OF_OTHERS};
pub use shown::Look;
