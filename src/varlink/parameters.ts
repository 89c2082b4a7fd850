import { invalidParameter } from "./errors.ts";
import type { VarlinkObject } from "./message.ts";

/** Whether a value has the type that the interface description gives to a parameter. */
export type ParameterCheck = (value: unknown) => boolean;

/** The parameters that a method takes, by name. */
export type ParameterChecks = Readonly<Record<string, ParameterCheck>>;

export const isBool: ParameterCheck = (value) => typeof value === "boolean";

/** Within ±2^53: a double would change a larger one silently. */
export const isInt: ParameterCheck = (value) => Number.isSafeInteger(value);

export const isString: ParameterCheck = (value) => typeof value === "string";

/**
 * `?` in the description: the parameter may be null or absent, which is the same (UAPI.20, "Nullable Fields and Absent
 * Fields").
 */
export function nullable(check: ParameterCheck): ParameterCheck {
  return (value) => isAbsent(value) || check(value);
}

/**
 * The given parameters without nulls. Throws InvalidParameter with the name of the first one that is unknown, missing,
 * or of the wrong type.
 */
export function checkParameters(given: VarlinkObject, checks: ParameterChecks): VarlinkObject {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(checks, name));
  if (unknown !== undefined) throw invalidParameter(unknown);
  const wrong = Object.entries(checks).find(([name, check]) => !check(given[name]));
  if (wrong !== undefined) throw invalidParameter(wrong[0]);
  return Object.fromEntries(Object.entries(given).filter(([, value]) => !isAbsent(value)));
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
