//! The pages behind a link in a mail. They hold nothing of whom they are for.

use tallygate::http::Reply;

/// What a link would stop, with the button that stops it: scanners follow links, and push no buttons.
pub fn question() -> Reply {
    let form =
        "<p>Do you want no more mails of this kind?</p><p lang=\"de\">Möchten Sie keine Mails dieser Art mehr?</p>\
<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\
<button>No more mails of this kind · Keine Mails dieser Art mehr</button></form>";
    page(200, form)
}

pub fn done() -> Reply {
    page(200, "<p>You get no more mails of this kind.</p><p lang=\"de\">Sie erhalten keine Mails dieser Art mehr.</p>")
}

fn page(status: u16, body: &str) -> Reply {
    Reply::page(
        status,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
<title>Mails</title><style>body{{font-family:system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem;line-height:1.5}}\
button{{font:inherit;padding:.6rem 1rem}}</style></head><body>{body}</body></html>"
        ),
    )
}
