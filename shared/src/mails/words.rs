//! What people gave, and moments, as they stand in a mail.

use chrono::Datelike;

use crate::rules::{
    language::Language,
    text::{is_at, is_full_stop, is_invisible},
    time::Timestamp,
};

/// Longer names are cut.
const LONGEST_NAME: usize = 100;

/// A name that a person or an organization has given themselves, as text that no mail program makes a link of: anybody can
/// be invited under any name. What would be read as an address is taken apart.
pub fn name(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    // An emoji is made of several with an invisible one between: it is shown as these.
    let is_shown = |letter: &char| !is_invisible(*letter) || letter.is_control() || letter.is_whitespace();
    let mut letters = text.chars().filter(is_shown).take(LONGEST_NAME).peekable();
    while let Some(letter) = letters.next() {
        match letter {
            letter if letter.is_control() || letter.is_whitespace() => shown.push(' '),
            letter if is_at(letter) => shown.push_str(" (at) "),
            letter if is_full_stop(letter) => {
                shown.push('.');
                if letters.peek().is_some_and(|next| next.is_alphanumeric()) {
                    shown.push(' ');
                }
            }
            '/' | '\\' | '⁄' | '∕' | '／' => shown.push_str(" / "),
            letter => shown.push(letter),
        }
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A day, UTC.
pub fn date(moment: Timestamp, language: Language) -> String {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const DE: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    let day = moment.date_time();
    let month = |months: [&'static str; 12]| months.get(day.month0() as usize).copied().unwrap_or_default();
    match language {
        Language::En => format!("{} {} {}", day.day(), month(EN), day.year()),
        Language::De => format!("{}. {} {}", day.day(), month(DE), day.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_text_and_never_an_address() {
        for (given, shown) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("St.Gallen AG", "St. Gallen AG"),
            ("Acme Inc.", "Acme Inc."),
            ("click https://evil.example/now", "click https: / / evil. example / now"),
            ("evil.example", "evil. example"),
            ("evil。example", "evil. example"),
            ("evil.\u{200b}example", "evil. example"),
            ("evil.\u{ad}example", "evil. example"),
            ("evil﹒example", "evil. example"),
            ("evil\u{a4f8}example", "evil. example"),
            ("win@evil.example", "win (at) evil. example"),
            ("a\r\nBcc: b\u{202e}c", "a Bcc: bc"),
            ("  ", ""),
        ] {
            assert_eq!(name(given), shown);
        }
        assert_eq!(name(&"x".repeat(1_000)).len(), 100);
    }

    #[test]
    fn a_day_is_written_as_its_language_has_it() {
        let moment = Timestamp(1_773_144_000_000);
        assert_eq!(date(moment, Language::En), "10 March 2026");
        assert_eq!(date(moment, Language::De), "10. März 2026");
    }
}
