//! The command behind `npm run import`: what it needs of the functions' own rules, and of SQLite.
//!
//! - `forms` answers each line of its standard input, a JSON object, with the forms that the functions keep it in.
//! - `tables <file>` prints the names of a SQLite file's tables, one a line.
//! - `rows <file> <table>` prints the rows of one of them, a JSON object each.

mod forms;
mod sqlite;

use std::{
    env,
    io::{self, BufWriter},
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = BufWriter::new(io::stdout().lock());
    let done = match arguments.as_slice() {
        ["forms"] => forms::answer(io::stdin().lock(), output).map_err(|error| error.to_string()),
        ["tables", file] => sqlite::tables(file, output),
        ["rows", file, table] => sqlite::rows(file, table, output),
        _ => {
            eprintln!("usage: tallygate-import forms, tables <file>, or rows <file> <table>");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
