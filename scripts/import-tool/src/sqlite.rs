//! The tables of a SQLite file, which is only read.

use std::io::Write;

use rusqlite::{types::ValueRef, Connection, OpenFlags};
use serde_json::{Map, Value};

/// The names of the tables.
///
/// # Errors
/// What is wrong with the file.
pub fn tables(file: &str, mut output: impl Write) -> Result<(), String> {
    for name in names(file).map_err(|error| format!("{file}: {error}"))? {
        writeln!(output, "{name}").map_err(|error| error.to_string())?;
    }
    output.flush().map_err(|error| error.to_string())
}

fn names(file: &str) -> Result<Vec<String>, rusqlite::Error> {
    let connection = open(file)?;
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names = statement.query_map([], |row| row.get(0))?.collect();
    names
}

/// The rows of a table, in the order in which they stand in it. What is no text and no number is left out.
///
/// # Errors
/// What is wrong with the file, a table that it does not have, and a reader who has gone.
pub fn rows(file: &str, table: &str, mut output: impl Write) -> Result<(), String> {
    let wrong = |error: rusqlite::Error| format!("{file}, {table}: {error}");
    let connection = open(file).map_err(wrong)?;
    let mut statement =
        connection.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\""))).map_err(wrong)?;
    let names: Vec<String> = statement.column_names().into_iter().map(str::to_string).collect();
    let mut rows = statement.query([]).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        let mut object = Map::new();
        for (place, name) in names.iter().enumerate() {
            object.insert(name.clone(), value(row.get_ref(place).map_err(wrong)?));
        }
        let line = Value::Object(object).to_string();
        writeln!(output, "{line}").map_err(|error| error.to_string())?;
    }
    output.flush().map_err(|error| error.to_string())
}

fn open(file: &str) -> Result<Connection, rusqlite::Error> {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_rows_are_read() {
        let file = std::env::temp_dir().join(format!("tallygate-import-{}.sqlite", std::process::id()));
        let path = file.to_str().unwrap();
        let written = Connection::open(path).unwrap();
        written
            .execute_batch(
                "CREATE TABLE \"user\" (id TEXT, \"emailVerified\" INTEGER, share REAL, image BLOB, missing TEXT);
INSERT INTO \"user\" VALUES ('é', 1, 0.5, x'00', NULL);",
            )
            .unwrap();
        let printed = |print: &dyn Fn(&mut Vec<u8>) -> Result<(), String>| {
            let mut output = Vec::new();
            print(&mut output)?;
            Ok::<_, String>(String::from_utf8(output).unwrap())
        };
        assert_eq!(printed(&|output| tables(path, output)).unwrap(), "user\n");
        let row: Value = serde_json::from_str(&printed(&|output| rows(path, "user", output)).unwrap()).unwrap();
        assert_eq!(
            row,
            serde_json::json!({ "id": "é", "emailVerified": 1, "share": 0.5, "image": null, "missing": null })
        );
        assert!(printed(&|output| rows(path, "nobody", output)).unwrap_err().contains("no such table"));
        std::fs::remove_file(path).unwrap();
        assert!(printed(&|output| tables(path, output)).is_err());
    }
}
