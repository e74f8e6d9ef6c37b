import type { ProductTexts } from "../product.ts";

export const german: ProductTexts = {
  features: {
    training_sessions: "Trainings",
    scenarios: "Eigene Szenarien",
    ai_generation: "Szenarien von der KI",
    webhooks: "Webhooks",
    custom_branding: "Eigenes Erscheinungsbild",
    priority_support: "Bevorzugte Hilfe",
    leaderboards: "Ranglisten",
    assignments: "Aufgaben",
    team_management: "Teamverwaltung",
    training_session: "Training",
    scenario_created: "Szenario angelegt",
  },
  tagline: "Üben Sie das Gespräch, bevor es zählt.",
  landings: {
    individuals: {
      title: "Zehn Minuten am Tag, und das schwere Gespräch wird leicht",
      text: "Trainieren Sie allein mit einer KI, die widerspricht, und sehen Sie, wie Ihre Wertung steigt.",
      points: ["Eine Wertung nach jedem Training, und ihr Verlauf", "Eigene Szenarien", "Kostenlos zu beginnen"],
    },
    freelancers: {
      title: "Anbieten, Preise nennen, absagen: geübt",
      text: "Proben Sie die Einwände Ihrer Kunden, bevor Sie sie hören.",
      points: ["Szenarien aus Ihrem Fach", "Die KI schreibt den schwierigen Kunden", "Bis zu 100 Trainings im Monat"],
    },
    consultants: {
      title: "Das Gespräch schon geführt haben, wenn Sie eintreten",
      text: "Für alle, die dafür bezahlt werden, wie sie es sagen.",
      points: ["Bis zu 500 Trainings im Monat", "Eigenes Erscheinungsbild", "Webhooks in Ihre eigenen Werkzeuge"],
    },
  },
};
