//! An end for every wait on another system.

use js_sys::{Function, Reflect};
use wasm_bindgen::JsCast;
use worker::AbortSignal;

/// A signal that aborts after so many milliseconds (`AbortSignal.timeout`), the reading of the body included.
pub(crate) fn abort_after(milliseconds: u32) -> Option<AbortSignal> {
    let constructor = Reflect::get(&js_sys::global(), &"AbortSignal".into()).ok()?;
    let timeout: Function = Reflect::get(&constructor, &"timeout".into()).ok()?.dyn_into().ok()?;
    let signal = timeout.call1(&constructor, &milliseconds.into()).ok()?;
    Some(AbortSignal::from(signal.unchecked_into::<worker::web_sys::AbortSignal>()))
}

/// A signal that aborts with the first of two (`AbortSignal.any`).
pub(crate) fn abort_with_either(one: &AbortSignal, other: &AbortSignal) -> Option<AbortSignal> {
    let constructor = Reflect::get(&js_sys::global(), &"AbortSignal".into()).ok()?;
    let any: Function = Reflect::get(&constructor, &"any".into()).ok()?.dyn_into().ok()?;
    let signals = js_sys::Array::of2(one, other);
    let signal = any.call1(&constructor, &signals).ok()?;
    Some(AbortSignal::from(signal.unchecked_into::<worker::web_sys::AbortSignal>()))
}
