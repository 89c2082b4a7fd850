import { escapeText } from "../escape.ts";

/** Markup that is safe to put into a page: made by `tag` and `asText` only, so that no text can become an element. */
export type Markup = string & { readonly [markup]: true };
declare const markup: unique symbol;

export type Attributes = Readonly<Record<string, string | number | null>>;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text from anywhere as text: markup is escaped, and so is what a terminal or XML 1.0 would not take. */
export function asText(value: string): Markup {
  return escaped(escapeText(value));
}

/** The same of text that `escapeText` or `escapeLines` has been through. */
export function escaped(value: string): Markup {
  return value
    .replace(/[\ufffe\uffff]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => entities[character] ?? "") as Markup;
}

/** An element that is valid in HTML and in XML. An attribute that is null is left out. */
export function tag(name: string, attributes: Attributes, ...children: readonly Markup[]): Markup {
  const given = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${asText(String(value))}"`)
    .join("");
  return `<${name}${given}>${children.join("")}</${name}>` as Markup;
}

/** Several pieces one after another. */
export function joined(...parts: readonly Markup[]): Markup {
  return parts.join("") as Markup;
}

/** Text of the program's own that is markup already: a doctype, a style sheet, JSON whose `<` are escaped. */
export function trusted(source: string): Markup {
  return source as Markup;
}
