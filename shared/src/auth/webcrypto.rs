//! RS256, ES256 and EdDSA by the runtime's WebCrypto, with the issuer's keys fetched and cached by URL.

use std::{cell::RefCell, collections::HashMap};

use js_sys::{Array, JsString, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{prelude::*, JsCast};
use wasm_bindgen_futures::JsFuture;
use worker::{Date, Fetch, Method, Request, RequestInit, RequestRedirect};

use super::{
    error::AuthError,
    jwks::{choose, keys_of, KeyAlgorithm, PublishedKey},
};
use crate::timeout::abort_after;

/// An unknown `kid` makes us look again, but at most this often.
const REFETCH_AFTER_MS: u64 = 60_000;
/// A key that the issuer withdrew is believed for this long at most.
const KEEP_FOR_MS: u64 = 600_000;
const FETCH_TIMEOUT_MS: u32 = 5_000;
const LONGEST_KEY_SET: usize = 256 * 1024;

struct CachedKeys {
    keys: Vec<PublishedKey>,
    fetched_at: u64,
    asked_at: u64,
}

thread_local! {
    static CACHED: RefCell<HashMap<String, CachedKeys>> = RefCell::default();
    static IMPORTED: RefCell<HashMap<String, JsValue>> = RefCell::default();
}

/// Whether the signature over `message` is that of the issuer's key with this `kid` and algorithm.
///
/// # Errors
/// [`AuthError::KeysUnavailable`] where the issuer's keys were never got and cannot be had now.
pub(super) async fn signature_holds(
    url: &str,
    kid: Option<&str>,
    algorithm: &str,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, AuthError> {
    let Some(key) = published_key(url, kid, algorithm).await? else {
        return Ok(false);
    };
    Ok(verify(&key, message, signature).await.unwrap_or(false))
}

async fn published_key(url: &str, kid: Option<&str>, algorithm: &str) -> Result<Option<PublishedKey>, AuthError> {
    let now = Date::now().as_millis();
    let (cached, found, fresh, may_ask) = CACHED.with_borrow(|all| match all.get(url) {
        Some(cached) => (
            true,
            choose(&cached.keys, kid, algorithm).cloned(),
            now < cached.fetched_at + KEEP_FOR_MS,
            now >= cached.asked_at + REFETCH_AFTER_MS,
        ),
        None => (false, None, false, true),
    });
    if (found.is_some() && fresh) || !may_ask {
        return Ok(found);
    }
    // Marked before asking, so that the requests of the next seconds do not ask too.
    CACHED.with_borrow_mut(|all| {
        if let Some(cached) = all.get_mut(url) {
            cached.asked_at = now;
        }
    });
    match fetch_keys(url).await {
        Some(keys) => {
            let found = choose(&keys, kid, algorithm).cloned();
            // The first fetch does not count as looking again: a key may be newer than that.
            let asked_at = if cached { now } else { 0 };
            CACHED.with_borrow_mut(|all| all.insert(url.to_string(), CachedKeys { keys, fetched_at: now, asked_at }));
            Ok(found)
        }
        // The issuer being away for a while must not sign everybody out: the keys we have go on.
        None if cached => Ok(found),
        None => Err(AuthError::KeysUnavailable),
    }
}

async fn fetch_keys(url: &str) -> Option<Vec<PublishedKey>> {
    let mut init = RequestInit::new();
    // Keys are those of the configured address and of no other.
    init.with_method(Method::Get).with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init).ok()?;
    // An issuer that does not answer must not hold a request.
    let signal = abort_after(FETCH_TIMEOUT_MS)?;
    let mut response = Fetch::Request(request).send_with_signal(&signal).await.ok()?;
    let text = response.text().await.ok().filter(|text| text.len() <= LONGEST_KEY_SET)?;
    keys_of(&text).filter(|_| response.status_code() == 200)
}

async fn verify(key: &PublishedKey, message: &[u8], signature: &[u8]) -> Result<bool, JsValue> {
    let algorithm = parameters(key.algorithm)?;
    let id = key.jwk.to_string();
    let subtle = Reflect::get(&Reflect::get(&js_sys::global(), &"crypto".into())?, &"subtle".into())?;
    let subtle: Subtle = subtle.unchecked_into();
    let crypto_key = match IMPORTED.with_borrow(|imported| imported.get(&id).cloned()) {
        Some(imported) => imported,
        None => {
            let jwk = js_sys::JSON::parse(&id)?;
            let usages = Array::of1(&JsString::from("verify"));
            let imported = JsFuture::from(subtle.import_key("jwk", &jwk, &algorithm, false, &usages)?).await?;
            IMPORTED.with_borrow_mut(|all| all.insert(id, imported.clone()));
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
