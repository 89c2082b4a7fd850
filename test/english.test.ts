import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";

const project = join(import.meta.dirname, "..");

/**
 * Words that engineers do not write, with what they write instead. They are searched in every text and comment of the
 * program, in its documentation and in what it installs.
 */
const avoided: readonly { readonly words: RegExp; readonly instead: string }[] = [
  { words: /\b(?:is|are|be|was|were) told\b|\bnot told\b/, instead: "is reported, shown, known, given" },
  { words: /\btells? of\b/, instead: "describes, shows, reports" },
  { words: /\bnothing tells\b/, instead: "it is not known" },
  { words: /\b(?:one )?who (?:waits|asks|polls)\b/, instead: "the waiter, the caller, the blocked task" },
  { words: /\bwhoever\b/i, instead: "the task, the caller, a client that" },
  { words: /\bwant one of\b/, instead: "expected one of" },
  { words: /\bheld up\b|\b(?:had|has) to wait\b/, instead: "was blocked, waited" },
  { words: /\b(?:boot|clock|chain) (?:stood|stands?) still\b/, instead: "nothing was started meanwhile" },
  { words: /\btwin\b/, instead: "VM clone or snapshot restore" },
  { words: /\bacquit/, instead: "rules out the CRNG" },
  { words: /\bruns already\b/, instead: "is already running" },
  { words: /\bgoing on from\b/, instead: "resumed from" },
  { words: /\blooked at\b/, instead: "sampled, examined, read" },
  { words: /\bboot's story\b/, instead: "the boot" },
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
    .filter((name) => statSync(join(project, name)).isFile() && !left.test(name));
}

it("texts and comments use the standard terms: blocked, reported, not known", () => {
  const files = ["src", "docs", "packaging", "systemd", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
    .flatMap(filesBelow)
    .toSorted();
  expect(files.length).toBeGreaterThan(400);
  const found = files.flatMap((file) =>
    readFileSync(join(project, file), "utf8")
      .split("\n")
      .flatMap((line, index) =>
        avoided
          .filter(({ words }) => words.test(line) && allowed[`${file}: ${line.trim()}`] === undefined)
          .map(({ words, instead }) => `${file}:${index + 1}: '${words.exec(line)?.[0]}', write: ${instead}`),
      ),
  );
  expect(found).toEqual([]);
});
