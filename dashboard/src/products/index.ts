// The product that these pages are of: the page says which (`scripts/build/pages.mjs` writes it in).
import { coaching } from "./coaching.ts";
import type { Product } from "./product.ts";
import { starterKit } from "./starter-kit.ts";
import { voiceTraining } from "./voice-training.ts";
import { voip } from "./voip.ts";
import { wellness } from "./wellness.ts";

const PRODUCTS: Record<string, Product> = { coaching, "starter-kit": starterKit, "voice-training": voiceTraining, voip, wellness, "wellness-organizations": wellness };

const named = document.querySelector<HTMLMetaElement>('meta[name="product"]')?.content ?? "";

export const product: Product = PRODUCTS[named] ?? voip;
