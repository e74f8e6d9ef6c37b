// A run whose moments and ids follow from what is asked in it alone, on whichever day: the documents that are made of it stay as they
// are until an answer is another one.
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { mock } from "node:test";
import { chance } from "../harness/workers/chance.js";
import { SECOND } from "../harness/moments.ts";
import type { System } from "../harness/system.ts";

/** A morning in the middle of a week, of a month and of a year that is no leap year. */
const BEGINS = Date.parse("2026-06-17T09:00:00.000Z");

/** Does the work at that moment; each request to the system is a second later than the one before. */
export async function foreseen<T>(system: System, work: () => Promise<T>): Promise<T> {
  const { randomBytes, randomUUID } = crypto;
  const call = system.call.bind(system);
  let moment = BEGINS;
  const goOn = async (): Promise<void> => {
    moment += SECOND;
    mock.timers.setTime(moment);
    await system.setClock(moment);
  };
  system.call = async (...asked) => {
    await goOn();
    return call(...asked);
  };
  draw("the suite's own");
  mock.timers.enable({ apis: ["Date"], now: moment });
  try {
    await goOn();
    return await work();
  } finally {
    mock.timers.reset();
    Object.assign(crypto, { randomBytes, randomUUID });
    syncBuiltinESMExports();
    system.call = call;
  }
}

/** Whoever draws in this process is given what follows from the name. */
function draw(name: string): void {
  const next = chance(name);
  const randomBytes = (count: number): Buffer => Buffer.from(Array.from({ length: count }, next));
  const randomUUID = (): string => {
    const hex = randomBytes(16).toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  Object.assign(crypto, { randomBytes, randomUUID });
  syncBuiltinESMExports();
}
