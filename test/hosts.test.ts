import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BootRecord } from "../src/core/boot-record.ts";
import { hosts, hostOfStory } from "./support/hosts.ts";
import { crngwatch } from "./support/program.ts";

/** A folder each: `host` looks like a machine, and beside it stands what crngwatch says of it. */
const stories = readdirSync(hosts).toSorted();
const update = process.env["UPDATE_FIXTURES"] === "1";

/** Exit code of `status`, by what a story is about; all others are ready. */
const notReady = [
  "board-without-cycle-counter",
  "fedora-fips-extrng",
  "fips-generator-lazy-seed",
  "fips-generator-likely",
  "fips-generator-queue",
  "fips-without-hook",
  "forged-ready-line",
  "look-alikes",
  "may-2018-fips",
];
const unknown = ["empty", "rhel-7.3-silent"];
const codeOf = (story: string): number => (notReady.includes(story) ? 3 : unknown.includes(story) ? 4 : 0);

describe.concurrent.each(stories)("the host '%s'", (story) => {
  const host = hostOfStory(story);
  /** Where the folder lies is not part of its story. */
  const told = (text: string): string => text.replaceAll(host, "HOST");

  it("tells the record that is expected of it", async () => {
    const { code, stdout, stderr } = await crngwatch(["status", "--json", "--root", host]);
    expect(stderr).toBe("");
    await expectFile(join(hosts, story, "expected.json"), told(stdout));
    expect(code).toBe(codeOf(story));
    expect(contradictionsInTerms(stdout)).toEqual([]);
  });

  it("tells the report that is expected of it, and nothing else in brief", async () => {
    const { code, stdout, stderr } = await crngwatch(["report", "--verbose", "--root", host]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    await expectFile(join(hosts, story, "expected.txt"), told(stdout));
    const brief = await crngwatch(["report", "--root", host]);
    expect({ ...brief, stdout: "" }).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(brief.stdout.split("\n")[0]).toBe(stdout.split("\n")[0]);
    expect(
      linesOnlyIn(brief.stdout, stdout).filter((line) => !/^and \d+ more$|--verbose lists them/.test(line)),
    ).toEqual([]);
  });
});

/** However wide their columns are. */
function linesOnlyIn(text: string, other: string): readonly string[] {
  const [lines, others] = [text, other].map((all) => all.split("\n").map((line) => line.trim().replace(/ +/g, " ")));
  return (lines ?? []).filter((line) => others?.includes(line) === false);
}

async function expectFile(path: string, text: string): Promise<void> {
  if (update) writeFileSync(path, text);
  expect(text).toBe(existsSync(path) ? readFileSync(path, "utf8") : "(no such file: run with UPDATE_FIXTURES=1)");
}

/** What no record may say, whatever the host: an update of the fixtures must not hide it. */
function contradictionsInTerms(json: string): readonly string[] {
  const { schema, boots } = JSON.parse(json) as { readonly schema: string; readonly boots: readonly BootRecord[] };
  const [record] = boots;
  if (schema !== "crngwatch.boots/1" || boots.length !== 1 || record === undefined) return ["not one boot"];
  const { readiness, self, fips, observed } = record;
  const wrong: readonly (readonly [string, boolean])[] = [
    ["a moment that is not ready", readiness.readyAt !== null && readiness.level !== "ready"],
    [
      "an interval that ends before it starts",
      readiness.notBefore !== null && readiness.notAfter !== null && readiness.notBefore > readiness.notAfter,
    ],
    ["exact without a moment", readiness.exact !== (readiness.readyAt !== null)],
    ["a process of ours in a folder", self !== null],
    [
      "a FIPS state that nothing tells",
      fips !== null && observed.fips?.kernel === null && observed.loggedFips === null,
    ],
  ];
  return wrong.filter(([, holds]) => holds).map(([what]) => what);
}
