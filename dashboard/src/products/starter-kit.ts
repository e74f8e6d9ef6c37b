import { said, type Product } from "./product.ts";

export const starterKit: Product = {
  name: "Starter Kit",
  chart: "max_api_calls_per_month",
  figures: [{ kind: "used", meter: "max_records" }, { kind: "used", meter: "max_api_calls_per_month" }, { kind: "used", meter: "max_automations" }, { kind: "used", meter: "max_storage_gb" }],
  hasPackages: false,
  hasCalls: false,
  features: {
    max_records: said("Records", "Datensätze"),
    max_api_calls_per_month: said("API calls", "API-Aufrufe"),
    max_automations: said("Automations", "Automatisierungen"),
    max_storage_gb: said("Storage (GB)", "Speicher (GB)"),
    max_mau: said("Monthly active users", "Aktive Nutzer im Monat"),
    max_schedules: said("Schedules", "Zeitpläne"),
    max_ai_tokens_per_month: said("AI tokens", "KI-Token"),
    max_seats: said("Seats", "Plätze"),
  },
  tagline: said("The parts of a product that nobody wants to write twice.", "Die Teile eines Produkts, die niemand zweimal schreiben will."),
  landings: {
    individuals: {
      title: said("Ship the idea this weekend", "Die Idee noch dieses Wochenende ausliefern"),
      text: said("Records, automations and an API, free until somebody uses it.", "Datensätze, Automatisierungen und eine API, kostenlos, bis jemand sie nutzt."),
      points: [said("100 records free", "100 Datensätze kostenlos"), said("1,000 API calls a month", "1.000 API-Aufrufe im Monat"), said("No card to begin", "Ohne Karte beginnen")],
    },
    freelancers: {
      title: said("Bill for the work, not for the plumbing", "Die Arbeit berechnen, nicht die Rohre"),
      text: said("One kit under every client's project.", "Ein Baukasten unter jedem Kundenprojekt."),
      points: [said("10,000 records", "10.000 Datensätze"), said("25 automations a month", "25 Automatisierungen im Monat"), said("Advanced analytics", "Ausführliche Auswertung")],
    },
    consultants: {
      title: said("A foundation you can hand over", "Ein Fundament, das Sie übergeben können"),
      text: said("Built on your advice, run by your client.", "Nach Ihrem Rat gebaut, von Ihrem Kunden betrieben."),
      points: [said("API access", "API-Zugang"), said("100,000 records", "100.000 Datensätze"), said("Limits that grow with the plan", "Grenzen, die mit dem Tarif wachsen")],
    },
  },
};
