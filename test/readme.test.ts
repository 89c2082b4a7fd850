import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { diagnose } from "../src/diagnose/findings.ts";
import { LogReader } from "../src/parse/log/log-reader.ts";
import { bootsSvg } from "../src/render/page/boots-page.ts";
import { bootsText } from "../src/render/text/boots-text.ts";
import { checkLine } from "../src/render/text/check-line.ts";
import { plain } from "../src/render/text/layout.ts";
import { homeCase, innocentConsole } from "./support/records/home-case.ts";
import { backEnds } from "../src/boot-loaders/registry.ts";
import { verbs } from "../src/cli/verbs/registry.ts";
import { ruleNames } from "../src/diagnose/verdict/judge.ts";
import { recorderOn } from "../src/parse/command-line/recorder-line.ts";
import { journalEvents } from "../src/render/journal/journal-events.ts";
import { metricFamilies } from "../src/render/metrics/metric-families.ts";
import { sampleName } from "../src/render/metrics/open-metrics.ts";
import { sources } from "../src/observe/registry.ts";

const project = join(import.meta.dirname, "..");
const pages = ["README.md", ...readdirSync(join(project, "docs/man")).map((name) => `docs/man/${name}`)];

/** What `analyze` prints of this log. */
function analyzed(lines: readonly string[]): string {
  const reader = new LogReader("console.log");
  reader.push(Buffer.from(`${lines.join("\n")}\n`));
  const boots = reader.end().map((record) => diagnose(record));
  return bootsText(boots, "brief", plain);
}

/** A command with the first lines of its output. */
function sample(command: string, text: string, lines: number): string {
  return `\`\`\`\n$ ${command}\n${text.split("\n").slice(0, lines).join("\n")}\n\`\`\`\n`;
}

/** `check`'s default limits. */
const above = (limit: number) => ({ text: String(limit), alerts: (low: number) => low > limit });

/** The tables of README and of the manual pages, made from the registries that the program itself uses. */
const tables: Readonly<Record<string, string>> = {
  verbs: table(
    ["verb", "does", "exit code", "example"],
    verbs.map(({ name, summary, exits, example }) => [`\`${name}\``, summary, exits, `\`${example}\``]),
  ),
  "journal-events": table(
    ["event", "MESSAGE_ID", "meaning"],
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
  "verdict-rules": table(
    ["rule", "verdict", "evidence"],
    ruleNames.map(({ id, crng, strength, means }) => [
      `\`${id}\``,
      strength === null ? crng : `${crng}, ${strength}`,
      coded(means),
    ]),
  ),
  "sample-report": sample("crngwatch report", bootsText([homeCase()], "brief", plain), 7),
  "sample-analyze": sample("crngwatch analyze console.log", analyzed(innocentConsole), 9),
  "sample-check": sample(
    "crngwatch check",
    checkLine(homeCase(), { warning: above(10), critical: above(60), waited: above(5) }).text,
    1,
  ),
  metrics: table(
    ["metric", "meaning"],
    metricFamilies.map((family) => [`\`${sampleName(family)}\``, coded(family.help)]),
  ),
};

it.each(Object.entries(tables))("the table of %s is the registry's, in each page that has it", (name, expected) => {
  const place = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  const holders = pages.filter((page) => place.test(readFileSync(join(project, page), "utf8")));
  expect(holders).not.toEqual([]);
  for (const page of holders) {
    const present = readFileSync(join(project, page), "utf8");
    const updated = present.replace(place, (_, start: string, end: string) => `${start}${expected}${end}`);
    if (process.env["UPDATE_README"] === "1") writeFileSync(join(project, page), updated);
    else expect(present, page).toBe(updated);
  }
});

it("README's picture is what the program draws of that boot", () => {
  const [path, drawn] = [join(project, "docs/boot.svg"), bootsSvg([homeCase()])];
  if (process.env["UPDATE_README"] === "1") writeFileSync(path, drawn);
  else expect(readFileSync(path, "utf8")).toBe(drawn);
});

it("a command line that a manual page gives for a boot loader is recognised as the recorder", () => {
  const stuck = readFileSync(join(project, "docs/man/crngwatch-stuck.7.md"), "utf8");
  const typed = stuck.match(/kprobe_event="?[pr]:[^\s`]+/g) ?? [];
  expect(typed.length).toBeGreaterThanOrEqual(2);
  expect(typed.map(recorderOn)).toEqual(typed.map(() => "kprobes"));
});

it("README is a door: 150 lines at most, and it names every manual page and no other", () => {
  const readme = readFileSync(join(project, "README.md"), "utf8");
  expect(readme.split("\n").length).toBeLessThanOrEqual(150);
  const linked = [...readme.matchAll(/\]\((docs\/man\/[^)]+)\)/g)].map(([, page]) => page);
  expect(new Set(linked)).toEqual(new Set(pages.slice(1)));
});

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** Paths, parameters and calls in code type. */
function coded(text: string): string {
  return text.replace(
    /\/(?:proc|sys|dev|etc|run|var)\/[\w./{},*-]*[\w}]|\/\.\w+|CAP_\w+|kernel\.\w+=\d|\w+\([^)]*\)(?=\s)|entropy_avail|poolsize/g,
    (word) => `\`${word}\``,
  );
}
