import type { ProductShape } from "../product.ts";

export const shape: ProductShape = {
  chart: { meter: "uploads" },
  figures: [{ kind: "used", meter: "uploads" }, { kind: "recent", meter: "uploads" }, { kind: "streak", meter: "uploads" }, { kind: "projected", meter: "uploads" }],
};
