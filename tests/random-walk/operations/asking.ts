// Who asks, about what, and the request that it becomes.
import type { Ask, Json } from "../../harness/system.ts";
import type { Operation, Send } from "../operations.ts";
import type { Known, Place } from "../picture.ts";
import type { Walk } from "../walk.ts";

type Body = Record<string, unknown>;

/** To a function that is named its action by the path, or (without `path`) by the body. */
export interface Asking {
  fn: string;
  path?: string;
  method?: string;
  body?: Body;
  /** Who asks, by their id; nobody asks where there is nobody. */
  person: string | undefined;
  /** The organization that the header names. */
  team?: string;
  /** What is remembered of the reply. */
  learn?: (body: Record<string, Json>) => void;
}

export function asking(walk: Walk, { fn, path, method, body, person, team, learn }: Asking): Send | undefined {
  const token = person === undefined ? undefined : walk.tokens.get(person);
  if (token === undefined) return undefined;
  const headers = team === undefined ? {} : { "x-organization-id": team };
  const ask: Ask = { token, headers, ...(path !== undefined && { path }), ...(method !== undefined && { method }), ...(body !== undefined && { body }) };
  return async () => {
    const reply = await walk.system.call(fn, ask);
    if (reply.status < 300) learn?.(reply.body);
    return reply;
  };
}

/** An operation on one of a list of rows; none while the list is empty. */
export function about<Of>(name: string, share: number, list: (walk: Walk) => readonly Of[], ask: (row: Of, walk: Walk) => Asking | undefined): Operation {
  return {
    name, share,
    draw: (walk) => {
      const row = walk.one(list(walk));
      const asked = row === undefined ? undefined : ask(row, walk);
      return asked === undefined ? undefined : asking(walk, asked);
    },
  };
}

export const people = ({ picture }: Walk): Known[] => picture.people;
/** Everybody who is not of the staff. */
export const customers = ({ picture }: Walk): Known[] => picture.people.filter(({ account_type: type }) => type === "user");
export const places = ({ picture }: Walk): Place[] => picture.places;
export const teams = ({ picture }: Walk): Place[] => picture.places.filter(({ kind }) => kind === "team");
export const owners = (walk: Walk): Place[] => places(walk).filter(({ role }) => role === "owner");
export const ownersOfTeams = (walk: Walk): Place[] => teams(walk).filter(({ role }) => role === "owner");
export const managers = (walk: Walk): Place[] => teams(walk).filter(({ role }) => role === "owner" || role === "admin");

/** Another one of the same team; a name that is nobody's where there is none. */
export function fellow(walk: Walk, { team, person }: Place): string {
  return walk.one(teams(walk).filter((other) => other.team === team && other.person !== person))?.person ?? "nobody";
}

/** Somebody who may manage a team; now and then anybody of it. */
export function managerOf(walk: Walk, team: string): string | undefined {
  const all = places(walk).filter((place) => place.team === team);
  const may = all.filter(({ role }) => role === "owner" || role === "admin");
  return walk.one(walk.random(10) === 0 ? all : may)?.person;
}
