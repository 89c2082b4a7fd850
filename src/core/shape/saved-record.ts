import { type BootRecord, emptyRecord, type Readiness } from "../boot-record.ts";
import { isJsonObject, type JsonObject } from "../base/json.ts";
import { recordShape } from "./record-shape.ts";
import type { Form } from "./shape.ts";

/** A boot record that was read from where others may have written, checked whole. */
export interface SavedRecord {
  /** Every value in it has the type that BootRecord says. */
  readonly record: BootRecord;
  /** Where the record held something else, in words for a message; null: nowhere. */
  readonly wrong: string | null;
}

/** How many places a message names. */
const mostNamed = 4;

/**
 * The boot record that a value of JSON is. What has another type than the shape says is left out: it becomes null where
 * null means "not known", it is dropped from a list, and anything else takes the object that holds it along, up to the
 * record's own fields, which are then as in a record of which nothing is known. Of the readiness each field is lost for
 * itself, and then claims the least. Fields that the shape does not have are left out in silence: a newer crngwatch
 * wrote them. Null: the value is no record, or the level of its readiness is lost.
 *
 * `missing`: a field that is missing was not known to an older crngwatch (fields are added under a schema and none is
 * changed), or is wrong like any other.
 */
export function savedRecord(
  value: unknown,
  { missing }: { readonly missing: "unknown" | "wrong" },
): SavedRecord | null {
  if (!isJsonObject(value) || !Object.hasOwn(value, "readiness")) return null;
  const check = new Check(missing === "unknown");
  const empty = emptyRecord();
  const entries = Object.entries(recordShape.fields).map(([name, form]) => {
    const model = empty[name as keyof BootRecord];
    const kept = check.keep(form, own(value, name), name, model, name === "readiness" ? leastClaimed : {});
    return [name, kept === refused ? model : kept, kept] as const;
  });
  if (entries.some(([name, , kept]) => name === "readiness" && kept === refused)) return null;
  const record = Object.fromEntries(entries) as unknown as BootRecord;
  return { record, wrong: check.words() };
}

/** In place of a field of the readiness that is wrong: what claims least. For its level nothing can stand. */
const leastClaimed = {
  settled: false,
  exact: false,
  forgeable: true,
  cause: "unknown",
  basis: emptyRecord().readiness.basis,
} as const satisfies Partial<Readiness>;

/** In place of a value that no value can stand for. */
const refused = Symbol("refused");

class Check {
  readonly #missingIsUnknown: boolean;
  readonly #named: string[] = [];
  #wrong = 0;

  constructor(missingIsUnknown: boolean) {
    this.#missingIsUnknown = missingIsUnknown;
  }

  words(): string | null {
    if (this.#wrong === 0) return null;
    const more = this.#wrong - this.#named.length;
    return `${this.#named.join(", ")}${more === 0 ? "" : ` and ${more} more`}`;
  }

  /**
   * `path` holds names of fields and indices only, so it is safe to print. `model`: what a missing field means.
   * `instead`: what stands for the fields of an object that are wrong; of one without, the whole object is.
   */
  keep(form: Form, value: unknown, path: string, model: unknown, instead: JsonObject = {}): unknown {
    if (value === undefined && this.#missingIsUnknown) {
      if (form.kind === "optional") return null;
      if (form.kind === "list") return [];
      if (model !== undefined) return model;
    }
    switch (form.kind) {
      case "optional":
        return value === null ? null : this.#known(this.keep(form.of, value, path, undefined), null);
      case "list":
        return Array.isArray(value) ? this.#list(form, value, path) : this.#refuse(path, []);
      case "object":
        return isJsonObject(value) ? this.#object(form, value, path, model, instead) : this.#refuse(path, refused);
      case "word":
        return typeof value === "string" && form.words.includes(value) ? value : this.#refuse(path, refused);
      case "text":
      case "flag":
      case "number":
      case "whole":
        return isPlain[form.kind](value) ? value : this.#refuse(path, refused);
    }
  }

  #list({ of, most }: Form & { readonly kind: "list" }, values: readonly unknown[], path: string): unknown {
    if (values.length > most) this.#refuse(`${path}[${most}] and those after it`, refused);
    const kept: unknown[] = [];
    for (const [index, value] of values.slice(0, most).entries()) {
      const item = this.keep(of, value, `${path}[${index}]`, undefined);
      if (item !== refused) kept.push(item);
    }
    return kept;
  }

  #object(
    { fields }: Form & { readonly kind: "object" },
    value: JsonObject,
    path: string,
    model: unknown,
    instead: JsonObject,
  ): unknown {
    const kept = Object.entries(fields).map(([name, form]) => {
      const part = isJsonObject(model) ? own(model, name) : undefined;
      const found = this.keep(form, own(value, name), `${path}.${name}`, part);
      return [name, found === refused ? (own(instead, name) ?? refused) : found] as const;
    });
    return kept.some(([, part]) => part === refused) ? refused : Object.fromEntries(kept);
  }

  #refuse<T>(path: string, instead: T): T {
    this.#wrong++;
    if (this.#named.length < mostNamed) this.#named.push(path);
    return instead;
  }

  #known(value: unknown, otherwise: unknown): unknown {
    return value === refused ? otherwise : value;
  }
}

/** Beyond 2^64 there are no addresses, and no times either. */
const greatest = 2 ** 64;

const isPlain: Readonly<Record<"text" | "flag" | "number" | "whole", (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string",
  flag: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number" && Math.abs(value) <= greatest,
  whole: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
