import type { ProductTexts } from "../product.ts";

export const english: ProductTexts = {
  features: {
    training_sessions: "Training sessions",
    scenarios: "Custom scenarios",
    ai_generation: "Scenarios made by AI",
    webhooks: "Webhooks",
    custom_branding: "Your own branding",
    priority_support: "Priority support",
    leaderboards: "Leaderboards",
    assignments: "Assignments",
    team_management: "Team management",
    training_session: "Training session",
    scenario_created: "Scenario made",
  },
  tagline: "Practise the conversation before it counts.",
  landings: {
    individuals: {
      title: "Ten minutes a day, and the hard call gets easy",
      text: "Train alone with an AI that answers back, and see your score move.",
      points: ["A score after each session, and its trend", "Your own scenarios", "Free to begin with"],
    },
    freelancers: {
      title: "Pitch, price and say no — rehearsed",
      text: "Rehearse the client's objections before you hear them.",
      points: ["Scenarios of your own trade", "AI writes the difficult client", "Up to 100 sessions a month"],
    },
    consultants: {
      title: "Walk in having had the conversation already",
      text: "For those who are paid for how they say it.",
      points: ["Up to 500 sessions a month", "Your own branding", "Webhooks into your own tools"],
    },
  },
};
