//! `tallygate-catalog sql <file>`: checks a plan catalog and prints the SQL that loads it.
//! `tallygate-catalog check <file>`: only checks it.

use std::{env, fs, process::ExitCode};

use tallygate::rules::catalog::Catalog;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [command @ ("sql" | "check"), path] => run(command, path),
        _ => {
            eprintln!("usage: tallygate-catalog sql|check <catalog.toml>");
            ExitCode::from(2)
        }
    }
}

fn run(command: &str, path: &str) -> ExitCode {
    let catalog = fs::read_to_string(path)
        .map_err(|error| format!("{path}: {error}"))
        .and_then(|text| Catalog::parse(&text).map_err(|error| format!("{path}, {error}")));
    match catalog {
        Ok(catalog) if command == "sql" => print!("{}", catalog.sql()),
        Ok(catalog) => println!("{path}: {} plans, nothing wrong.", catalog.plans.len()),
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
