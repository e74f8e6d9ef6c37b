// A request's fields, `items[0][price]=…`, as a tree, and the check of that tree against what Stripe publishes.
import { invalid } from "./failure.ts";
import type { Field, Shape } from "./published.ts";

export type Form = string | { [name: string]: Form };

/** The tree of bracketed fields; a list is a group of indices, `items[]` counts by itself. */
export function formOf(fields: Iterable<[string, string]>): { [name: string]: Form } {
  const form: { [name: string]: Form } = {};
  for (const [name, value] of fields) {
    const path = [name.replace(/\[.*$/s, ""), ...[...name.matchAll(/\[([^\]]*)\]/g)].map(([, part = ""]) => part)];
    let place = form;
    path.forEach((part, depth) => {
      const key = part === "" ? String(Object.keys(place).length) : part;
      if (depth === path.length - 1) {
        place[key] = value;
        return;
      }
      const next = place[key];
      place = typeof next === "object" ? next : (place[key] = {});
    });
  }
  return form;
}

/** Throws the refusal of Stripe for the first field that it does not know, cannot read, or misses. */
export function check(form: { [name: string]: Form }, fields: ReadonlyMap<string, Field>, at = ""): void {
  for (const [name, value] of Object.entries(form)) {
    const param = at === "" ? name : `${at}[${name}]`;
    const field = fields.get(name);
    if (!field) throw invalid(`Received unknown parameter: ${param}`, param, "parameter_unknown");
    checkValue(value, field.shape, param);
  }
  for (const [name, { required }] of fields) {
    const param = at === "" ? name : `${at}[${name}]`;
    if (required && form[name] === undefined) throw invalid(`Missing required param: ${param}.`, param, "parameter_missing");
  }
}

function checkValue(value: Form, shape: Shape, param: string): void {
  const choices = shape.kind === "either" ? flat(shape.of) : [shape];
  if (typeof value === "string") return checkText(value, choices, param);
  const structure = choices.find(({ kind }) => kind === "group" || kind === "list" || kind === "map");
  if (!structure) throw invalid(`Invalid ${choices.some(({ kind }) => kind === "whole") ? "integer" : "string"}: ${JSON.stringify(value)}`, param);
  switch (structure.kind) {
    case "group":
      return check(value, structure.fields, param);
    case "map":
      for (const [name, one] of Object.entries(value)) checkMapped(one, structure.of, `${param}[${name}]`);
      return;
    case "list":
      if (!Object.keys(value).every((name) => /^\d+$/.test(name))) throw invalid("Invalid array", param);
      for (const [index, one] of Object.entries(value)) checkValue(one, structure.of, `${param}[${index}]`);
  }
}

/** A value of a map may be empty: that takes its key away. */
function checkMapped(value: Form, shape: Shape, param: string): void {
  if (value !== "") checkValue(value, shape, param);
}

function checkText(value: string, choices: Shape[], param: string): void {
  const kinds = new Set(choices.map(({ kind }) => kind));
  if (value === "") {
    if (kinds.has("empty")) return;
    const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
    throw invalid(message, param, "parameter_invalid_empty");
  }
  if (kinds.has("text")) return;
  const words = choices.flatMap((choice) => (choice.kind === "word" ? [choice.word] : []));
  if (words.includes(value)) return;
  if (kinds.has("flag") && /^(true|false)$/.test(value)) return;
  if (kinds.has("whole") && /^-?\d+$/.test(value)) return;
  if (kinds.has("decimal") && /^-?\d+(\.\d+)?$/.test(value)) return;
  if (kinds.has("whole")) throw invalid(`Invalid integer: ${value}`, param, "parameter_invalid_integer");
  if (kinds.has("flag")) throw invalid(`Invalid boolean: ${value}`, param);
  if (words.length > 0) throw invalid(`Invalid ${param}: must be one of ${words.join(", ")}`, param);
  if (kinds.has("decimal")) throw invalid(`Invalid decimal: ${value}`, param);
  throw invalid(`Invalid ${kinds.has("list") ? "array" : "object"}`, param);
}

function flat(shapes: Shape[]): Shape[] {
  return shapes.flatMap((shape) => (shape.kind === "either" ? flat(shape.of) : [shape]));
}

/** Reading a form that has been checked: what is absent is undefined. */
export function at(form: Form | undefined, ...path: string[]): Form | undefined {
  return path.reduce<Form | undefined>((place, name) => (typeof place === "object" ? place[name] : undefined), form);
}

export function textAt(form: Form | undefined, ...path: string[]): string | undefined {
  const found = at(form, ...path);
  return typeof found === "string" ? found : undefined;
}

export function wholeAt(form: Form | undefined, ...path: string[]): number | undefined {
  const found = textAt(form, ...path);
  return found !== undefined && /^-?\d+$/.test(found) ? Number(found) : undefined;
}

export function flagAt(form: Form | undefined, ...path: string[]): boolean | undefined {
  const found = textAt(form, ...path);
  return found === undefined ? undefined : found === "true";
}

export function listAt(form: Form | undefined, ...path: string[]): Form[] {
  const found = at(form, ...path);
  return typeof found === "object" ? Object.entries(found).sort(([one], [two]) => Number(one) - Number(two)).map(([, value]) => value) : [];
}

/** What metadata are after a request: keys are added and replaced, an empty value takes one away, an empty whole takes all. */
export function metadataAfter(before: Record<string, string>, wanted: Form | undefined): Record<string, string> {
  if (wanted === undefined) return before;
  if (typeof wanted === "string") return {};
  const after = { ...before };
  for (const [name, value] of Object.entries(wanted)) {
    if (value === "") delete after[name];
    else if (typeof value === "string") after[name] = value;
  }
  return after;
}
