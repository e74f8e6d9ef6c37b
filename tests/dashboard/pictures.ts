// npm run pictures: the pictures of docs/images, of the running pages with the same people and figures each time.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../harness/built.ts";
import { settled } from "./looked-at.ts";
import { Stage, type VisitOptions } from "./stage.ts";

const IMAGES = join(ROOT, "docs/images");
const DAY = 86_400_000;

async function main(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const stage = await Stage.open("voice-training");
  const mia = await stage.person("individual_free", { email: "mia@training.example", name: "Mia Marsh" });
  const team = await stage.team("professional", "individual_free", ["admin", "member", "viewer"], { team: "Northwind Voice", people: ["Ada Archer", "Ben Baker", "Cleo Carter", "Dora Dyer"] });
  const [ada] = team.people;
  for (const plan of ["individual_pro", "individual_ultra"]) {
    for (const interval of ["month", "year"]) await stage.system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, ?, 1)", `price_${plan}_${interval}`, plan, interval);
  }
  const trained = [62, 66, 64, 71, 70, 76, 81, 84];
  for (const [place, score] of trained.entries()) {
    const occurredAt = new Date(Date.now() - (trained.length - 1 - place) * 1.7 * DAY).toISOString();
    await stage.system.call("track-usage", { path: "/track", token: mia.token, body: { feature: "training_sessions", attributes: { score }, occurredAt } });
  }
  await stage.system.call("track-usage", { path: "/track", token: mia.token, body: { feature: "scenarios", quantity: 2 } });

  const staff = await stage.person("individual_free", { email: "sara@operator.example", name: "Sara Stone" });
  await stage.system.sql("UPDATE users SET account_type = 'super_admin' WHERE id = ?", staff.id);

  const pictures: [string, Parameters<Stage["visit"]>[0], VisitOptions][] = [
    ["overview", mia, { at: "/overview" }],
    ["overview-phone-dark", mia, { at: "/overview", viewport: { width: 360, height: 780 }, colorScheme: "dark", language: "de" }],
    ["overview-wide", mia, { at: "/overview", viewport: { width: 1600, height: 1000 } }],
    ["usage", mia, { at: "/usage" }],
    ["billing", mia, { at: "/billing?plan=individual_pro" }],
    ["account", mia, { at: "/account" }],
    ["members", ada, { at: "/members" }],
    ["console", staff, { at: `/console#/organization/${team.id}` }],
    ["pricing", undefined, { at: "/pricing" }],
    ["home", undefined, { at: "/home" }],
  ];
  for (const [name, person, options] of pictures) {
    const { page } = await stage.visit(person, { reducedMotion: "reduce", ...options });
    await settled(page);
    await page.screenshot({ path: join(IMAGES, `${name}.png`) });
    await stage.closeVisits();
  }
  await stage.close();
}

await main();
