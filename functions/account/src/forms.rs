//! What texts look like that people write of themselves and of their organizations.

use tallygate::rules::text::{is_invisible, is_singleton, turns_direction};

/// One line: no control characters, and nothing that turns the direction of what follows.
pub fn line(text: &str, most: usize) -> Result<String, String> {
    written(text, most, |_| false)
}

/// Several lines; their ends are kept as one character each.
pub fn lines(text: &str, most: usize) -> Result<String, String> {
    written(&text.replace("\r\n", "\n"), most, |c| c == '\n')
}

fn written(text: &str, most: usize, is_allowed: fn(char) -> bool) -> Result<String, String> {
    if text
        .chars()
        .any(|c| (c.is_control() || turns_direction(c) || matches!(c, '\u{2028}' | '\u{2029}')) && !is_allowed(c))
    {
        return Err("must not contain control characters".to_string());
    }
    if text.chars().any(is_singleton) {
        return Err("must be in Unicode's normal form C".to_string());
    }
    if !text.is_empty() && text.chars().all(is_invisible) {
        return Err("must have something that is seen".to_string());
    }
    if text.chars().count() > most {
        return Err(format!("may have at most {most} characters"));
    }
    Ok(text.to_string())
}

/// An address of a page or a picture that a browser may be given: of a host with a full stop in its name, without
/// credentials.
pub fn https(text: &str) -> Option<String> {
    address(text, &["https://"])
}

pub fn web(text: &str) -> Option<String> {
    address(text, &["https://", "http://"])
}

fn address(text: &str, schemes: &[&str]) -> Option<String> {
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme))?;
    let host = rest.split(['/', '?', '#']).next()?;
    let name = host.split(':').next()?;
    let is_name = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
    };
    let is_host = name.contains('.') && name.split('.').all(is_name);
    // A number may be written with a plus sign in Rust, and not in a URL.
    let is_number = |digits: &str| {
        digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok_and(|port| port > 0)
    };
    let is_port =
        host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_number));
    let is_written = text.len() <= 500 && !text.chars().any(|c| is_invisible(c) || "\"<>\\^`{|}".contains(c));
    (is_host && is_port && is_written).then(|| text.to_string())
}

/// ITU-T E.164: a country's code has one to three digits and begins with none that is 0.
pub fn phone_country_code(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+')?;
    let is_code = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_code && !digits.starts_with('0')).then(|| text.to_string())
}

/// The digits behind a country's code; what people write between them is left out.
pub fn phone_number(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/')).collect();
    let is_number = (4..=14).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)
}

/// ISO 3166-1 alpha-2, the codes that are assigned.
pub fn country(text: &str) -> Option<String> {
    const ASSIGNED: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
        BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI \
        FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR \
        IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM \
        MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT \
        PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM \
        TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";
    let code = text.to_ascii_uppercase();
    ASSIGNED.split(' ').any(|assigned| assigned == code).then_some(code)
}

/// The form of IANA's names (theory.html, "Timezone identifiers"); which there are changes several times a year, and is the
/// browser's to know.
pub fn time_zone(text: &str) -> Option<String> {
    let is_part = |part: &str| {
        (1..=30).contains(&part.len())
            && part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'))
    };
    let is_zone = text == "UTC" || text.contains('/') && text.split('/').count() <= 3 && text.split('/').all(is_part);
    is_zone.then(|| text.to_string())
}

/// RFC 5646, 2.1, as far as it is used: a language, perhaps a script, a region, a variant.
pub fn language(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let language = parts.next()?;
    let is_language = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_subtag = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_language && text.len() <= 35 && parts.all(is_subtag)).then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_seen_of_a_line_and_it_is_one() {
        for text in ["\u{200b}", "\u{3164}", "\u{2060}\u{200d}", "a\u{2028}b", "a\u{202e}b", "a\nb", "\u{212a}elvin"] {
            assert!(line(text, 100).is_err(), "{text:?}");
        }
        for text in ["", "Ada", "👩\u{200d}💻"] {
            assert_eq!(line(text, 100).as_deref(), Ok(text));
        }
        assert!(lines("\u{200b}\n\u{3164}", 100).is_err());
    }

    #[test]
    fn addresses_are_of_named_hosts_and_carry_no_credentials() {
        for text in ["https://example.com/a.png", "https://cdn.example.com:8443/a?b=c#d", "https://bücher.example/"] {
            assert!(https(text).is_some(), "{text}");
        }
        for text in [
            "http://example.com/a.png",
            "https://",
            "https://localhost/a",
            "https://ada@example.com/",
            "javascript:alert(1)",
            "https://example.com/a b",
            "https://example.com:0/",
            "https://example.com:+80/",
            "https://good.example/\u{202e}gnp.exe",
            "https://good.example/\u{200b}",
            "https://example.com:x/",
            "https://.example.com/",
            "data:image/png,x",
            "https://example.com/\"onload=",
            "https://-a.example/",
            "HTTPS://example.com",
            &format!("https://example.com/{}", "a".repeat(500)),
        ] {
            assert!(https(text).is_none(), "{text}");
        }
        assert!(web("http://example.com").is_some());
    }

    #[test]
    fn phone_numbers_are_kept_as_digits() {
        assert_eq!(phone_number("(030) 123-456/7").as_deref(), Some("0301234567"));
        for text in ["123", "+4930123", "30 12x4", &"1".repeat(15), "٣٤٥٦٧"] {
            assert_eq!(phone_number(text), None, "{text}");
        }
        for (text, is_code) in
            [("+1", true), ("+49", true), ("+358", true), ("49", false), ("+0", false), ("+1234", false), ("+", false)]
        {
            assert_eq!(phone_country_code(text).is_some(), is_code, "{text}");
        }
    }

    #[test]
    fn countries_zones_and_languages_have_their_standards_forms() {
        assert_eq!(country("de").as_deref(), Some("DE"));
        for text in ["XX", "DEU", "Germany", "D", "", "DE AT"] {
            assert_eq!(country(text), None, "{text}");
        }
        for (text, is_zone) in [
            ("UTC", true),
            ("Europe/Berlin", true),
            ("America/Argentina/Buenos_Aires", true),
            ("Etc/GMT+5", true),
            ("Berlin", false),
            ("Europe/", false),
            ("a/b/c/d", false),
            ("../etc/passwd", false),
            ("Europe/Ber lin", false),
        ] {
            assert_eq!(time_zone(text).is_some(), is_zone, "{text}");
        }
        for (text, is_tag) in [
            ("de", true),
            ("de-AT", true),
            ("zh-Hant-TW", true),
            ("d", false),
            ("german", false),
            ("de_AT", false),
            ("de-", false),
        ] {
            assert_eq!(language(text).is_some(), is_tag, "{text}");
        }
    }
}
