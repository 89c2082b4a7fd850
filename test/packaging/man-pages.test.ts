import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commonOptions } from "../../src/cli/verb.ts";
import { verbs } from "../../src/cli/verbs/registry.ts";
import { project, run } from "../support/running/program.ts";
import { whyMissing } from "../support/running/programs.ts";

const sources = readdirSync(join(project, "docs/man"));
const missing = whyMissing("go-md2man", "mandoc");

describe.each(sources)("%s", (source) => {
  const text = readFileSync(join(project, "docs/man", source), "utf8");
  const [, name = "", section = ""] = /^(.+)\.(\d)\.md$/.exec(source) ?? [];

  it("man page: is titled like its file and says in NAME what it is about", () => {
    expect(text.split("\n")[0]).toBe(`% ${name} ${section} "" "crngwatch" "crngwatch"`);
    expect(text).toContain(`\n# NAME\n\n${name} - `);
  });

  it("man page: refers to pages that there are", () => {
    const own = [...text.matchAll(/\b(crngwatch[\w.-]*)\((\d)\)/g)].map(([, page, number]) => `${page}.${number}.md`);
    expect(sources).toEqual(expect.arrayContaining(own));
  });
});

it("manual pages: name every option of every verb", () => {
  const text = sources.map((source) => readFileSync(join(project, "docs/man", source), "utf8")).join("\n");
  const options = verbs.flatMap(({ options: own }) => [...own, ...commonOptions].map(({ name }) => `--${name}`));
  const unnamed = [...new Set(options)].filter((option) => !new RegExp(`${option}\\b(?!-)`).test(text));
  expect(unnamed).toEqual([]);
});

/** A bold letter is printed twice, with a backspace between. */
function withoutBold(text: string): string {
  return text.replaceAll(new RegExp(`.${String.fromCodePoint(8)}`, "g"), "");
}

describe.skipIf(missing !== null)(`man-pages.sh${missing === null ? "" : ` (${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-man-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("man-pages.sh: makes every page, and mandoc has no remark on them, of style either", async () => {
    const made = await run("sh", [join(project, "packaging/man-pages.sh"), folder]);
    expect(made.code).toBe(0);
    const pages = readdirSync(folder);
    expect(pages.map((page) => `${page}.md`).toSorted()).toEqual(sources.toSorted());
    for (const page of pages) {
      const { stdout } = await run("mandoc", ["-T", "lint", join(folder, page)]);
      expect(stdout, page).toBe("");
    }
  });

  it("man-pages.sh: tables fit a terminal of 80 columns, with all cells of a row side by side", async () => {
    const made = await run("sh", [join(project, "packaging/man-pages.sh"), folder]);
    expect(made.code).toBe(0);
    for (const page of readdirSync(folder)) {
      const { stdout } = await run("mandoc", ["-T", "ascii", "-O", "width=78", join(folder, page)]);
      const rows = withoutBold(stdout).split("\n").filter((line) => /^ *[|+].*[|+]$/.test(line));
      // A name that is not to be broken may be a little longer.
      expect(rows.filter((row) => row.length > 88), page).toEqual([]);
    }
    const { stdout } = await run("mandoc", ["-T", "ascii", "-O", "width=78", join(folder, "crngwatch.1")]);
    expect(withoutBold(stdout)).toMatch(/\|status +\| show [^|]*\| 0 ready[^|]*\| crngwatch status *\|/);
  });
});
