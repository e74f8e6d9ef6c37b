import { said, type Product } from "./product.ts";

export const wellness: Product = {
  name: "Sonicus",
  chart: undefined,
  figures: [{ kind: "sessions" }, { kind: "minutes" }, { kind: "averageMinutes" }, { kind: "completion" }],
  hasPackages: true,
  hasCalls: false,
  features: {},
  tagline: said("Sound that brings you down, or gets you going.", "Klänge, die beruhigen oder in Gang bringen."),
  landings: {
    individuals: {
      title: said("Fifteen minutes until you feel it", "Fünfzehn Minuten, bis Sie es spüren"),
      text: said("Breathe, sleep and focus, by ear.", "Atmen, schlafen, sich sammeln: mit den Ohren."),
      points: [said("Two weeks to try everything", "Zwei Wochen alles ausprobieren"), said("Packages for sleep, focus and breath", "Pakete für Schlaf, Konzentration und Atem"), said("Nobody else sees how you feel", "Niemand sonst sieht, wie es Ihnen geht")],
    },
    freelancers: {
      title: said("An end to the working day", "Ein Ende des Arbeitstages"),
      text: said("A sound to begin with, another one to stop.", "Ein Klang zum Beginnen, ein anderer zum Aufhören."),
      points: [said("Focus packages", "Pakete für Konzentration"), said("Reminders when you want them", "Erinnerungen, wenn Sie welche wollen"), said("Minutes by week", "Minuten je Woche")],
    },
    consultants: {
      title: said("Calm, wherever the train stops", "Ruhe, wo auch immer der Zug hält"),
      text: said("Hotel, platform, aisle seat.", "Hotel, Bahnsteig, Gangplatz."),
      points: [said("Every package with Premium", "Alle Pakete mit Premium"), said("Low quality for slow networks", "Geringe Qualität für langsame Netze"), said("Your data as one file", "Ihre Daten als eine Datei")],
    },
  },
};
