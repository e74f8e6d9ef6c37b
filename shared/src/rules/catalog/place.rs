//! Where in a catalog's text something stands, for people.

/// The line of an offset, from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The field that stands on a line (from 1): `plans.starter.features.uploads`. What is in a list is named by its id; empty
/// before the first table.
pub(super) fn field_on(text: &str, line: usize) -> String {
    let mut table: Vec<&str> = Vec::new();
    let mut key = None;
    let mut entry = 0;
    for (number, content) in text.lines().enumerate().take(line) {
        let content = content.trim();
        if let Some(header) = content.strip_prefix('[').filter(|_| opens_table(content)) {
            if header.starts_with('[') {
                entry = number;
            }
            table = header.trim_start_matches('[').split(']').next().unwrap_or_default().split('.').collect();
            key = None;
        } else if let Some(name) = key_of(content) {
            key = Some(name);
        }
    }
    let id = match table.first() {
        Some(&("plans" | "packages")) => id_of_entry(text, entry),
        _ => None,
    };
    let (list, inner) = table.split_at(table.len().min(1));
    let path = list.iter().copied().chain(id).chain(inner.iter().copied()).chain(key);
    path.map(str::trim).collect::<Vec<_>>().join(".")
}

/// A line `[plans.features]` or `[[plans]]`, and no value of a list that is written over several lines.
fn opens_table(line: &str) -> bool {
    let name = line.trim_matches(['[', ']']);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim().trim_matches('"');
    let is_key =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    is_key.then_some(key)
}

/// The id of the list's entry whose header is on that line (from 0).
fn id_of_entry(text: &str, header: usize) -> Option<&str> {
    let lines = text.lines().skip(header + 1).map(str::trim);
    let mut own = lines.take_while(|line| !line.starts_with("[["));
    let id = own.find(|line| key_of(line) == Some("id"))?;
    id.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A product.
[catalog]
name = \"V\"

[[plans]]
id = \"starter\"
seats = 1
[plans.features]
uploads = { limit = 1 }
alerts = [
  80,
]

[[plans]]
seats = 2
id = \"pro@2\"

[[packages]]
category = \"sleep\"
";

    #[test]
    fn a_field_is_named_by_its_table_the_entrys_id_and_its_key() {
        for (line, field) in [
            (1, ""),
            (2, "catalog"),
            (3, "catalog.name"),
            (5, "plans.starter"),
            (7, "plans.starter.seats"),
            (8, "plans.starter.features"),
            (9, "plans.starter.features.uploads"),
            (11, "plans.starter.features.alerts"),
            (14, "plans.pro@2"),
            (15, "plans.pro@2.seats"),
            (19, "packages.category"),
            (99, "packages.category"),
        ] {
            assert_eq!(field_on(TEXT, line), field, "line {line}");
        }
    }

    #[test]
    fn a_line_is_counted_from_one() {
        assert_eq!([0, 11, 12, 13].map(|offset| line_at(TEXT, offset)), [1, 1, 1, 2]);
    }
}
