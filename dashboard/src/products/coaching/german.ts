import type { ProductTexts } from "../product.ts";

export const german: ProductTexts = {
  features: {
    ai_voice_minutes: "KI-Gesprächsminuten",
    ai_text_messages: "KI-Nachrichten",
    human_coach_calls: "Gespräche mit einem Coach",
    human_coach_call_minutes: "Minuten je Coach-Gespräch",
    community_access: "Gemeinschaft",
    progress_tracking: "Fortschritt",
    advanced_analytics: "Ausführliche Auswertung",
    certification_path: "Weg zum Zertifikat",
    priority_support: "Bevorzugte Hilfe",
    custom_roadmap: "Ein eigener Fahrplan",
    ai_voice: "KI-Gespräch",
    human_coach: "Gespräch mit einem Coach",
    ai_text_message: "KI-Nachricht",
    full: "Alles",
    read_only: "Zum Lesen",
    private: "Mit eigener Gruppe",
    core: "Grundlagen",
    advanced: "Für Fortgeschrittene",
    growth: "Wachstum",
    lifestyle: "Alltag",
  },
  tagline: "Ein Coach in der Tasche, ein Mensch, wenn es darauf ankommt.",
  landings: {
    individuals: {
      title: "Sprechen Sie es aus, und sehen Sie, wie es sich ändert",
      text: "Reden Sie, wenn es Sie beschäftigt, nicht wenn ein Termin frei ist.",
      points: ["15 Minuten zum Ausprobieren", "Module, die sich nach und nach öffnen", "Auch Gespräche mit einem Menschen"],
    },
    freelancers: {
      title: "Niemand, dem Sie berichten, jemand, mit dem Sie reden",
      text: "Die Woche planen, dem Kunden begegnen, das Gleichgewicht halten.",
      points: ["Minuten über den Tarif hinaus, zu einem Preis, der vorher dasteht", "Eine Obergrenze, damit nichts überrascht", "Sichtbarer Fortschritt"],
    },
    consultants: {
      title: "Sie beraten andere. Wer berät Sie?",
      text: "Unbegrenzte Minuten, vier Gespräche je Zeitraum und ein Weg zum Zertifikat.",
      points: ["Ein eigener Fahrplan", "Weg zum Zertifikat", "Bevorzugte Hilfe"],
    },
  },
};
