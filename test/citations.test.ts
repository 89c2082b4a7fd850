import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";

const project = join(import.meta.dirname, "..");

/** All files of these folders, by their paths from the project's. */
function filesIn(...folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
}

/** A file of this project in a text: `docs/kernel.md`, `parse/trace/trace-line.ts`, `lab/README.md`, `wait-text.ts`. */
const cited = /(?<![\w./*-])(?:[a-z][\w-]*\/)*(?:[a-z][\w-]*|README|CONTRIBUTING|CHANGELOG|SECURITY)\.(?:ts|md)\b/g;

it("comments and documentation: every file that they cite is in the repository", () => {
  const files = [
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "README.md",
    "SECURITY.md",
    "vitest.config.ts",
    "rolldown.config.ts",
  ].concat(filesIn("docs", "native", "packaging", "src", "systemd", "test"));
  const isThere = (path: string): boolean =>
    files.some((file) => file === path || file.endsWith(`/${path}`)) || basename(path) === "package.json";
  const texts = files.filter(
    (file) =>
      /\.(?:ts|md|service|socket)$/.test(file) &&
      !file.startsWith("test/fixtures") &&
      statSync(join(project, file)).isFile(),
  );
  const missing = texts.flatMap((file) =>
    readFileSync(join(project, file), "utf8")
      .split("\n")
      .flatMap((line, index) => {
        // Names in strings of tests may be of files that the test makes.
        const text = file.endsWith(".ts") && !/^\s*(?:\/\*\*|\*|\/\/)/.test(line) ? "" : line;
        return (text.match(cited) ?? [])
          .filter((path) => !isThere(path))
          .map((path) => `${file}:${index + 1}: ${path}`);
      }),
  );
  expect(missing).toEqual([]);
});
