import type { ProductTexts } from "../product.ts";

export const english: ProductTexts = {
  features: {
    breathing: "Breathing",
    focus: "Focus",
    sleep: "Sleep",
  },
  tagline: "Sound that brings you down, or gets you going.",
  landings: {
    individuals: {
      title: "Fifteen minutes until you feel it",
      text: "Breathe, sleep and focus, by ear.",
      points: ["Two weeks to try everything", "Packages for sleep, focus and breath", "Nobody else sees how you feel"],
    },
    freelancers: {
      title: "An end to the working day",
      text: "A sound to begin with, another one to stop.",
      points: ["Focus packages", "Reminders when you want them", "Minutes by week"],
    },
    consultants: {
      title: "Calm, wherever the train stops",
      text: "Hotel, platform, aisle seat.",
      points: ["Every package with Premium", "Low quality for slow networks", "Your data as one file"],
    },
  },
};
