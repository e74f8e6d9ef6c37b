import type { ProductTexts } from "../product.ts";

export const english: ProductTexts = {
  features: {
    ai_voice_minutes: "AI voice minutes",
    ai_text_messages: "AI text messages",
    human_coach_calls: "Calls with a coach",
    human_coach_call_minutes: "Minutes of a coach's call",
    community_access: "Community",
    progress_tracking: "Progress tracking",
    advanced_analytics: "Advanced analytics",
    certification_path: "Certification path",
    priority_support: "Priority support",
    custom_roadmap: "A roadmap of your own",
    ai_voice: "AI conversation",
    human_coach: "Call with a coach",
    ai_text_message: "AI text message",
    full: "Everything",
    read_only: "To read",
    private: "With a group of its own",
    core: "Core",
    advanced: "Advanced",
    growth: "Growth",
    lifestyle: "Lifestyle",
  },
  tagline: "A coach in your pocket, a person when it matters.",
  landings: {
    individuals: {
      title: "Say it out loud, and see it change",
      text: "Talk when it is on your mind, not when there is an appointment.",
      points: ["15 minutes to try it", "Modules that open as you go", "Calls with a person, too"],
    },
    freelancers: {
      title: "Nobody to report to, somebody to talk to",
      text: "Plan the week, face the client, keep the balance.",
      points: ["Minutes beyond the plan at a price that is told before", "A cap, so nothing surprises you", "Progress you can see"],
    },
    consultants: {
      title: "You coach others. Who coaches you?",
      text: "Unlimited minutes, four calls a period and a path to a certificate.",
      points: ["A roadmap of your own", "Certification path", "Priority support"],
    },
  },
};
