import type { ProductShape } from "../product.ts";

export const shape: ProductShape = {
  chart: { meter: "training_sessions" },
  figures: [{ kind: "score", meter: "training_sessions" }, { kind: "used", meter: "training_sessions" }, { kind: "streak", meter: "training_sessions" }, { kind: "used", meter: "scenarios" }],
};
