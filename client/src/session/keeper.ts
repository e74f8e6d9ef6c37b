// Keeps one browser signed in: registers it, beats while a page is visible, and tells every page why it was put out.
import type { EndReason } from "../named.ts";
import type { Client, Credentials, SessionSource, TokenSource } from "../client.ts";
import { isRefusal, isUnreachable } from "../refusals.ts";
import { Gate } from "./gate.ts";
import { identityOf, isLifted, mayBeOf, NOBODY, type Identity } from "./identity.ts";
import { putLeft, takeLeft } from "./left.ts";
import { OpenPages, alone, type Said } from "./pages.ts";
import { LATE_END, Revival } from "./revival.ts";
import { backoff, sleep } from "./sleep.ts";
import type { SessionKeeperOptions, SessionState } from "./state.ts";
import { browserStore, fresh, type KeptSession, type SessionStore } from "./store.ts";
import { Turn } from "./turn.ts";

type Part = Pick<Client, "manageSession">;

export class SessionKeeper implements SessionSource {
  readonly #options: Required<Omit<SessionKeeperOptions, "browserInfo" | "store">> & { browserInfo: unknown };
  readonly #store: SessionStore;
  readonly #listeners = new Set<(state: SessionState) => void>();
  #state: SessionState = { status: "signed_out" };
  #kept: KeptSession | undefined;
  #client: Part | undefined;
  #getToken: TokenSource | undefined;
  /** Who is signed in, as the token told it last. */
  #whose: Identity = NOBODY;
  readonly #revival = new Revival();
  readonly #gate = new Gate();
  readonly #turn: Turn;
  #beating: Promise<boolean> | undefined;
  #pages: OpenPages | undefined;
  /** Ends with the keeper's work in this page. */
  #work = new AbortController();

