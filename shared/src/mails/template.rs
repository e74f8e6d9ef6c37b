//! From a template to a subject, a text and the body of a page.
//!
//! A template is a text: a line `Subject: …`, and paragraphs with empty lines between them. `{{name}}` is a value; a paragraph
//! `[label]({{link}})` is a button. Its form is read before a value is put in, so no value can change it.

use std::fmt::Write;

/// A value and how much it is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text of any origin: it stays on its line, and is escaped.
    Text(String),
    /// An address that we or the operator made, and not a person: `https://`, or `http://` on this machine.
    Link(String),
}

/// A filled template, without the layout around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// One line.
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Why a template cannot be filled: ours to repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// There is no value of this name, or it is of the wrong sort.
    NoValue(String),
    /// It has no subject.
    NoSubject,
}

impl TemplateError {
    /// For the operator.
    pub fn reason(&self) -> String {
        match self {
            Self::NoValue(name) => format!("the template asks for {name}, which is not there"),
            Self::NoSubject => "the template has no subject".to_string(),
        }
    }
}

type Values<'a> = &'a [(&'static str, Value)];

/// Fills a template. `color`: of buttons, as `#1a73e8`.
///
/// # Errors
/// [`TemplateError`].
pub fn fill(template: &str, values: Values<'_>, color: &str) -> Result<Filled, TemplateError> {
    let (first, rest) = template.split_once('\n').unwrap_or((template, ""));
    let subject = first.strip_prefix("Subject: ").ok_or(TemplateError::NoSubject)?;
    let subject = one_line(&put_in(subject, values, str::to_string)?);
    let (mut text, mut html) = (String::new(), String::new());
    for paragraph in rest.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        // Writing to a string does not fail.
        let _ = match button(paragraph) {
            Some((label, link)) => {
                let link = address(link, values)?;
                let _ = write!(text, "{}:\n{link}", put_in(label, values, one_line)?);
                writeln!(
                    html,
                    "<p style=\"margin:24px 0\"><a href=\"{}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;background:{};color:#ffffff;text-decoration:none\">{}</a></p>",
                    escaped(&link),
                    escaped(color),
                    put_in(label, values, escaped)?
                )
            }
            None => {
                text.push_str(&put_in(paragraph, values, one_line)?);
                writeln!(html, "<p style=\"margin:0 0 16px\">{}</p>", put_in(paragraph, values, escaped)?)
            }
        };
    }
    text.push('\n');
    Ok(Filled { subject, text, html })
}

/// The names of a template's values, each as often as it is there.
#[cfg(test)]
pub(super) fn names(template: &str) -> Vec<&str> {
    let after = template.split("{{").skip(1);
    after.filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name).collect()
}

/// The label and the value's name of a paragraph that is a button.
fn button(paragraph: &str) -> Option<(&str, &str)> {
    let (label, link) = paragraph.strip_prefix('[')?.strip_suffix("}})")?.split_once("]({{")?;
    Some((label, link))
}

fn address(name: &str, values: Values<'_>) -> Result<String, TemplateError> {
    match values.iter().find(|(known, _)| *known == name) {
        Some((_, Value::Link(link))) if is_address(link) => Ok(link.clone()),
        _ => Err(TemplateError::NoValue(name.to_string())),
    }
}

/// An address that stays on its line in a text, and that no page runs as a script.
fn is_address(link: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1"].iter().any(|local| link.starts_with(local));
    (link.starts_with("https://") || local) && link.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Puts the values of texts in, each shown in the way of what it is put into; what stands around them is our own.
fn put_in(text: &str, values: Values<'_>, shown: impl Fn(&str) -> String) -> Result<String, TemplateError> {
    let mut filled = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
        filled.push_str(&shown(before));
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, Value::Text(value))) => filled.push_str(&shown(&one_line(value))),
            _ => return Err(TemplateError::NoValue(name.to_string())),
        }
        rest = behind;
    }
    filled.push_str(&shown(rest));
    Ok(filled)
}

/// Without line breaks and other controls, which would end a header or a paragraph.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') { ' ' } else { letter })
        .collect()
}

/// As text within a page, and within an attribute of it.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "Subject: Of {{who}}\n\nHello,\n\n{{who}} & all.\n\n[Open <{{who}}>]({{link}})\n\nBye\n";

    fn filled(who: &str, link: &str) -> Result<Filled, TemplateError> {
        let values = [("who", Value::Text(who.to_string())), ("link", Value::Link(link.to_string()))];
        fill(TEMPLATE, &values, "#112233")
    }

    #[test]
    fn one_source_gives_subject_text_and_page() {
        let filled = filled("Ada", "https://app.example.com/a?b=c&d=e").unwrap();
        assert_eq!(filled.subject, "Of Ada");
        assert_eq!(filled.text, "Hello,\n\nAda & all.\n\nOpen <Ada>:\nhttps://app.example.com/a?b=c&d=e\n\nBye\n");
        assert_eq!(filled.html.matches("<p ").count(), 4);
        for part in [
            "Ada &amp; all.",
            "href=\"https://app.example.com/a?b=c&amp;d=e\"",
            "background:#112233",
            "Open &lt;Ada&gt;",
        ] {
            assert!(filled.html.contains(part), "{part}: {}", filled.html);
        }
    }

    #[test]
    fn no_value_changes_the_form_of_what_it_is_put_into() {
        let filled = filled("<b>\"x'\r\nBcc: a@b.example\n\n[y](z) {{link}}\u{2028}", "https://a.example").unwrap();
        assert_eq!(filled.subject.lines().count(), 1);
        assert!(!filled.subject.chars().any(char::is_control), "{}", filled.subject);
        assert_eq!(filled.text.split("\n\n").count(), 4);
        assert!(filled.text.contains("[y](z) {{link}}"), "values are not filled again");
        assert!(!filled.html.contains("<b>") && filled.html.contains("&lt;b&gt;&quot;x&#39;"), "{}", filled.html);
        assert_eq!(filled.html.matches("<a ").count(), 1);
    }

    #[test]
    fn a_link_leads_to_a_page_and_nowhere_else() {
        for link in
            ["javascript:alert(1)", "http://evil.example", "data:text/html,x", "", "https://a b", "https://a\nb"]
        {
            assert_eq!(filled("Ada", link), Err(TemplateError::NoValue("link".to_string())), "{link:?}");
        }
        assert!(filled("Ada", "http://localhost:5173/accept-invitation?token=x").is_ok());
    }

    #[test]
    fn what_is_missing_is_said() {
        assert_eq!(fill("Hello", &[], "#000000"), Err(TemplateError::NoSubject));
        let missing = Err(TemplateError::NoValue("who".to_string()));
        assert_eq!(fill("Subject: {{who}}", &[], "#000000"), missing);
        let link = [("who", Value::Link("https://a.example".to_string()))];
        assert_eq!(fill("Subject: {{who}}", &link, "#000000"), missing, "a link is no text");
    }
}
