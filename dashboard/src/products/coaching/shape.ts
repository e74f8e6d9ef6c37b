import type { ProductShape } from "../product.ts";

export const shape: ProductShape = {
  chart: { meter: "ai_voice_minutes" },
  figures: [{ kind: "used", meter: "ai_voice_minutes" }, { kind: "used", meter: "human_coach_calls" }, { kind: "streak", meter: "ai_voice_minutes" }, { kind: "projected", meter: "ai_voice_minutes" }],
};
