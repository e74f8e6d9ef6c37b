import { said, type Product } from "./product.ts";

export const voip: Product = {
  name: "VoIP Accelerator",
  chart: "uploads",
  figures: [{ kind: "used", meter: "uploads" }, { kind: "recent", meter: "uploads" }, { kind: "streak", meter: "uploads" }, { kind: "projected", meter: "uploads" }],
  hasPackages: false,
  hasCalls: false,
  features: { uploads: said("Uploads", "Uploads") },
  tagline: said("Compare rate sheets in minutes.", "Preislisten in Minuten vergleichen."),
  landings: {
    individuals: {
      title: said("Your rate sheets, compared before the coffee is cold", "Ihre Preislisten, verglichen, bevor der Kaffee kalt ist"),
      text: said("Upload what your carriers send and see where you lose money.", "Laden Sie hoch, was Ihre Carrier schicken, und sehen Sie, wo Sie Geld verlieren."),
      points: [said("100 uploads a month to begin with", "100 Uploads im Monat zu Beginn"), said("One plan, one person", "Ein Tarif, eine Person"), said("Seven days to try it", "Sieben Tage zum Ausprobieren")],
    },
    freelancers: {
      title: said("One more client, no more spreadsheets", "Ein Kunde mehr, keine Tabelle mehr"),
      text: said("Keep each client's rates apart and your evenings free.", "Die Preise jedes Kunden getrennt, die Abende frei."),
      points: [said("Rate sheets, comparisons and decks", "Preislisten, Vergleiche und Präsentationen"), said("Cancel any month", "Jeden Monat kündbar"), said("Two months free by the year", "Im Jahr günstiger")],
    },
    consultants: {
      title: said("Numbers your client cannot argue with", "Zahlen, denen Ihr Kunde nicht widerspricht"),
      text: said("As many uploads as the project takes.", "So viele Uploads, wie das Projekt braucht."),
      points: [said("Unlimited uploads", "Unbegrenzte Uploads"), said("Decks made from the comparison", "Präsentationen aus dem Vergleich"), said("Become a team when you grow", "Ein Team werden, wenn Sie wachsen")],
    },
  },
};
