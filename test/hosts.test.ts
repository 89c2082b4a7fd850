import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostAt } from "../src/cli/host.ts";
import type { BootRecord, Diagnosed } from "../src/core/boot-record.ts";
import { sources } from "../src/observe/registry.ts";
import { snapshot } from "../src/observe/snapshot.ts";
import { confineTo } from "../src/platform/confined.ts";
import { rootsBelow } from "../src/platform/roots.ts";
import { bootsJson } from "../src/render/boots-json.ts";
import { bootsText } from "../src/render/text/boots-text.ts";
import { plain } from "../src/render/text/layout.ts";
import { hosts, hostOfStory } from "./support/host/hosts.ts";

/** A folder each: `host` looks like a machine, and beside it stands what crngwatch says of it. */
const stories = readdirSync(hosts).toSorted();
const update = process.env["UPDATE_FIXTURES"] === "1";

/** The record of the host of a story as a report has it, or as `status` does. */
async function recordOf(story: string, { requested }: { readonly requested: boolean }): Promise<Diagnosed> {
  const roots = rootsBelow(hostOfStory(story));
  confineTo(roots.top);
  return await snapshot(hostAt(roots), { requested, sources });
}

describe.each(stories)("the host '%s'", (story) => {
  /** Where the folder lies is not part of its story. */
  const withoutPath = (text: string): string => text.replaceAll(hostOfStory(story), "HOST");

  it("snapshot: gives the record that is expected of it", async () => {
    const json = bootsJson([await recordOf(story, { requested: false })]);
    expectFile(join(hosts, story, "expected.json"), withoutPath(json));
    expect(contradictionsInTerms(json)).toEqual([]);
  });

  it("bootsText: gives the report that is expected of it, and nothing else in brief", async () => {
    const record = await recordOf(story, { requested: true });
    const [full, brief] = [bootsText([record], "full", plain), bootsText([record], "brief", plain)];
    expectFile(join(hosts, story, "expected.txt"), withoutPath(full));
    expect(brief.split("\n")[0]).toBe(full.split("\n")[0]);
    expect(linesOnlyIn(brief, full).filter((line) => !/^and \d+ more$|--verbose lists them/.test(line))).toEqual([]);
  });
});

/** However wide their columns are. */
function linesOnlyIn(text: string, other: string): readonly string[] {
  const [lines, others] = [text, other].map((all) => all.split("\n").map((line) => line.trim().replace(/ +/g, " ")));
  return (lines ?? []).filter((line) => others?.includes(line) === false);
}

function expectFile(path: string, text: string): void {
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
    ["a time finer than the kernel's stamps", /\d\.\d{7}/.test(json)],
    ["exact without a moment", readiness.exact !== (readiness.readyAt !== null)],
    ["a process of ours in a folder", self !== null],
    [
      "a FIPS state that nothing tells",
      fips !== null && observed.fips?.kernel === null && observed.loggedFips === null,
    ],
  ];
  return wrong.filter(([, holds]) => holds).map(([what]) => what);
}
