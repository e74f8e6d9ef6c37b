//! `clear_mails`: what became of mails a month ago.
//!
//! What a mail is about was there before the mail, and its id, with which the key begins or which follows a word in it, begins with
//! its time: so what is old is a few ranges of the key, and what is younger is not looked at.

use tallygate::{counting, schedule::Rhythm, while_leased};

use crate::{clear::Clear, clear_deliveries::KEPT, page::last_of_page};

/// The first ones of what begins with a word and is about something old. (Each is one look into the key, and no more than a page.)
macro_rules! about_old {
    ($word:literal) => {
        concat!(
            "SELECT event_id AS first FROM (
    SELECT event_id FROM mail_deliveries
    WHERE event_id > CASE WHEN :until_first > '",
            $word,
            "' THEN :until_first ELSE '",
            $word,
            "' END AND event_id < '",
            $word,
            "' || :kept_from
    ORDER BY event_id LIMIT :most) of_word"
        )
    };
}

const NEXT: &str = last_of_page!(
    "SELECT first, '' AS second FROM (
  ",
    about_old!(""),
    "
  UNION ALL
  ",
    about_old!("disabled:"),
    "
  UNION ALL
  ",
    about_old!("reminder:"),
    "
) old ORDER BY first LIMIT :most"
);

/// Of the page what was sent long ago, word by word as above.
macro_rules! old {
    () => {
        concat!(
            "FROM (SELECT '' AS word UNION ALL SELECT 'disabled:' UNION ALL SELECT 'reminder:') about CROSS JOIN mail_deliveries mail
  WHERE mail.event_id > CASE WHEN :after_first > about.word THEN :after_first ELSE about.word END
    AND mail.event_id <= CASE WHEN :until_first < about.word || :kept_from THEN :until_first ELSE about.word || :kept_from END
    AND mail.created_at <= :kept_since AND ",
            while_leased!()
        )
    };
}

pub static CLEAR_MAILS: Clear = Clear {
    name: "clear_mails",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) ", old!()),
    cleared: concat!(
        "DELETE FROM mail_deliveries
WHERE (event_id, kind, recipient) IN (SELECT mail.event_id, mail.kind, mail.recipient ",
        old!(),
        ") AND ",
        while_leased!()
    ),
    ago: &[("kept_since", KEPT)],
    kept: Some(KEPT),
};
