// What a visitor has chosen of how pages look: language and colors. It is in cookies, which say nothing of who they are.

export type Language = "en" | "de";
export type Theme = "system" | "light" | "dark";

const A_YEAR = 31_536_000;

export function language(): Language {
  const chosen = cookie("language");
  if (chosen === "en" || chosen === "de") return chosen;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag): tag is Language => tag === "en" || tag === "de") ?? "en";
}

export function theme(): Theme {
  const chosen = cookie("theme");
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** The texts of every component are another's, so the page begins again. */
export function chooseLanguage(chosen: Language): void {
  keep("language", chosen);
  location.reload();
}

export function chooseTheme(chosen: Theme): void {
  keep("theme", chosen);
  applySettings();
}

/** Before anything is painted. */
export function applySettings(): void {
  const root = document.documentElement;
  root.lang = language();
  if (theme() === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme();
}

function cookie(name: string): string | undefined {
  return document.cookie.split("; ").map((each) => each.split("=")).find(([key]) => key === name)?.[1];
}

function keep(name: string, value: string): void {
  document.cookie = `${name}=${value}; path=/; max-age=${A_YEAR}; samesite=lax`;
}
