import type { ProductTexts } from "../product.ts";

export const german: ProductTexts = {
  features: {
    uploads: "Uploads",
    rate_sheet: "Preisliste",
    comparison: "Vergleich",
    rate_deck: "Präsentation",
    bulk_adjustment: "Sammeländerung",
  },
  tagline: "Preislisten in Minuten vergleichen.",
  landings: {
    individuals: {
      title: "Ihre Preislisten, verglichen, bevor der Kaffee kalt ist",
      text: "Laden Sie hoch, was Ihre Carrier schicken, und sehen Sie, wo Sie Geld verlieren.",
      points: ["100 Uploads im Monat zu Beginn", "Ein Tarif, eine Person", "Sieben Tage zum Ausprobieren"],
    },
    freelancers: {
      title: "Ein Kunde mehr, keine Tabelle mehr",
      text: "Die Preise jedes Kunden getrennt, die Abende frei.",
      points: ["Preislisten, Vergleiche und Präsentationen", "Jeden Monat kündbar", "Im Jahr ein Monat geschenkt"],
    },
    consultants: {
      title: "Zahlen, denen Ihr Kunde nicht widerspricht",
      text: "So viele Uploads, wie das Projekt braucht.",
      points: ["Unbegrenzte Uploads", "Präsentationen aus dem Vergleich", "Ein Team werden, wenn Sie wachsen"],
    },
  },
};
