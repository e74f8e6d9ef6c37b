// What Stripe's API accepts, read from the declarations of the official package, which Stripe generates from its published
// OpenAPI document. Read anew with every run, they are always those of the installed version.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** What a form field may hold. */
export type Shape =
  | { kind: "text" | "whole" | "decimal" | "flag" | "empty" }
  | { kind: "word"; word: string }
  | { kind: "list"; of: Shape }
  | { kind: "map"; of: Shape }
  | { kind: "group"; fields: ReadonlyMap<string, Field> }
  | { kind: "either"; of: Shape[] };

export interface Field {
  required: boolean;
  shape: Shape;
}

const RESOURCES = join(dirname(fileURLToPath(import.meta.resolve("stripe"))), "resources");

/** Numbers with a fraction, which the declarations do not tell from whole ones. */
const FRACTIONS = /percent|percentage/;

/**
 * The form of an operation: `published("Checkout/Sessions", "Checkout.SessionCreateParams")`. Fails for one that the package does
 * not have.
 */
export function published(file: string, name: string): ReadonlyMap<string, Field> {
  const key = `${file} ${name}`;
  let found = forms.get(key);
  if (!found) {
    const shape = shapeNamed(name, [scopeOf(file)]);
    if (shape.kind !== "group") throw new Error(`${name} of Stripe's ${file} is no form.`);
    forms.set(key, (found = shape.fields));
  }
  return found;
}
const forms = new Map<string, ReadonlyMap<string, Field>>();

/** What a file or a namespace declares. */
interface Scope {
  interfaces: Map<string, ts.InterfaceDeclaration>;
  aliases: Map<string, ts.TypeAliasDeclaration>;
  namespaces: Map<string, Scope>;
}

function scopeOf(file: string): Scope {
  let found = scopes.get(file);
  if (!found) {
    const path = join(RESOURCES, `${file}.d.ts`);
    found = scope(ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true).statements);
    scopes.set(file, found);
  }
  return found;
}
const scopes = new Map<string, Scope>();

function scope(statements: readonly ts.Statement[], made: Scope = { interfaces: new Map(), aliases: new Map(), namespaces: new Map() }): Scope {
  for (const statement of statements) {
    if (ts.isInterfaceDeclaration(statement)) made.interfaces.set(statement.name.text, statement);
    if (ts.isTypeAliasDeclaration(statement)) made.aliases.set(statement.name.text, statement);
    if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
      // A namespace can be declared in several pieces.
      made.namespaces.set(statement.name.text, scope(statement.body.statements, made.namespaces.get(statement.name.text)));
    }
  }
  return made;
}

/** A type by its name, `Phase.Item`, looked for from the innermost of `within` outwards and last among what all share. */
function shapeNamed(name: string, within: readonly Scope[], parameters: readonly Shape[] = []): Shape {
  const [head = "", ...rest] = name.split(".");
  for (let depth = within.length; depth > 0; depth--) {
    const inner = within.slice(0, depth);
    const here = inner.at(-1) as Scope;
    const next = here.namespaces.get(head);
    if (rest.length > 0) {
      if (next) return shapeNamed(rest.join("."), [...inner, next]);
      continue;
    }
    const declared = here.interfaces.get(head);
    if (declared) return group(declared, next ? [...inner, next] : inner, inner);
    const alias = here.aliases.get(head);
    if (alias) return shapeOf(alias.type, inner, head);
  }
  if (head === "Emptyable") return either([{ kind: "empty" }, ...parameters]);
  if (head === "Array") return { kind: "list", of: parameters[0] ?? { kind: "text" } };
  if (head === "Decimal") return { kind: "decimal" };
  const shared = scopeOf("../shared");
  if (!within.includes(shared)) return shapeNamed(name, [shared], parameters);
  throw new Error(`Stripe's declarations have a type ${name} that is not understood here.`);
}

function group(declared: ts.InterfaceDeclaration, inner: readonly Scope[], outer: readonly Scope[]): Shape {
  const fields = new Map<string, Field>();
  for (const parent of declared.heritageClauses?.flatMap((clause) => [...clause.types]) ?? []) {
    const inherited = shapeNamed(parent.expression.getText(), outer);
    if (inherited.kind === "group") for (const [name, field] of inherited.fields) fields.set(name, field);
  }
  for (const member of declared.members) {
    if (ts.isIndexSignatureDeclaration(member)) return { kind: "map", of: shapeOf(member.type, inner, "") };
    if (!ts.isPropertySignature(member) || !member.type) continue;
    const name = member.name.getText().replaceAll(/['"]/g, "");
    const { type } = member;
    fields.set(name, { required: !member.questionToken, shape: lazily(() => shapeOf(type, inner, name)) });
  }
  return { kind: "group", fields };
}

/** Types can contain themselves, and most of a form is never asked for. */
function lazily(shape: () => Shape): Shape {
  let made: Shape | undefined;
  return new Proxy({} as Shape, { get: (_, name) => Reflect.get((made ??= shape()), name) });
}

function shapeOf(type: ts.TypeNode, within: readonly Scope[], name: string): Shape {
  if (ts.isParenthesizedTypeNode(type)) return shapeOf(type.type, within, name);
  if (ts.isUnionTypeNode(type)) return either(type.types.filter(isKnown).map((one) => shapeOf(one, within, name)));
  if (ts.isArrayTypeNode(type)) return { kind: "list", of: shapeOf(type.elementType, within, name) };
  if (ts.isTypeLiteralNode(type)) {
    const index = type.members.find(ts.isIndexSignatureDeclaration);
    if (index) return { kind: "map", of: shapeOf(index.type, within, "") };
  }
  if (ts.isLiteralTypeNode(type)) {
    if (type.literal.kind === ts.SyntaxKind.NullKeyword) return { kind: "empty" };
    if (ts.isStringLiteral(type.literal)) return type.literal.text === "" ? { kind: "empty" } : { kind: "word", word: type.literal.text };
    if (type.literal.kind === ts.SyntaxKind.TrueKeyword || type.literal.kind === ts.SyntaxKind.FalseKeyword) return { kind: "flag" };
  }
  if (ts.isTypeReferenceNode(type)) {
    return shapeNamed(type.typeName.getText(), within, type.typeArguments?.map((one) => shapeOf(one, within, name)));
  }
  switch (type.kind) {
    case ts.SyntaxKind.StringKeyword: return { kind: "text" };
    case ts.SyntaxKind.NumberKeyword: return { kind: FRACTIONS.test(name) ? "decimal" : "whole" };
    case ts.SyntaxKind.BooleanKeyword: return { kind: "flag" };
  }
  throw new Error(`Stripe's declarations have ${type.getText()} for ${name}, which is not understood here.`);
}

/** `OtherString` stands for words of the future, which the pinned version does not have. */
function isKnown(type: ts.TypeNode): boolean {
  return type.getText() !== "OtherString";
}

function either(of: Shape[]): Shape {
  return of.length === 1 && of[0] ? of[0] : { kind: "either", of };
}
