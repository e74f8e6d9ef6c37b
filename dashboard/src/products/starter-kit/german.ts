import type { ProductTexts } from "../product.ts";

export const german: ProductTexts = {
  features: {
    max_records: "Datensätze",
    max_api_calls_per_month: "API-Aufrufe",
    max_automations: "Automatisierungen",
    max_storage_gb: "Speicher (GB)",
    max_mau: "Aktive Nutzer im Monat",
    max_schedules: "Zeitpläne",
    max_ai_tokens_per_month: "KI-Token",
    max_seats: "Plätze",
    features: "Funktionen",
    api_access: "API-Zugang",
    advanced_analytics: "Ausführliche Auswertung",
    sso: "Einmalige Anmeldung (SSO)",
    priority_support: "Bevorzugte Hilfe",
    custom_branding: "Eigenes Erscheinungsbild",
    dedicated_support: "Eigene Ansprechperson",
    custom_contracts: "Eigene Verträge",
    record_created: "Datensatz angelegt",
    api_call: "API-Aufruf",
    automation_run: "Automatisierung gelaufen",
    storage_used: "Speicher belegt",
    schedule_executed: "Zeitplan ausgeführt",
    ai_tokens_used: "KI-Token verbraucht",
    user_active: "Aktiver Nutzer",
  },
  tagline: "Die Teile eines Produkts, die niemand zweimal schreiben will.",
  landings: {
    individuals: {
      title: "Die Idee noch dieses Wochenende ausliefern",
      text: "Datensätze, Automatisierungen und eine API, kostenlos, bis jemand sie nutzt.",
      points: ["100 Datensätze kostenlos", "1.000 API-Aufrufe im Monat", "Ohne Karte beginnen"],
    },
    freelancers: {
      title: "Die Arbeit berechnen, nicht die Rohre",
      text: "Ein Baukasten unter jedem Kundenprojekt.",
      points: ["10.000 Datensätze", "25 Automatisierungen im Monat", "Ausführliche Auswertung"],
    },
    consultants: {
      title: "Ein Fundament, das Sie übergeben können",
      text: "Nach Ihrem Rat gebaut, von Ihrem Kunden betrieben.",
      points: ["API-Zugang", "100.000 Datensätze", "Grenzen, die mit dem Tarif wachsen"],
    },
  },
};
