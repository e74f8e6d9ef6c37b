import type { ProductTexts } from "../product.ts";

export const english: ProductTexts = {
  features: {
    max_records: "Records",
    max_api_calls_per_month: "API calls",
    max_automations: "Automations",
    max_storage_gb: "Storage (GB)",
    max_mau: "Monthly active users",
    max_schedules: "Schedules",
    max_ai_tokens_per_month: "AI tokens",
    max_seats: "Seats",
    features: "Functions",
    api_access: "API access",
    advanced_analytics: "Advanced analytics",
    sso: "Single sign-on",
    priority_support: "Priority support",
    custom_branding: "Your own branding",
    dedicated_support: "Dedicated support",
    custom_contracts: "Contracts of your own",
    record_created: "Record created",
    api_call: "API call",
    automation_run: "Automation run",
    storage_used: "Storage used",
    schedule_executed: "Schedule executed",
    ai_tokens_used: "AI tokens used",
    user_active: "Active user",
  },
  tagline: "The parts of a product that nobody wants to write twice.",
  landings: {
    individuals: {
      title: "Ship the idea this weekend",
      text: "Records, automations and an API, free until somebody uses it.",
      points: ["100 records free", "1,000 API calls a month", "No card to begin"],
    },
    freelancers: {
      title: "Bill for the work, not for the plumbing",
      text: "One kit under every client's project.",
      points: ["10,000 records", "25 automations a month", "Advanced analytics"],
    },
    consultants: {
      title: "A foundation you can hand over",
      text: "Built on your advice, run by your client.",
      points: ["API access", "100,000 records", "Limits that grow with the plan"],
    },
  },
};
