//! How many teams one person may have founded: what explains a refusal of `founds_another_team!`.

use super::{BatchRows, Refusal};
use crate::{founded_teams, store::Statement};

/// Counts the caller's teams that are still there or can be had back, and says how many there may be.
pub fn founded_teams() -> Statement {
    Statement::new(
        "founded_teams",
        concat!(
            "SELECT settings.most_founded_teams AS most, ",
            founded_teams!(),
            " AS founded
FROM catalog_settings settings WHERE settings.id = 1"
        ),
    )
}

/// Refuses one team too many.
///
/// # Errors
/// 429 `catalog_limit_reached` with the limit `founded_teams`.
pub fn must_found_another(found: &BatchRows<'_>) -> Result<(), Refusal> {
    let Some(row) = found.first("founded_teams")? else { return Ok(()) };
    let (most, founded) = (found.stored(row.integer("most"))?, found.stored(row.integer("founded"))?);
    if founded < most {
        return Ok(());
    }
    Err(Refusal::catalog_limit("founded_teams", most, None, "teams founded by one person"))
}
