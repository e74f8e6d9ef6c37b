// What is asked at random: every operation that writes, by whoever may, and now and then by somebody who may not.
import { shuffled } from "../harness/stripe/random.ts";
import type { Reply } from "../harness/system.ts";
import { accountOperations } from "./operations/account.ts";
import { billingOperations } from "./operations/billing.ts";
import { staffOperations } from "./operations/staff.ts";
import { teamOperations } from "./operations/team.ts";
import { usageOperations } from "./operations/usage.ts";
import { webhookOperations } from "./operations/webhooks.ts";
import type { Walk } from "./walk.ts";

/** A request that is ready to be sent. */
export type Send = () => Promise<Reply>;
/** How often of all an operation is drawn, and the request that it makes of what there is; none where there is nothing to ask about. */
export interface Operation {
  name: string;
  share: number;
  draw: (walk: Walk) => Send | undefined;
}

export const OPERATIONS: readonly Operation[] = [
  ...teamOperations, ...usageOperations, ...accountOperations, ...webhookOperations, ...billingOperations, ...staffOperations,
];
/** How many kinds of operations a round has that is about few. */
const FEW = 8;

/** What a round draws from: all operations, or a few of them, which meet each other more often. */
export function chosen(walk: Walk): readonly Operation[] {
  return walk.random(2) === 0 ? OPERATIONS : shuffled(walk.random, OPERATIONS).slice(0, FEW);
}

/** An operation by chance, as often as its share says; undefined where there is nothing that it could be about. */
export function drawn(walk: Walk, operations: readonly Operation[]): { name: string; send: Send } | undefined {
  let place = walk.random(operations.reduce((sum, { share }) => sum + share, 0));
  const operation = operations.find(({ share }) => (place -= share) < 0);
  const send = operation?.draw(walk);
  return operation === undefined || send === undefined ? undefined : { name: operation.name, send };
}
