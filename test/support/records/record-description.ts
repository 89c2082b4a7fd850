import { bootsSchema } from "../../../src/core/boot-record.ts";
import { recordShape } from "../../../src/core/shape/record-shape.ts";
import type { Form } from "../../../src/core/shape/shape.ts";

type ObjectForm = Form & { readonly kind: "object" };

/** Meanings of fields by "Object.field". */
export type Meanings = ReadonlyMap<string, string>;

/** Every kind of object in a boot record, the record itself first, in the order in which its fields name them. */
export function objectsOf(): readonly ObjectForm[] {
  const found = new Map<string, ObjectForm>();
  const visit = (form: Form): void => {
    if (form.kind === "optional" || form.kind === "list") return visit(form.of);
    if (form.kind !== "object" || found.has(form.name)) return;
    found.set(form.name, form);
    for (const field of Object.values(form.fields)) visit(field);
  };
  visit(recordShape);
  return [...found.values()];
}

/** A type in words: "number or null", "list of Wait", "`shown` or `likely`, or null". */
function typeWords(form: Form): string {
  switch (form.kind) {
    case "optional":
      return `${typeWords(form.of)}${form.of.kind === "word" ? "," : ""} or null`;
    case "list":
      return `list of ${typeWords(form.of)}`;
    case "word":
      return form.words.map((one) => `\`${one}\``).join(", ");
    case "object":
      return form.name;
    case "text":
      return "string";
    case "flag":
      return "boolean";
    case "number":
      return "number";
    case "whole":
      return "integer";
  }
}

/** The meanings that a manual page gives: the last column of its tables below the heading of each object. */
export function meaningsIn(page: string): Meanings {
  const meanings = new Map<string, string>();
  let object = "";
  for (const line of page.split("\n")) {
    object = /^## (\w+)$/.exec(line)?.[1] ?? object;
    const [, field, meaning] = /^\| `(\w+)` \| .* \| ([^|]*) \|$/.exec(line) ?? [];
    if (field !== undefined && meaning !== undefined) meanings.set(`${object}.${field}`, meaning.trim());
  }
  return meanings;
}

/** The tables of the page: a field's name and type from the shape, its meaning from `meanings`. */
export function recordTables(meanings: Meanings): string {
  return objectsOf()
    .map(({ name, fields }) => {
      const rows = Object.entries(fields).map(
        ([field, form]) => `| \`${field}\` | ${typeWords(form)} | ${meanings.get(`${name}.${field}`) ?? ""} |\n`,
      );
      return `## ${name}\n\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join("")}`;
    })
    .join("\n");
}

/** The JSON Schema (draft 2020-12) of a document of boot records. Fields may be added, so unknown ones are allowed. */
export function recordSchema(meanings: Meanings): object {
  const defs = objectsOf().map(({ name, fields }) => [
    name,
    {
      type: "object",
      required: Object.keys(fields),
      properties: Object.fromEntries(
        Object.entries(fields).map(([field, form]) => [
          field,
          { description: meanings.get(`${name}.${field}`) ?? "", ...schemaOf(form) },
        ]),
      ),
    },
  ]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:crngwatch:boots:1",
    title: "Boot records of crngwatch",
    type: "object",
    required: ["schema", "boots"],
    properties: {
      schema: { const: bootsSchema },
      boots: { type: "array", items: { $ref: `#/$defs/${recordShape.name}` } },
    },
    $defs: Object.fromEntries(defs),
  };
}

function schemaOf(form: Form): object {
  switch (form.kind) {
    case "optional":
      return { anyOf: [schemaOf(form.of), { type: "null" }] };
    case "list":
      return { type: "array", items: schemaOf(form.of) };
    case "word":
      return { enum: form.words };
    case "object":
      return { $ref: `#/$defs/${form.name}` };
    case "text":
      return { type: "string" };
    case "flag":
      return { type: "boolean" };
    case "number":
      return { type: "number" };
    case "whole":
      return { type: "integer", minimum: 0 };
  }
}
