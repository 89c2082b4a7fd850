import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commonOptions } from "../../src/cli/verb.ts";
import { verbs } from "../../src/cli/verbs/registry.ts";
import { project } from "../support/running/program.ts";

const optionsOf = (name: string): readonly string[] =>
  [...(verbs.find((verb) => verb.name === name)?.options ?? []), ...commonOptions].map((option) => `--${option.name}`);
const every = new Set(verbs.flatMap(({ name }) => optionsOf(name)));
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|md|service|socket|conf|spec|yml)$/.test(name))
    .map((name) => join(folder, name));

describe("options that texts name", () => {
  it("in the messages of verbs: are options of the program", () => {
    // Options of systemctl and of the program itself, and placeholders for any option.
    const others = new Set(["--now", "--version", "--name", "--option"]);
    const named = filesBelow("src/cli").flatMap((file) =>
      [...readFileSync(join(project, file), "utf8").matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([option]) => option),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((option) => !every.has(option) && !others.has(option))).toEqual([]);
  });

  it("in pages, units and advice, after a verb: are options of that verb", () => {
    const names = verbs.map(({ name }) => name).join("|");
    const call = new RegExp(String.raw`\bcrngwatch (${names})((?: (?:--?[\w=-]+|[^\s\`|)"'<]+))*)`, "g");
    const pages = ["README.md", "CONTRIBUTING.md", ...["docs", "systemd", "src", "packaging"].flatMap(filesBelow)];
    const wrong = pages.flatMap((page) =>
      [...readFileSync(join(project, page), "utf8").matchAll(call)].flatMap(([, verb = "", rest = ""]) =>
        [...rest.matchAll(/(?<= )--[a-z][a-z-]+/g)]
          .filter(([option]) => !optionsOf(verb).includes(option))
          .map(([option]) => `${page}: crngwatch ${verb} ${option}`),
      ),
    );
    expect(wrong).toEqual([]);
  });
});
