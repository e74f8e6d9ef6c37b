//! The command behind `npm run catalog`: it reads catalogs and says what is to be done, and never talks to a database
//! itself.
//!
//! - `sql <file>` prints the SQL that loads a catalog, `check <file>` only checks it.
//! - `outage <file>` prints what is allowed while the database cannot be reached: meters and event types.
//! - `schema` prints the JSON schema of the format.
//! - `mails <file>` prints each mail in each language as it would look under the catalog, as JSON.
//! - `questions [organization …]` prints what has to be asked of a database, as JSON.
//! - `push <file> [--yes]` takes the rows on its standard input and prints what a push changes and the SQL of it.
//! - `move <from> <to> <request> <milliseconds> [--yes] [organization …]` does the same for organizations that are moved.

mod difference;
mod loss;
mod mails;
mod moving;
mod organizations;
mod push;
mod shown;
mod snapshot;
mod table;
#[cfg(test)]
mod tests;

use std::{env, fs, io, process::ExitCode};

use serde_json::json;
use tallygate::{rules::catalog::Catalog, store::StoreError};

use difference::{shown_as_table, Difference};
use moving::{Move, Record};
use organizations::{Organizations, QUESTION_OF_THESE};
use push::text;
use snapshot::{rows, Snapshot, QUESTIONS};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let consented = arguments.contains(&"--yes");
    let arguments: Vec<&str> = arguments.into_iter().filter(|argument| *argument != "--yes").collect();
    let done = match arguments.as_slice() {
        ["sql", path] => catalog(path).map(|catalog| catalog.sql()),
        ["check", path] => {
            catalog(path).map(|catalog| format!("{path}: {} plans, nothing wrong.\n", catalog.plans.len()))
        }
        ["outage", path] => catalog(path).map(|catalog| catalog.allowed_on_outage().join(",")),
        ["mails", path] => catalog(path).and_then(|catalog| mails::preview(&catalog)),
        ["schema"] => Ok(format!("{:#}\n", Catalog::json_schema())),
        ["questions", organizations @ ..] => Ok(questions(organizations)),
        ["push", path] => {
            catalog(path).and_then(|catalog| given().and_then(|given| proposed_push(&catalog, &given, consented)))
        }
        ["move", from, to, request, at, organizations @ ..] => {
            let moved = Move { from, to, organizations: organizations.to_vec() };
            let at = at.parse().map_err(|_| format!("{at} is no time in milliseconds"));
            at.and_then(|at| {
                given().and_then(|given| proposed_move(&moved, &given, consented, &Record { request, at }))
            })
        }
        _ => {
            eprintln!(
                "usage: tallygate-catalog sql|check|outage|mails|push <catalog.toml>, schema, questions, or move <from> <to> <request> <at>"
            );
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(text) => print!("{text}"),
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Reads a catalog's file.
///
/// # Errors
/// What is wrong, with the file, the line and the field.
fn catalog(path: &str) -> Result<Catalog, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Catalog::parse(&text).map_err(|error| format!("{path}, {error}"))
}

fn given() -> Result<String, String> {
    io::read_to_string(io::stdin()).map_err(|error| error.to_string())
}

/// What has to be asked: of all organizations, or of these.
fn questions(organizations: &[&str]) -> String {
    let these = organizations.iter().map(|id| text(id)).collect::<Vec<_>>().join(", ");
    let question = |(name, sql): (&str, &str)| {
        let sql = match name == "organizations" && !organizations.is_empty() {
            true => QUESTION_OF_THESE.replace("{these}", &these),
            false => sql.to_string(),
        };
        json!({ "name": name, "sql": sql })
    };
    json!(QUESTIONS.map(question)).to_string()
}

/// Reads the answers to the questions.
fn read(given: &str) -> Result<(Option<Snapshot>, Organizations), String> {
    let read = || {
        let rows = rows(given)?;
        let organizations = Organizations::read(rows.get("organizations").map(Vec::as_slice).unwrap_or_default())?;
        Ok((Snapshot::of_database(&rows)?, organizations))
    };
    read().map_err(|error: StoreError| {
        let problem = error.cause();
        format!("The catalog in the database cannot be read: {problem}. If it lacks a migration, run \"npm run migrate\" first.")
    })
}

/// What a push would change, and its SQL.
fn proposed_push(catalog: &Catalog, given: &str, consented: bool) -> Result<String, String> {
    let (now, organizations) = read(given)?;
    let difference = Difference::between(now.as_ref(), &Snapshot::of_file(catalog), &organizations);
    let met = difference.changes.iter().filter(|change| change.takes).map(|change| change.met.paying).max();
    Ok(json!({
        "changes": difference.changes.len(),
        "table": difference.table(),
        "takesFromWhoPays": difference.takes_from_who_pays(),
        "paying": met.unwrap_or_default(),
        "impossible": difference.impossible,
        "sql": push::push(catalog, now.as_ref(), &difference.takes_from, consented),
    })
    .to_string())
}

/// What a move would change, and its SQL.
fn proposed_move(moved: &Move<'_>, given: &str, consented: bool, record: &Record<'_>) -> Result<String, String> {
    let (now, organizations) = read(given)?;
    let now = now.ok_or("The database holds no catalog yet: push one first.")?;
    let proposal = moved.propose(&now, &organizations);
    Ok(json!({
        "changes": proposal.changes.len(),
        "table": shown_as_table(&proposal.changes),
        "takesFromWhoPays": proposal.takes_from_who_pays(),
        "organizations": proposal.met.organizations,
        "paying": proposal.met.paying,
        "atStripe": proposal.met.at_stripe,
        "impossible": proposal.impossible,
        "sql": moved.sql(&proposal, now.revision, consented, record),
    })
    .to_string())
}
