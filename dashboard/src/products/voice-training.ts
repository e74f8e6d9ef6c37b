import { said, type Product } from "./product.ts";

export const voiceTraining: Product = {
  name: "Voice AI Training",
  chart: "training_sessions",
  figures: [{ kind: "score", meter: "training_sessions" }, { kind: "used", meter: "training_sessions" }, { kind: "streak", meter: "training_sessions" }, { kind: "used", meter: "scenarios" }],
  hasPackages: false,
  hasCalls: false,
  features: {
    training_sessions: said("Training sessions", "Trainings"),
    scenarios: said("Custom scenarios", "Eigene Szenarien"),
    ai_generation: said("Scenarios made by AI", "Szenarien von der KI"),
    webhooks: said("Webhooks", "Webhooks"),
    custom_branding: said("Your own branding", "Eigenes Erscheinungsbild"),
    priority_support: said("Priority support", "Bevorzugte Hilfe"),
    leaderboards: said("Leaderboards", "Ranglisten"),
    assignments: said("Assignments", "Aufgaben"),
    team_management: said("Team management", "Teamverwaltung"),
  },
  tagline: said("Practise the conversation before it counts.", "Üben Sie das Gespräch, bevor es zählt."),
  landings: {
    individuals: {
      title: said("Ten minutes a day, and the hard call gets easy", "Zehn Minuten am Tag, und das schwere Gespräch wird leicht"),
      text: said("Train alone with an AI that answers back, and see your score move.", "Trainieren Sie allein mit einer KI, die widerspricht, und sehen Sie, wie Ihre Wertung steigt."),
      points: [said("A score after each session, and its trend", "Eine Wertung nach jedem Training, und ihr Verlauf"), said("Your own scenarios", "Eigene Szenarien"), said("Free to begin with", "Kostenlos zu beginnen")],
    },
    freelancers: {
      title: said("Pitch, price and say no — rehearsed", "Anbieten, Preise nennen, absagen: geübt"),
      text: said("Rehearse the client's objections before you hear them.", "Proben Sie die Einwände Ihrer Kunden, bevor Sie sie hören."),
      points: [said("Scenarios of your own trade", "Szenarien aus Ihrem Fach"), said("AI writes the difficult client", "Die KI schreibt den schwierigen Kunden"), said("Up to 100 sessions a month", "Bis zu 100 Trainings im Monat")],
    },
    consultants: {
      title: said("Walk in having had the conversation already", "Das Gespräch schon geführt haben, wenn Sie eintreten"),
      text: said("For those who are paid for how they say it.", "Für alle, die dafür bezahlt werden, wie sie es sagen."),
      points: [said("Up to 500 sessions a month", "Bis zu 500 Trainings im Monat"), said("Your own branding", "Eigenes Erscheinungsbild"), said("Webhooks into your own tools", "Webhooks in Ihre eigenen Werkzeuge")],
    },
  },
};
