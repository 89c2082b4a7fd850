import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";

const project = join(import.meta.dirname, "..");

/**
 * Words that engineers do not write, with what they write instead. They are searched in every text and comment of the
 * program, in its documentation and in what it installs.
 */
const avoided: readonly { readonly words: RegExp; readonly instead: string }[] = [
  { words: /\b(?:tells?|telling|told)\b/i, instead: "reports, shows, prints, names; is reported, known, given" },
  { words: /(?<!-)\b(?:somebody|nobody|anybody|everybody|whoever)\b(?!-)/i, instead: "a task, a caller, no task" },
  { words: /\b(?:one )?who (?:waits|asks|polls)\b/, instead: "the waiter, the caller, the blocked task" },
  { words: /\bwant one of\b|: want \d/, instead: "expected one of" },
  { words: /\bheld up\b|\b(?:had|has) to wait\b/, instead: "was blocked, waited" },
  { words: /\b(?:boot|clock|chain) (?:stood|stands?) still\b/, instead: "nothing was started meanwhile" },
  { words: /\btwin\b/, instead: "VM clone or snapshot restore" },
  { words: /\bacquit/, instead: "rules out the CRNG" },
  { words: /\bruns already\b/, instead: "is already running" },
  { words: /\bgoing on from\b/i, instead: "resumed from" },
  { words: /\blooked at\b/, instead: "sampled, examined, read" },
  { words: /\bboot's story\b/, instead: "the boot" },
  {
    words:
      /\b(?:(?:before (?:and|or)|right|lines?|stand|comes?) behind|behind (?:readiness|(?:the|a) (?:line|stamp|boot)))\b/,
    instead: "after",
  },
];

/** Where such words are right: in a quotation, or in the names of fields that other programs match. */
const allowed: Readonly<Record<string, string>> = {};

/** Texts of other people, and what is made from other files. */
const left = /^(?:packaging\/(?:sbom\.cjs|grafana\/)|docs\/crngwatch-record\.schema\.json)/;

function filesBelow(path: string): readonly string[] {
  const whole = join(project, path);
  if (!statSync(whole).isDirectory()) return [path];
  return readdirSync(whole, { recursive: true, encoding: "utf8" })
    .map((name) => relative(project, join(whole, name)))
    .filter((name) => lstatSync(join(project, name)).isFile() && !left.test(name));
}

function findIn(files: readonly string[], isRead: (line: string) => boolean): readonly string[] {
  return files.flatMap((file) =>
    readFileSync(join(project, file), "utf8")
      .split("\n")
      .flatMap((line, index) =>
        isRead(line)
          ? avoided
              .filter(({ words }) => words.test(line) && allowed[`${file}: ${line.trim()}`] === undefined)
              .map(({ words, instead }) => `${file}:${index + 1}: '${words.exec(line)?.[0]}', write: ${instead}`)
          : [],
      ),
  );
}

it("texts and comments: use the standard terms, blocked, reported, not known", () => {
  const files = [
    "bin",
    "docs",
    "native",
    "packaging",
    "src",
    "systemd",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
  ]
    .flatMap(filesBelow)
    .filter((file) => !/\.(?:so|svg|o)$/.test(file))
    .toSorted();
  expect(files.length).toBeGreaterThan(400);
  expect(findIn(files, () => true)).toEqual([]);
});

it("names of tests: use the same terms", () => {
  const files = filesBelow("test").filter((file) => file.endsWith(".ts") && file !== "test/english.test.ts");
  expect(files.length).toBeGreaterThan(200);
  expect(
    findIn(files, (line) => /\b(?:describe|it|test)(?:\.\w+)*\((?:.*\)\()?\s*["'`]|^\s*\]\)\(\s*["'`]/.test(line)),
  ).toEqual([]);
});
