/**
 * The shape of a value of JSON: what the record of a boot is described with, once. From it come the check of records
 * that others wrote, the digest that the saved state is compared by, and whatever describes records to other programs.
 */
export type Form =
  | { readonly kind: "text" }
  | { readonly kind: "flag" }
  /** A finite number. */
  | { readonly kind: "number" }
  /** An integer from 0 to 2^53 - 1. */
  | { readonly kind: "whole" }
  /** One of these words. */
  | { readonly kind: "word"; readonly words: readonly string[] }
  /** Null where it is not known. */
  | { readonly kind: "optional"; readonly of: Form }
  /** At most this many. */
  | { readonly kind: "list"; readonly of: Form; readonly most: number }
  /** An object with exactly these fields, in this order. Objects of one name have the same fields. */
  | { readonly kind: "object"; readonly name: string; readonly fields: Fields };

export type Fields = Readonly<Record<string, Form>>;

declare const shaped: unique symbol;

/** The shape of values of the type `T`: the compiler compares the two, in both directions. */
export type Shape<T> = Form & { readonly [shaped]?: (value: T) => T };

export const text: Shape<string> = { kind: "text" };
export const flag: Shape<boolean> = { kind: "flag" };
export const number: Shape<number> = { kind: "number" };
export const whole: Shape<number> = { kind: "whole" };

/** One of the members of a union of words, all of which must be named. */
export function word<T extends string>(words: Readonly<Record<T, true>>): Shape<T> {
  return { kind: "word", words: Object.keys(words) };
}

/** The value, or null, which means "not known" throughout the record. */
export function optional<T>(of: Shape<T>): Shape<T | null> {
  return { kind: "optional", of };
}

/** More entries than `most` are no list of this program's: each of them is bounded where it is made. */
export function list<T>(of: Shape<T>, most: number): Shape<readonly T[]> {
  return { kind: "list", of, most };
}

/** `name` is the object's in descriptions: UpperCamelCase, and unique to these fields. */
export function object<T extends object>(
  name: string,
  fields: { readonly [K in keyof T]-?: Shape<T[K]> },
): Shape<T> & { readonly kind: "object" } {
  return { kind: "object", name, fields };
}

/**
 * A number of 32 bits that stands for the shape (FNV-1a, draft-eastlake-fnv): it changes with each field, type, word
 * and bound. It detects a change; it is no protection against forgery.
 */
export function digestOf(form: Form): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(JSON.stringify(form))) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
