// @ts-check
// Who somebody is in local work: ids that follow from the address, and tokens as Supabase signs them.
import { createHash, createHmac, randomUUID } from "node:crypto";

const TOKEN_SECONDS = 12 * 60 * 60;

/** The same address is the same user, in the demo's rows and in every token. @param {string} email */
export function userId(email) {
  return uuid(createHash("sha256").update(email.toLowerCase()).digest(), 8);
}

/**
 * An id as Tallygate makes them (UUID version 7): it begins with the time and goes on with what it is for.
 * @param {number} milliseconds
 * @param {string} purpose
 */
export function idAt(milliseconds, purpose) {
  const bytes = createHash("sha256").update(`${milliseconds} ${purpose}`).digest();
  bytes.writeUIntBE(milliseconds, 0, 6);
  return uuid(bytes, 7);
}

/**
 * A token of a signed-in user, valid for 12 hours.
 * @param {string} email
 * @param {string} secret
 */
export function mintToken(email, secret) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub: userId(email),
    email: email.toLowerCase(),
    role: "authenticated",
    aud: "authenticated",
    iat: now,
    exp: now + TOKEN_SECONDS,
    session_id: randomUUID(),
  };
  const signed = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** @param {string} text */
const base64url = (text) => Buffer.from(text).toString("base64url");

/**
 * The first 16 bytes as a UUID of RFC 9562.
 * @param {Buffer} bytes
 * @param {number} version
 */
function uuid(bytes, version) {
  const copy = Buffer.from(bytes.subarray(0, 16));
  copy.writeUInt8((copy.readUInt8(6) & 0x0f) | (version << 4), 6);
  copy.writeUInt8((copy.readUInt8(8) & 0x3f) | 0x80, 8);
  return copy.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
