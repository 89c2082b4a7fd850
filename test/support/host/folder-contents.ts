import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Every file below a folder, by its path from there, with what it holds. */
export function contentsOf(top: string): Readonly<Record<string, string>> {
  const paths = readdirSync(top, { recursive: true, encoding: "utf8" }).map((name) => join(top, name));
  const files = paths.filter((path) => statSync(path).isFile());
  return Object.fromEntries(files.map((path) => [relative(top, path), readFileSync(path, "utf8")]));
}
