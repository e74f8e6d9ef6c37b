import { said, type Product } from "./product.ts";

export const coaching: Product = {
  name: "Coaching",
  chart: "ai_voice_minutes",
  figures: [{ kind: "used", meter: "ai_voice_minutes" }, { kind: "used", meter: "human_coach_calls" }, { kind: "streak", meter: "ai_voice_minutes" }, { kind: "projected", meter: "ai_voice_minutes" }],
  hasPackages: true,
  hasCalls: true,
  features: {
    ai_voice_minutes: said("AI voice minutes", "KI-Gesprächsminuten"),
    ai_text_messages: said("AI text messages", "KI-Nachrichten"),
    human_coach_calls: said("Calls with a coach", "Gespräche mit einem Coach"),
    human_coach_call_minutes: said("Minutes of a coach's call", "Minuten je Coach-Gespräch"),
    community_access: said("Community", "Gemeinschaft"),
    progress_tracking: said("Progress tracking", "Fortschritt"),
    advanced_analytics: said("Advanced analytics", "Ausführliche Auswertung"),
    certification_path: said("Certification path", "Weg zum Zertifikat"),
    priority_support: said("Priority support", "Bevorzugte Hilfe"),
    custom_roadmap: said("A roadmap of your own", "Ein eigener Fahrplan"),
  },
  tagline: said("A coach in your pocket, a person when it matters.", "Ein Coach in der Tasche, ein Mensch, wenn es darauf ankommt."),
  landings: {
    individuals: {
      title: said("Say it out loud, and see it change", "Sprechen Sie es aus, und sehen Sie, wie es sich ändert"),
      text: said("Talk when it is on your mind, not when there is an appointment.", "Reden Sie, wenn es Sie beschäftigt, nicht wenn ein Termin frei ist."),
      points: [said("15 minutes to try it", "15 Minuten zum Ausprobieren"), said("Modules that open as you go", "Module, die sich nach und nach öffnen"), said("Calls with a person, too", "Auch Gespräche mit einem Menschen")],
    },
    freelancers: {
      title: said("Nobody to report to, somebody to talk to", "Niemand, dem Sie berichten, jemand, mit dem Sie reden"),
      text: said("Plan the week, face the client, keep the balance.", "Die Woche planen, dem Kunden begegnen, das Gleichgewicht halten."),
      points: [said("Minutes beyond the plan at a price that is told before", "Minuten über den Tarif hinaus, zu einem Preis, der vorher dasteht"), said("A cap, so nothing surprises you", "Eine Obergrenze, damit nichts überrascht"), said("Progress you can see", "Sichtbarer Fortschritt")],
    },
    consultants: {
      title: said("You coach others. Who coaches you?", "Sie beraten andere. Wer berät Sie?"),
      text: said("Unlimited minutes, four calls a period and a path to a certificate.", "Unbegrenzte Minuten, vier Gespräche je Zeitraum und ein Weg zum Zertifikat."),
      points: [said("A roadmap of your own", "Ein eigener Fahrplan"), said("Certification path", "Weg zum Zertifikat"), said("Priority support", "Bevorzugte Hilfe")],
    },
  },
};
