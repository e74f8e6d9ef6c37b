//! Where somebody is signed in, and how they end it: for `manage-session`, by the session's own browser, and for `account`,
//! where all of them are on one page.

mod end;
mod list;
mod session;

pub use end::{End, Terminated};
pub use list::{List, Listed};
pub use session::Session;
