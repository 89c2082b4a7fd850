import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backEnds } from "../src/boot-loaders/registry.ts";
import { verbs } from "../src/cli/verbs/registry.ts";
import { recorderOn } from "../src/parse/command-line/recorder-line.ts";
import { journalEvents } from "../src/render/journal/journal-events.ts";
import { metricFamilies } from "../src/render/metrics/metric-families.ts";
import { sampleName } from "../src/render/metrics/open-metrics.ts";
import { sources } from "../src/observe/registry.ts";

const path = join(import.meta.dirname, "../README.md");

/** README's tables, made from the registries that the program itself uses. */
const tables: Readonly<Record<string, string>> = {
  verbs: table(
    ["verb", "does", "exit code", "example"],
    verbs.map(({ name, summary, exits, example }) => [`\`${name}\``, summary, exits, `\`${example}\``]),
  ),
  "journal-events": table(
    ["event", "MESSAGE_ID", "says that"],
    Object.entries(journalEvents).map(([name, { id, means }]) => [name, `\`${id}\``, means]),
  ),
  "back-ends": table(
    ["host", "what arm changes", "back end"],
    backEnds.map(({ name, hosts, changes }) => [hosts, changes, `\`${name}\``]),
  ),
  sources: table(
    ["source", "reads", "needs", "lost without it"],
    sources.map(({ name, reads, needs, without }) => [
      `\`${name}\``,
      coded(reads.replace("files: ", "")),
      coded(needs),
      coded(without),
    ]),
  ),
  metrics: table(
    ["metric", "tells"],
    metricFamilies.map((family) => [`\`${sampleName(family)}\``, coded(family.help)]),
  ),
};

it.each(Object.entries(tables))("README's table of %s is the registry's", (name, expected) => {
  const readme = readFileSync(path, "utf8");
  const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  expect(readme).toMatch(place);
  const updated = readme.replace(place, (_, start: string, end: string) => `${start}${expected}${end}`);
  if (process.env["UPDATE_README"] === "1") writeFileSync(path, updated);
  else expect(readme).toBe(updated);
});

it("what README has people type at a boot loader is taken for the recorder", () => {
  const typed = readFileSync(path, "utf8").match(/kprobe_event="?[pr]:[^\s`]+/g) ?? [];
  expect(typed.length).toBeGreaterThanOrEqual(2);
  expect(typed.map(recorderOn)).toEqual(typed.map(() => "kprobes"));
});

it.each(["README.md", "CONTRIBUTING.md", "docs/design.md", "docs/kernel.md"])(
  "every path that %s names is there",
  (name) => {
    const project = join(import.meta.dirname, "..");
    const text = readFileSync(join(project, name), "utf8");
    const named = [...text.matchAll(/`((?:src|test|docs|packaging|systemd|native|bin)\/[\w./-]*)`/g)].map(
      ([, one]) => one ?? "",
    );
    expect(named.filter((one) => !existsSync(join(project, one)))).toEqual([]);
  },
);

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Paths, parameters and calls in code type. */
function coded(text: string): string {
  return text.replace(
    /\/(?:proc|sys|dev|etc|run|var)\/[\w./{},-]*[\w}]|\/\.\w+|CAP_\w+|kernel\.\w+=\d|\w+\([^)]*\)(?=\s)|entropy_avail|poolsize/g,
    (word) => `\`${word}\``,
  );
}
