import type { ProductTexts } from "../product.ts";

export const english: ProductTexts = {
  features: {
    uploads: "Uploads",
    rate_sheet: "Rate sheet",
    comparison: "Comparison",
    rate_deck: "Rate deck",
    bulk_adjustment: "Bulk adjustment",
  },
  tagline: "Compare rate sheets in minutes.",
  landings: {
    individuals: {
      title: "Your rate sheets, compared before the coffee is cold",
      text: "Upload what your carriers send and see where you lose money.",
      points: ["100 uploads a month to begin with", "One plan, one person", "Seven days to try it"],
    },
    freelancers: {
      title: "One more client, no more spreadsheets",
      text: "Keep each client's rates apart and your evenings free.",
      points: ["Rate sheets, comparisons and decks", "Cancel any month", "One month free by the year"],
    },
    consultants: {
      title: "Numbers your client cannot argue with",
      text: "As many uploads as the project takes.",
      points: ["Unlimited uploads", "Decks made from the comparison", "Become a team when you grow"],
    },
  },
};
