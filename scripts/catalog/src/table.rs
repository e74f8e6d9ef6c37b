//! A table of text, as wide as what it holds.

/// The rows under their headings; columns that are numbers stand to the right.
pub fn table<const COLUMNS: usize>(headings: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let mut widths = headings.map(|heading| heading.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let is_number = |cell: &str| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
    let line = |cells: &[String; COLUMNS]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| match is_number(cell) {
            true => format!("{cell:>width$}"),
            false => format!("{cell:<width$}"),
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    let rule = widths.map(|width| "─".repeat(width));
    let above = [line(&headings.map(str::to_string)), line(&rule)];
    let lines = above.into_iter().chain(rows.iter().map(line));
    lines.map(|line| format!("{line}\n")).collect()
}
