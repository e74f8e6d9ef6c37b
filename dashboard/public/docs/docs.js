// Shows the description of the API. Nothing is loaded from anywhere else, and nothing is sent there either: without
// `validatorUrl` Swagger UI would ask its makers' validator.
const { SwaggerUIBundle } = /** @type {{ SwaggerUIBundle: (options: object) => unknown }} */ (/** @type {unknown} */ (window));

// Swagger UI is dark by a class alone.
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

SwaggerUIBundle({
  url: "../functions/v1/openapi.json",
  dom_id: "#api",
  validatorUrl: null,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  deepLinking: true,
});
