import type { ProductShape } from "../product.ts";

/** Of a catalog that has no texts of its own: whatever its plans count. */
export const shape: ProductShape = { chart: "first_meter", figures: [] };
