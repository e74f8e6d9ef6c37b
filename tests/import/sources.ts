// A product's people as three providers would export them: the same people for the same seed, with the dirt that real ones have.

export interface Person {
  place: number;
  uuid: string;
  email: string | null;
  isVerified: boolean;
  first: string | null;
  last: string | null;
  createdAt: number;
  deletedAt: number | null;
  isAnonymous: boolean;
  isBanned: boolean;
  tier: string | null;
  organization: number | null;
  role: string | null;
  uploads: string;
  username: string | null;
}

export interface Organization {
  place: number;
  uuid: string;
  name: string | null;
  slug: string | null;
  tier: string | null;
  createdAt: number;
  isDeleted: boolean;
}

export interface Product {
  /** By which its people are told from another product's. */
  name: string;
  people: Person[];
  organizations: Organization[];
}

const BEGAN = Date.UTC(2024, 0, 15, 9, 30);
const FIRST = ["Ada", "Ben", "Cleo", "Dörte", "Émile", "Fatima", "Грета", "Hiro 浩", "Ines", "João", "Kübra", "Lars"];
const LAST = ["Archer", "Baker", "O'Neill", "Müller", "d'Arc", "García \"Gabo\"", "Ng", "van der Berg, Jr."];
const TIERS = ["starter", "professional", "pro", null];

/** Numbers that look random and are the same every time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `isDirty`: with everything that does not fit; without it everybody is brought along. */
export function product(count: number, { isDirty = true, seed = 20_261_129, name = "old" } = {}): Product {
  const next = random(seed);
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join("");
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const one = <T>(of: T[]): T => of[Math.floor(next() * of.length)] as T;
  const people: Person[] = [];
  const organizations = Array.from({ length: Math.floor(count / 20) }, (_, place): Organization => ({
    place, uuid: uuid(), name: `Team ${place} ${one(LAST)}`, slug: place % 3 === 0 ? `team-${place}-of-${name}` : null, tier: one(["enterprise", "team"]),
    createdAt: BEGAN + place * 3_600_000 + Math.floor(next() * 60_000), isDeleted: false,
  }));
  for (let place = 0; place < count; place += 1) {
    const [first, last] = [one(FIRST), one(LAST)];
    // Every second person of twenty works in the twenty's organization.
    const organization = place % 2 === 0 && place < organizations.length * 20 ? Math.floor(place / 20) : null;
    people.push({
      place, uuid: uuid(), email: `person${place}.${name}@${one(["mail.example", "Firma.Example", "bücher.example"])}`, isVerified: next() < 0.9, first, last,
      createdAt: BEGAN + Math.floor((place / count) * 40_000_000_000) + Math.floor(next() * 60_000), deletedAt: null, isAnonymous: false, isBanned: false,
      tier: organization === null ? one(TIERS) : "enterprise", organization,
      role: organization === null ? null : place % 20 === 0 ? "owner" : one(["admin", "member", "member", "viewer"]),
      uploads: String(Math.floor(next() * 90)), username: place % 4 === 1 ? `${name}_${place}` : null,
    });
  }
  if (isDirty) people.forEach((person, place) => soil(person, people, organizations[place % organizations.length], name));
  return { name, people, organizations };
}

