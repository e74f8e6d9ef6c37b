// What a page's template says by itself, in place of a text that has a translation.
import { NodeTypes, type AttributeNode, type DirectiveNode, type ElementNode, type TemplateChildNode } from "@vue/compiler-dom";
import { parse } from "vue/compiler-sfc";

/** Attributes that are read out or shown. */
const SHOWN = new Set(["alt", "aria-label", "aria-description", "aria-roledescription", "label", "placeholder", "title", "value"]);

export function writtenIn(page: string): string[] {
  const { descriptor, errors } = parse(page);
  if (errors.length > 0) throw errors[0];
  return (descriptor.template?.ast?.children ?? []).flatMap(ofNode);
}

function ofNode(node: TemplateChildNode): string[] {
  if (node.type === NodeTypes.TEXT) return words(node.content);
  if (node.type === NodeTypes.INTERPOLATION) return literals(sourceOf(node.content));
  return node.type === NodeTypes.ELEMENT ? ofElement(node) : [];
}

function ofElement({ props, children, tag }: ElementNode): string[] {
  return [...props.flatMap((prop) => ofAttribute(prop, tag)), ...children.flatMap(ofNode)];
}

function ofAttribute(prop: AttributeNode | DirectiveNode, tag: string): string[] {
  if (prop.type === NodeTypes.ATTRIBUTE) return SHOWN.has(prop.name) && !isNoText(prop.name, tag) ? words(prop.value?.content ?? "") : [];
  const name = prop.arg?.type === NodeTypes.SIMPLE_EXPRESSION ? prop.arg.content : "";
  return prop.name === "bind" && SHOWN.has(name) && prop.exp !== undefined ? literals(sourceOf(prop.exp)) : [];
}

/** What an option or a button is sent as is nobody's to read. */
const isNoText = (name: string, tag: string): boolean => name === "value" && tag !== "input";

const sourceOf = (expression: { loc: { source: string } }): string => expression.loc.source;

const words = (text: string): string[] => (/\p{L}/u.test(text) ? [text.trim()] : []);

/** Sentences and words with a capital in an expression's own strings; what is compared or looked up is neither. */
function literals(source: string): string[] {
  return [...source.matchAll(/(["'])((?:(?!\1).)*)\1|`([^`]*)`/g)]
    .map(([, , quoted, template]) => quoted ?? (template ?? "").replaceAll(/\$\{[^}]*\}/g, ""))
    .filter((text) => /\p{Lu}|\p{L}\s+\p{L}/u.test(text));
}
