//! RS256, ES256 and EdDSA by the runtime's WebCrypto, with the issuer's keys fetched and cached by URL.

use std::{cell::RefCell, time::Duration};

use js_sys::{Array, JsString, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{prelude::*, JsCast};
use wasm_bindgen_futures::JsFuture;
use worker::Delay;

use super::{
    error::AuthError,
    jwks::{choose, keys_of, KeyAlgorithm, PublishedKey},
    jwt::Token,
    remembered,
};
use crate::{edge::now_ms, fetch, transport::Outgoing};

/// An unknown `kid` makes us look again, but at most this often.
const REFETCH_AFTER_MS: u64 = 60_000;
/// After a failure nobody asks for this long.
const FAILED_FOR_MS: u64 = 10_000;
/// A key that the issuer withdrew is believed for this long at most.
const KEEP_FOR_MS: u64 = 600_000;
const FETCH_TIMEOUT_MS: u32 = 5_000;
/// How often a request looks whether the question of another one was answered.
const WAIT_MS: u64 = 20;
const LONGEST_KEY_SET: usize = 256 * 1024;

/// What is known of an issuer's keys, and of the last question for them. Times are milliseconds since the epoch.
#[derive(Default)]
struct CachedKeys {
    /// `None` until the first answer.
    keys: Option<Vec<PublishedKey>>,
    fetched_at: u64,
    /// When somebody last looked again for a key that was not there.
    asked_at: u64,
    failed_at: Option<u64>,
    /// Since when a question is under way. Its request may be gone, so it is given up after the time that it may take.
    asking_since: Option<u64>,
}

impl CachedKeys {
    /// The key for a token's header, of those that are known.
    fn found(&self, kid: Option<&str>, algorithm: &str) -> Result<Option<PublishedKey>, AuthError> {
        let keys = self.keys.as_ref().ok_or(AuthError::KeysUnavailable)?;
        Ok(choose(keys, kid, algorithm).cloned())
    }

    /// Takes in what became of a question; `None` where no keys came.
    fn answered(&mut self, fetched: Option<Vec<PublishedKey>>, now: u64) {
        self.asking_since = None;
        let Some(keys) = fetched else {
            // The issuer being away for a while must not sign everybody out: the keys we have go on.
            self.failed_at = Some(now);
            return;
        };
        self.failed_at = None;
        // The first answer does not count as looking again: a key may be newer than that.
        self.asked_at = if self.keys.is_some() { now } else { 0 };
        if self.keys.as_ref().is_some_and(|before| before.iter().any(|key| !keys.contains(key))) {
            // Tokens end with their key.
            remembered::forget();
        }
        self.keys = Some(keys);
        self.fetched_at = now;
    }

    fn is_fresh(&self, now: u64) -> bool {
        now < self.fetched_at + KEEP_FOR_MS
    }

    fn may_be_asked(&self, now: u64) -> bool {
        let failed = self.failed_at.is_some_and(|at| now < at + FAILED_FOR_MS);
        !failed && (self.keys.is_none() || now >= self.asked_at + REFETCH_AFTER_MS)
    }

    fn is_being_asked(&self, now: u64) -> bool {
        self.asking_since.is_some_and(|since| now < since + u64::from(FETCH_TIMEOUT_MS) + WAIT_MS)
    }
}

thread_local! {
    /// With the address that they are published at: a worker has one issuer.
    static CACHED: RefCell<(String, CachedKeys)> = RefCell::default();
    /// Keys as the runtime has them, by their JSON: an issuer has a handful.
    static IMPORTED: RefCell<Vec<(String, JsValue)>> = RefCell::default();
}

/// Whether the signature is that of the issuer's key with the token's `kid` and algorithm.
///
/// # Errors
/// [`AuthError::KeysUnavailable`] where the issuer's keys were never got and cannot be had now.
pub(super) async fn signature_holds(url: &str, token: &Token<'_>) -> Result<bool, AuthError> {
    let Some(key) = published_key(url, token.key_id(), token.algorithm()).await? else {
        return Ok(false);
    };
    Ok(verify(&key, token.message.as_bytes(), &token.signature).await.unwrap_or(false))
}

/// One question is under way at a time; who has no keys yet waits for its answer, everybody else goes on with theirs.
async fn published_key(url: &str, kid: Option<&str>, algorithm: &str) -> Result<Option<PublishedKey>, AuthError> {
    if !KeyAlgorithm::is_known(algorithm) {
        return Ok(None);
    }
    loop {
        let now = now_ms();
        let known = entry(url, |cached| cached.found(kid, algorithm));
        let (is_fresh, is_being_asked, may_be_asked) =
            entry(url, |cached| (cached.is_fresh(now), cached.is_being_asked(now), cached.may_be_asked(now)));
        match known {
            Ok(Some(key)) if is_fresh => return Ok(Some(key)),
            Err(_) if is_being_asked => {
                Delay::from(Duration::from_millis(WAIT_MS)).await;
                continue;
            }
            known if is_being_asked || !may_be_asked => return known,
            _ => {}
        }
        entry(url, |cached| cached.asking_since = Some(now));
        let fetched = fetch_keys(url).await;
        let now = now_ms();
        return entry(url, |cached| {
            cached.answered(fetched, now);
            cached.found(kid, algorithm)
        });
    }
}

/// What is known of an issuer.
fn entry<T>(url: &str, work: impl FnOnce(&mut CachedKeys) -> T) -> T {
    CACHED.with_borrow_mut(|(known, cached)| {
        if known != url {
            (*known, *cached) = (url.to_string(), CachedKeys::default());
        }
        work(cached)
    })
}

async fn fetch_keys(url: &str) -> Option<Vec<PublishedKey>> {
    let (url, headers) = (url.to_string(), Vec::new());
    // An issuer that does not answer must not hold a request.
    let request = Outgoing { method: "GET", url, headers, body: None, timeout_ms: FETCH_TIMEOUT_MS };
    let answer = fetch::send_reading_at_most(&request, LONGEST_KEY_SET + 1).await.ok()?;
    let is_set = answer.status == 200 && answer.body.len() <= LONGEST_KEY_SET;
    is_set.then(|| keys_of(&answer.body)).flatten()
}

async fn verify(key: &PublishedKey, message: &[u8], signature: &[u8]) -> Result<bool, JsValue> {
    let algorithm = parameters(key.algorithm)?;
    let subtle = Reflect::get(&Reflect::get(&js_sys::global(), &"crypto".into())?, &"subtle".into())?;
    let subtle: Subtle = subtle.unchecked_into();
    let known =
        |all: &Vec<(String, JsValue)>| all.iter().find(|(known, _)| *known == key.jwk).map(|(_, key)| key.clone());
    let crypto_key = match IMPORTED.with_borrow(known) {
        Some(imported) => imported,
        None => {
            let jwk = js_sys::JSON::parse(&key.jwk)?;
            let usages = Array::of1(&JsString::from("verify"));
            let imported = JsFuture::from(subtle.import_key("jwk", &jwk, &algorithm, false, &usages)?).await?;
            IMPORTED.with_borrow_mut(|all| {
                all.retain(|(known, _)| *known != key.jwk);
                all.push((key.jwk.clone(), imported.clone()));
            });
            imported
        }
    };
    let (signature, message) = (Uint8Array::from(signature), Uint8Array::from(message));
    let holds = JsFuture::from(subtle.verify(&algorithm, &crypto_key, &signature, &message)?).await?;
    Ok(holds.is_truthy())
}

/// WebCrypto's names (W3C Web Cryptography, "Algorithm overview").
fn parameters(algorithm: KeyAlgorithm) -> Result<JsValue, JsValue> {
    let (name, further) = match algorithm {
        KeyAlgorithm::Rs256 => ("RSASSA-PKCS1-v1_5", Some(("hash", "SHA-256"))),
        KeyAlgorithm::Es256 => ("ECDSA", Some(("hash", "SHA-256"))),
        KeyAlgorithm::EdDsa => ("Ed25519", None),
    };
    let object = Object::new();
    Reflect::set(&object, &"name".into(), &name.into())?;
    if let Some((member, value)) = further {
        Reflect::set(&object, &member.into(), &value.into())?;
    }
    if algorithm == KeyAlgorithm::Es256 {
        Reflect::set(&object, &"namedCurve".into(), &"P-256".into())?;
    }
    Ok(object.into())
}

#[wasm_bindgen]
extern "C" {
    type Subtle;

    #[wasm_bindgen(method, catch, js_name = importKey)]
    fn import_key(
        this: &Subtle,
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn verify(
        this: &Subtle,
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        message: &Uint8Array,
    ) -> Result<Promise, JsValue>;
}
