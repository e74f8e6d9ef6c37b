import type { ProductTexts } from "../product.ts";

export const german: ProductTexts = {
  features: {
    breathing: "Atem",
    focus: "Konzentration",
    sleep: "Schlaf",
  },
  tagline: "Klänge, die beruhigen oder in Gang bringen.",
  landings: {
    individuals: {
      title: "Fünfzehn Minuten, bis Sie es spüren",
      text: "Atmen, schlafen, sich sammeln: mit den Ohren.",
      points: ["Zwei Wochen alles ausprobieren", "Pakete für Schlaf, Konzentration und Atem", "Niemand sonst sieht, wie es Ihnen geht"],
    },
    freelancers: {
      title: "Ein Ende des Arbeitstages",
      text: "Ein Klang zum Beginnen, ein anderer zum Aufhören.",
      points: ["Pakete für Konzentration", "Erinnerungen, wenn Sie welche wollen", "Minuten je Woche"],
    },
    consultants: {
      title: "Ruhe, wo auch immer der Zug hält",
      text: "Hotel, Bahnsteig, Gangplatz.",
      points: ["Alle Pakete mit Premium", "Geringe Qualität für langsame Netze", "Ihre Daten als eine Datei"],
    },
  },
};