/** What goes wrong in the course of years, at the same places every time. */
function soil(person: Person, people: Person[], organization: Organization | undefined, name: string): void {
  const { place } = person;
  const other = people[place - 3];
  if (place % 40 === 7 && other?.email) person.email = ` ${other.email.toUpperCase()} `;
  if (place % 45 === 11) [person.first, person.last] = [null, null];
  if (place % 60 === 13) person.deletedAt = person.createdAt + 86_400_000;
  if (place % 45 === 17) person.tier = "legacy_gold";
  if (place % 70 === 19) person.email = `person${place} at mail.example`;
  if (place % 55 === 23) person.email = null;
  if (place % 80 === 29) person.first = "Win at https://evil.example";
  if (place % 65 === 31) person.uploads = ["-5", "many", "1e3.5", "4000"][place % 4] ?? "";
  if (place % 90 === 37) person.isAnonymous = true;
  if (place % 75 === 41) person.isBanned = true;
  if (place % 50 === 43) person.tier = "enterprise";
  if (place % 85 === 46) person.role = "captain";
  if (place % 61 === 49) person.username = "admin";
  if (place % 61 === 53) person.username = `${name}_1`.toUpperCase();
  if (place % 95 === 59) person.createdAt = Date.UTC(2300, 0, 1);
  if (organization === undefined || place >= 40) return;
  if (organization.place === 1) for (const one of people) if (one.organization === 1) one.role = one.role === "owner" ? "member" : one.role;
  if (organization.place === 2) [organization.name, organization.slug] = [null, "Not A Slug"];
  if (organization.place === 3) organization.isDeleted = true;
  if (organization.place === 4) organization.tier = "legacy_gold";
  if (organization.place === 5) organization.tier = null;
  if (organization.place === 6) [organization.name, organization.slug] = ["日本", `team-3-of-${name}`];
}

/** A moment as databases of several places write it. */
export function written(moment: number, place: number): string {
  const offset = [0, 120, -480, 330][place % 4] ?? 0;
  const shown = new Date(moment + offset * 60_000).toISOString().replace("Z", "").replace("T", place % 3 === 0 ? "T" : " ");
  if (offset === 0) return `${shown}${place % 8 === 0 ? "Z" : "+00"}`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${shown}${offset < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}${minutes === 0 ? "" : `:${minutes}`}`;
}

type Cell = string | number | boolean | null;

export function csv(columns: string[], rows: Cell[][]): string {
  const field = (cell: Cell): string => {
    const text = cell === null ? "" : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

/** As `pg_dump` writes a table. */
export function copyBlock(table: string, columns: string[], rows: Cell[][]): string {
  const field = (cell: Cell): string => (cell === null ? "\\N" : String(cell).replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n"));
  return [`COPY ${table} (${columns.map((name) => (name === "role" ? `"${name}"` : name)).join(", ")}) FROM stdin;`, ...rows.map((row) => row.map(field).join("\t")), "\\.", "", ""].join("\n");
}

/** As `supabase db dump --data-only` writes a table: one statement of many rows. */
export function insertStatement(table: string, columns: string[], rows: Cell[][]): string {
  const value = (cell: Cell): string => (cell === null ? "NULL" : typeof cell === "string" ? `'${cell.replaceAll("'", "''")}'` : String(cell));
  return `INSERT INTO ${table.split(".").map((part) => `"${part}"`).join(".")} (${columns.map((name) => `"${name}"`).join(", ")}) VALUES\n${rows.map((row) => `\t(${row.map(value).join(", ")})`).join(",\n")};\n\n`;
}

export interface Sheet {
  table: string;
  columns: string[];
  rows: Cell[][];
}

