import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { judge } from "../../../src/diagnose/verdict/judge.ts";
import { ruleCases } from "./rule-cases.ts";

const file = join(import.meta.dirname, "../../fixtures/verdicts.txt");

/** A verdict as a person reads it; lines are those of the case's log. */
function verdictText(record: BootRecord): string {
  const { sentence, because, waiters, lookAt, remedies } = judge(record);
  const inLine = (line: number | null): string => (line === null ? "" : ` [line ${line}]`);
  return [
    sentence,
    ...because.map(({ text, line }) => `  because ${text}${inLine(line)}`),
    ...waiters.map(
      ({ name, line, seconds }) => `  waiter ${name}${seconds === null ? "" : `, ${seconds} s`}${inLine(line)}`,
    ),
    ...lookAt.map(({ kind, text, line }) => `  look at ${kind}: ${text}${inLine(line)}`),
    ...remedies.map(({ id }) => `  remedy ${id}`),
  ].join("\n");
}

it("judge: says of each rule's record, and of the one that differs in a detail, what is expected", () => {
  const text = Object.entries(ruleCases)
    .map(([id, { fires, near }]) => `${id}\n${verdictText(fires)}\nnear ${id}\n${verdictText(near)}\n`)
    .join("\n");
  // Stamps have microseconds; further decimals are noise of a subtraction.
  expect(text).not.toMatch(/\d\.\d{7}/);
  if (process.env["UPDATE_FIXTURES"] === "1") writeFileSync(file, text);
  expect(text).toBe(existsSync(file) ? readFileSync(file, "utf8") : "(no such file: run with UPDATE_FIXTURES=1)");
});
