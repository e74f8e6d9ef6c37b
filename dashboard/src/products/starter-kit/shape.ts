import type { ProductShape } from "../product.ts";

export const shape: ProductShape = {
  chart: { meter: "max_api_calls_per_month" },
  figures: [{ kind: "used", meter: "max_records" }, { kind: "used", meter: "max_api_calls_per_month" }, { kind: "used", meter: "max_automations" }, { kind: "used", meter: "max_storage_gb" }],
};