/** A Supabase project's tables. */
export function supabase({ name: product, people, organizations }: Product): Sheet[] {
  const name = ({ first, last }: Person): string | null => (first === null ? null : `${first} ${last}`);
  const organizationOf = (person: Person): string | null => (person.organization === null ? null : (organizations[person.organization]?.uuid ?? null));
  return [
    {
      table: "auth.users",
      columns: ["instance_id", "id", "aud", "role", "email", "email_confirmed_at", "raw_user_meta_data", "created_at", "updated_at", "deleted_at", "banned_until", "is_anonymous"],
      rows: people.map((person) => [
        "00000000-0000-0000-0000-000000000000", person.uuid, "authenticated", "authenticated", person.email, person.isVerified ? written(person.createdAt + 60_000, person.place + 1) : null,
        JSON.stringify(person.place % 3 === 0 ? { full_name: name(person) } : {}), written(person.createdAt, person.place), written(person.createdAt + 1_000, person.place),
        person.deletedAt === null ? null : written(person.deletedAt, 0), person.isBanned ? "2999-01-01 00:00:00+00" : null, person.isAnonymous,
      ]),
    },
    {
      table: "public.profiles", columns: ["id", "full_name", "username", "subscription_tier", "uploads_this_month", "organization_id", "role", "stripe_customer_id"],
      // Nobody's profile, and one of each person but a few.
      rows: [
        ...people.filter(({ place }) => place % 97 !== 95).map((person): Cell[] => [
          person.uuid, person.place % 3 === 1 ? name(person) : null, person.username, person.tier, person.uploads, organizationOf(person), person.role,
          person.place % 5 === 1 && person.organization === null ? `cus_${product}_${person.place}` : null,
        ]),
        ["ffffffff-0000-4000-a000-000000000000", "Nobody", null, "starter", "3", null, null, null],
      ],
    },
    {
      table: "public.organizations", columns: ["id", "name", "slug", "subscription_tier", "created_at", "deleted_at", "stripe_customer_id"],
      rows: organizations.map((one) => [one.uuid, one.name, one.slug, one.tier, written(one.createdAt, one.place), one.isDeleted ? written(one.createdAt + 1, 0) : null, `cus_${product}_team_${one.place}`]),
    },
  ];
}

const KSUID_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An id as Clerk makes them, of that time. */
export function ksuid(prefix: string, moment: number, uuid: string): string {
  let number = (BigInt(Math.max(0, Math.floor(moment / 1_000) - 1_400_000_000)) << 128n) | BigInt(`0x${uuid.replaceAll("-", "")}`);
  let digits = "";
  for (let place = 0; place < 27; place += 1) {
    digits = `${KSUID_DIGITS[Number(number % 62n)]}${digits}`;
    number /= 62n;
  }
  return `${prefix}_${digits}`;
}

const clerkId = (person: Person): string => ksuid("user", Math.min(person.createdAt, Date.UTC(2026, 0, 1)), person.uuid);
const clerkOrganizationId = (one: Organization): string => ksuid("org", one.createdAt, one.uuid);

/** The dashboard's export. (It has no deleted users and no dates.) */
export function clerkCsv({ people }: Product): Sheet {
  return {
    table: "users",
    columns: ["id", "first_name", "last_name", "username", "primary_email_address", "primary_phone_number", "verified_email_addresses", "unverified_email_addresses", "verified_phone_numbers", "unverified_phone_numbers", "totp_secret", "password_digest", "password_hasher"],
    rows: people.filter(({ deletedAt, isAnonymous }) => deletedAt === null && !isAnonymous).map((person) => [
      clerkId(person), person.first, person.last, person.username, person.email, null, person.isVerified ? [person.email, `old${person.place}@mail.example`].join("|") : null,
      person.isVerified ? null : person.email, null, null, null, "$2a$10$not-brought-along", "bcrypt",
    ]),
  };
}

/** What the Backend API answers: users, organizations, memberships. */
export function clerkJson({ people, organizations }: Product): { users: unknown[]; organizations: unknown[]; memberships: unknown[] } {
  const there = people.filter(({ deletedAt, isAnonymous }) => deletedAt === null && !isAnonymous);
  return {
    users: there.map((person) => ({
      object: "user", id: clerkId(person), first_name: person.first, last_name: person.last, username: person.username, primary_email_address_id: person.email === null ? null : "idn_2",
      email_addresses: person.email === null ? [] : [
        { id: "idn_1", email_address: `old${person.place}@mail.example`, verification: { status: "verified" } },
        { id: "idn_2", email_address: person.email, verification: person.isVerified ? { status: "verified" } : null },
      ],
      public_metadata: person.organization === null && person.tier !== null ? { subscription_tier: person.tier } : {}, private_metadata: {},
      banned: person.isBanned, created_at: person.createdAt, updated_at: person.createdAt + 1_000, uploads_this_month: person.uploads,
    })),
    organizations: organizations.filter(({ isDeleted }) => !isDeleted).map((one) => ({
      object: "organization", id: clerkOrganizationId(one), name: one.name ?? "", slug: one.slug, public_metadata: one.tier === null ? {} : { plan: one.tier }, private_metadata: {},
      created_at: one.createdAt, created_by: people.filter(({ organization }) => organization === one.place).map(clerkId)[0],
    })),
    memberships: there.flatMap((person) => {
      const organization = person.organization === null ? undefined : organizations[person.organization];
      if (organization === undefined || organization.isDeleted) return [];
      return [{
        object: "organization_membership", role: person.role === "owner" ? "org:admin" : `org:${person.role}`, created_at: Math.max(person.createdAt, organization.createdAt),
        organization: { id: clerkOrganizationId(organization) }, public_user_data: { user_id: clerkId(person) },
      }];
    }),
  };
}