  constructor(options: SessionKeeperOptions = {}) {
    const { onConflict = "terminate", browserInfo, interval = 60_000, spread = 5_000, endWithLastPage = true, name = "tallygate-session", random = Math.random } = options;
    this.#options = { onConflict, browserInfo, interval, spread, endWithLastPage, name, random };
    this.#store = options.store ?? browserStore(name);
    this.#turn = new Turn({
      isLive: () => this.#isLive,
      at: async () => (await this.#store.read())?.beatenAt ?? 0,
      beat: () => this.#beat(),
      sleep: (ms, signal) => this.#sleep(ms, signal),
    }, this.#options);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Calls `listener` with each state from now on; returns how to stop it. */
  subscribe(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Begins as soon as somebody is signed in, on each page. Without a page (on a server) it does nothing; where this browser was
   * put out, it looks whether somebody has signed in since.
   */
  async start(client: Part): Promise<void> {
    if (typeof document === "undefined") return;
    if (this.#client !== undefined) return this.#state.status === "ended" ? this.#begin() : undefined;
    this.#client = client;
    this.#work = new AbortController();
    const { name } = this.#options;
    const pages = (this.#pages = new OpenPages(name, (said) => void this.#heard(said)));
    this.#listen(pages);
    this.#gate.close();
    this.#set({ status: "starting", offline: !navigator.onLine });
    await pages.enter();
    this.#say({ came: true });
    await this.#begin();
  }

  /** Signs this browser in where it was put out, or where others are in the way: they are put out. */
  async takeOver(): Promise<void> {
    await this.#store.clear();
    this.#kept = undefined;
    await this.#register("terminate");
    this.#turn.take();
  }

  /** Ends the session, in all tabs. Call it before the auth provider's own sign-out, whose token it needs. */
  async signOut(): Promise<void> {
    // Of a session that is over there is nothing to end.
    const id = this.#state.status === "ended" ? undefined : this.#kept?.id;
    const client = this.#client;
    this.#say({ signedOut: true });
    this.#stop({ status: "signed_out" });
    await this.#store.clear();
    if (id === undefined || client === undefined) return;
    await client.manageSession.terminate({ sessionId: id }, { keepalive: true }).catch(leftToExpire);
  }

  /** What its own requests name, before it is registered, too; part of `SessionSource`. */
  credentials(): Credentials | undefined {
    // One without a secret was never registered: it is named by nobody.
    if (this.#kept?.secret === undefined || this.#state.status === "ended") return undefined;
    return { id: this.#kept.id, secret: this.#kept.secret };
  }

  /** What all other requests name, when it is known; part of `SessionSource`. */
  async registered(): Promise<Credentials | undefined> {
    await this.#gate.passage;
    return this.#isLive ? this.credentials() : undefined;
  }

  /** How the newest token is had; part of `SessionSource`. */
  asks(getToken: TokenSource | undefined): void {
    this.#getToken = getToken;
  }

  /** A request was refused because the session has ended; part of `SessionSource`. */
  async ended(reason: string, used: Credentials | undefined): Promise<boolean> {
    if (this.#isOver) return false;
    if (await this.#isNamedAnew(used)) return this.#isLive;
    // Who never registered was not put out.
    if (reason === "missing" || this.#isOver) return false;
    // A page that slept is not over while there is room for it, nor is a session that is unknown here somebody's end.
    if (reason === "expired" || reason === "unknown") return this.#revival.answer(this.#isLive, () => this.#revive());
    await this.#putOut(reason as EndReason);
    return this.#isLive;
  }

  /**
   * Whether the browser was registered anew since somebody read `used`, by this page or another: each registration gives another
   * secret, and what was on its way with the one before it is refused as another browser's.
   */
  async #isNamedAnew(used: Credentials | undefined): Promise<boolean> {
    // One that is under way is waited for.
    const kept = await alone(`${this.#options.name}:register`, () => this.#store.read(), this.#work.signal);
    return this.#takesInPlaceOf(used, kept);
  }

  #takesInPlaceOf(used: Credentials | undefined, kept: KeptSession | undefined): boolean {
    if (kept === undefined || kept.endedBy !== undefined || !mayBeOf(this.#whose, kept) || (kept.id === used?.id && kept.secret === used.secret)) return false;
    this.#kept = kept;
    return true;
  }

  get #isOver(): boolean {
    return this.#client === undefined || ["ended", "conflict"].includes(this.#state.status);
  }

  get #isLive(): boolean {
    return this.#state.status === "live";
  }

  /** Beats, and gives whether the session lives after that; another page may have registered anew already. */
  async #revive(): Promise<boolean> {
    const { signal } = this.#work;
    this.#whose = await identityOf(this.#getToken);
    const isSaid = await alone(`${this.#options.name}:register`, async () => {
      return this.#takesInPlaceOf(this.#kept, await this.#store.read()) || this.#beat();
    }, signal);
    const isRevived = isSaid === true && this.#isLive;
    if (isRevived) this.#revival.lives();
    return isRevived;
  }

  async #begin(): Promise<void> {
    await this.#register(this.#options.onConflict);
    this.#turn.take();
  }

  #listen(pages: OpenPages): void {
    const { signal } = this.#work;
    document.addEventListener("visibilitychange", () => {
      // A page that crashed has not said that it goes.
      void pages.count();
      this.#turn.take();
    }, { signal });
    addEventListener("pagehide", () => this.#leave(pages), { signal });
    addEventListener("pageshow", ({ persisted }) => {
      if (persisted) void this.#begin();
    }, { signal });
    pages.watchNavigation(signal);
  }

  /** One page after the other: the first one registers, the others find that it has. */
  async #register(onConflict: "terminate" | "reject"): Promise<void> {
    const { signal } = this.#work;
    this.#gate.close();
    await alone(`${this.#options.name}:register`, async () => {
      const kept = await this.#store.read();
      this.#whose = await identityOf(this.#getToken);
      this.#kept = kept !== undefined && mayBeOf(this.#whose, kept) && !isLifted(this.#whose, kept) ? kept : undefined;
      const isBack = this.#kept !== undefined && this.#kept.id === takeLeft(this.#options.name);
      if (this.#kept?.endedBy !== undefined) return this.#set({ status: "ended", reason: this.#kept.endedBy });
      if (!isBack && this.#kept?.secret !== undefined && Date.now() - this.#kept.beatenAt < this.#options.interval) return this.#set({ status: "live", offline: false });
      this.#kept ??= fresh();
      await this.#validate(onConflict);
      if (isBack) await this.#expectLateEnd();
    }, signal).catch((error: unknown) => {
      this.#gate.open();
      throw error;
    });
  }

  /**
   * The page loaded again: when it went it ended the session, and that request may arrive after the new registration. So
   * heartbeats come soon until it must have arrived, and an end that one of them meets is that one.
   */
  async #expectLateEnd(): Promise<void> {
    if (this.#kept === undefined || this.#state.status !== "live") return;
    this.#revival.expectOwnEnd();
    await this.#keep({ ...this.#kept, beatenAt: this.#beatenNow() });
  }

  /** What is kept of a heartbeat of now, by which the next one is due: after 0.9 to 1.1 intervals, or some seconds. */
  #beatenNow(): number {
    return Date.now() - (this.#revival.expectsOwnEnd ? this.#options.interval * 0.9 - LATE_END / 5 : 0);
  }

  /** Registers the browser, however long the network is away. */
  async #validate(onConflict: "terminate" | "reject"): Promise<void> {
    const { signal } = this.#work;
    for (let failures = 0; !signal.aborted && this.#kept !== undefined; failures += 1) {
      try {
        // Once it has failed, nothing is held for the next try.
        if (failures === 0) this.#gate.close();
        const { id, secret } = this.#kept;
        const { browserInfo } = this.#options;
        const reply = await this.#client?.manageSession.validate({ sessionId: id, onConflict, ...(browserInfo === undefined ? {} : { browserInfo }) }, { signal });
        if (reply === undefined) return;
        await this.#keep({ id, secret: reply.sessionSecret ?? secret, beatenAt: Date.now(), endedBy: undefined });
        this.#set({ status: "live", offline: false });
        // The others have its id and secret to learn, whatever they took the state for.
        return this.#say({ state: this.#state });
      } catch (error) {
        if (signal.aborted) return;
        this.#gate.refuse(error);
        if (isRefusal(error) && error.code === "session_conflict") return this.#set({ status: "conflict", sessions: (error.conflictDetails as typeof error.conflictDetails | undefined)?.sessions ?? [] });
        if (isRefusal(error) && error.code !== "unreadable_answer" && error.status < 500 && error.status !== 429) return this.#stop({ status: "signed_out" });
        this.#set({ status: "starting", offline: isUnreachable(error) });
        this.#gate.open();
        await this.#sleep(backoff(failures, this.#options.random), signal);
      }
    }
  }

  /** One heartbeat, whoever asks for it meanwhile; false where nothing was said. */
  #beat(): Promise<boolean> {
    return (this.#beating ??= this.#beatOnce(this.#work.signal).finally(() => (this.#beating = undefined)));
  }

  async #beatOnce(signal: AbortSignal): Promise<boolean> {
    const kept = this.#kept;
    if (kept === undefined) return true;
    try {
      const { valid, reason } = await (this.#client as Part).manageSession.heartbeat({ sessionId: kept.id }, { signal });
      if (valid) {
        this.#revival.lives();
        await this.#keep({ ...kept, beatenAt: this.#beatenNow() });
        this.#tell({ status: "live", offline: false });
      } else if (reason === "unknown") {
        // It was forgotten, not put out: of sessions that are over the last ones alone are remembered.
        this.#kept = fresh();
        await this.#validate(this.#options.onConflict);
      } else if (!this.#takesInPlaceOf(kept, await this.#store.read())) {
        await this.#putOut(reason ?? "terminated");
      }
      return true;
    } catch (error) {
      if (!signal.aborted && isUnreachable(error)) this.#tell({ status: "live", offline: true });
      return false;
    }
  }

  async #putOut(reason: EndReason): Promise<void> {
    if (this.#kept === undefined || this.#state.status === "ended") return;
    if (reason === "terminated" && this.#revival.isOwnEnd()) return this.#validate(this.#options.onConflict);
    this.#turn.end();
    await this.#keep({ ...this.#kept, endedBy: reason });
    this.#tell({ status: "ended", reason });
  }

  async #keep(session: KeptSession): Promise<void> {
    this.#kept = { ...session, ...this.#whose };
    await this.#store.write(this.#kept);
  }

  /** The page goes. What cannot be said now is left to expire: a session without a heartbeat is over after five minutes. */
  #leave(pages: OpenPages): void {
    this.#turn.end();
    this.#say({ left: pages.id });
    if (!this.#options.endWithLastPage || !pages.isLast || this.#kept === undefined || this.#state.status !== "live") return;
    // A page that only loads again cannot be told from one that goes: the next one knows by this.
    putLeft(this.#options.name, this.#kept.id);
    void this.#client?.manageSession.terminate({ sessionId: this.#kept.id }, { keepalive: true }).catch(leftToExpire);
  }

  #stop(state: SessionState): void {
    this.#turn.end();
    this.#work.abort();
    this.#pages?.leave();
    this.#pages = undefined;
    this.#client = undefined;
    this.#kept = undefined;
    this.#set(state);
  }

  async #heard(said: Said): Promise<void> {
    if (said.signedOut === true) return this.#stop({ status: "signed_out" });
    if (said.state === undefined) return;
    const kept = await this.#store.read();
    // Somebody else may have signed in there.
    if (kept !== undefined && !mayBeOf(this.#whose, kept)) return;
    this.#kept = kept;
    this.#set(said.state);
    if (said.state.status === "live") this.#turn.take();
    else this.#turn.end();
  }

  #say(said: Said): void {
    this.#pages?.say(said);
  }

  /** For this page and all others. */
  #tell(state: SessionState): void {
    const isNews = JSON.stringify(state) !== JSON.stringify(this.#state);
    this.#set(state);
    if (isNews) this.#say({ state });
  }

  #set(state: SessionState): void {
    this.#state = state;
    // Whether the browser is registered is known now; the two others say themselves who goes on.
    if (!["starting", "conflict"].includes(state.status)) this.#gate.open();
    for (const listener of this.#listeners) listener(state);
  }

  /** While the network is away it ends soon after that is back, and not for all browsers at once. */
  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    const isOffline = "offline" in this.#state && this.#state.offline;
    return sleep(ms, signal, isOffline ? () => this.#options.spread * this.#options.random() : undefined);
  }
}

/** The request that ends a session did not arrive: it is over by itself after five minutes without a heartbeat. */
function leftToExpire(): void {}
