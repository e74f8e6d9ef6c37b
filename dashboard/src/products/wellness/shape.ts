import type { ProductShape } from "../product.ts";

export const shape: ProductShape = {
  chart: "sessions",
  figures: [{ kind: "sessions" }, { kind: "minutes" }, { kind: "averageMinutes" }, { kind: "completion" }],
};