/** better-auth's tables, with its plugins for organizations and Stripe. */
export function betterAuth({ name: product, people, organizations }: Product): Sheet[] {
  const id = (uuid: string): string => uuid.replaceAll("-", "");
  return [
    {
      table: "user", columns: ["id", "name", "email", "emailVerified", "createdAt", "updatedAt", "username", "banned", "isAnonymous", "deletedAt", "stripeCustomerId", "uploadsThisMonth"],
      rows: people.map((person) => [
        id(person.uuid), person.first === null ? "" : `${person.first} ${person.last}`, person.email, Number(person.isVerified),
        // SQLite has no times: some drivers write text, others numbers.
        person.place % 2 === 0 ? new Date(person.createdAt).toISOString() : person.createdAt, person.place % 2 === 0 ? new Date(person.createdAt).toISOString() : Math.floor(person.createdAt / 1_000),
        person.username, Number(person.isBanned), Number(person.isAnonymous), person.deletedAt, person.place % 5 === 1 ? `cus_${product}_${person.place}` : null, person.uploads,
      ]),
    },
    {
      table: "organization", columns: ["id", "name", "slug", "logo", "createdAt", "metadata"],
      rows: organizations.filter(({ isDeleted }) => !isDeleted).map((one) => [id(one.uuid), one.name, one.slug, null, one.createdAt, null]),
    },
    {
      table: "member", columns: ["id", "organizationId", "userId", "role", "createdAt"],
      rows: people.flatMap((person): Cell[][] => {
        const organization = person.organization === null ? undefined : organizations[person.organization];
        return organization === undefined ? [] : [[`m${person.place}`, id(organization.uuid), id(person.uuid), person.role === "owner" ? "owner,admin" : person.role, Math.max(person.createdAt, organization.createdAt)]];
      }),
    },
    {
      table: "subscription", columns: ["id", "plan", "referenceId", "stripeCustomerId", "stripeSubscriptionId", "status", "periodStart", "periodEnd"],
      rows: [
        ...people.filter(({ tier, organization }) => tier !== null && organization === null).flatMap((person): Cell[][] => {
          const row = (name: string, plan: string | null, status: string, start: number): Cell[] => [name, plan, id(person.uuid), null, `sub_${name}`, status, start, start + 2_592_000_000];
          const now = row(`s${person.place}`, person.tier, person.place % 9 === 0 ? "trialing" : "active", person.createdAt);
          const before = row(`t${person.place}`, "starter", "canceled", person.createdAt + 5_000);
          const second = row(`u${person.place}`, "professional", "active", person.createdAt + 9_000);
          return [now, ...(person.place % 7 === 0 ? [before] : []), ...(person.place % 31 === 0 ? [second] : [])];
        }),
        ...organizations.filter(({ tier }) => tier !== null).map((one): Cell[] => [`o${one.place}`, one.tier, id(one.uuid), `cus_${product}_team_${one.place}`, `sub_o${one.place}`, "active", one.createdAt, one.createdAt + 2_592_000_000]),
      ],
    },
  ];
}
