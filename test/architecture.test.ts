import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../src/core/base/version.ts";

/** The layers from the bottom. A file imports from its own top-level folder and from lower layers only. */
const layers: readonly (readonly string[])[] = [
  ["core"],
  ["parse", "render", "diagnose"],
  ["platform"],
  ["sources", "varlink", "boot-loaders", "alerts"],
  ["observe", "exporters"],
  ["daemon"],
  ["cli"],
];
/** Folders that have no effects: they import nothing of Node's. */
const pure = /^(?:core|parse|render|diagnose|alerts(?!\/files))\//;
/** More files than this in one folder, and the right one is hard to find. */
const mostFiles = 20;

const src = resolve(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".d.ts"),
);
const layerOf = (file: string): number => layers.findIndex((folders) => folders.includes(file.split("/")[0] ?? ""));
const textOf = (file: string): string => readFileSync(join(src, file), "utf8");
const importsOf = (file: string): readonly string[] =>
  [...textOf(file).matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, name]) => name as string);
const targetsOf = (file: string): readonly string[] =>
  importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((name) => relative(src, resolve(src, dirname(file), name)));

describe.each(files.filter((file) => layerOf(file) >= 0))("%s", (file) => {
  it("imports from its own folder and from lower layers only", () => {
    for (const target of targetsOf(file)) {
      const sameFolder = target.split("/")[0] === file.split("/")[0];
      const lower = layerOf(target) < layerOf(file);
      expect(sameFolder || lower, `${file} imports ${target}`).toBe(true);
    }
  });

  it("has no effects, in a pure folder", () => {
    if (!pure.test(file)) return;
    expect(importsOf(file).filter((name) => !name.startsWith("."))).toEqual([]);
  });

  it("names no path of the machine outside the roots", () => {
    // Texts for people quote paths inside a sentence; code that opens one starts a string with it.
    expect(textOf(file).match(/["'`]\/(?:proc|sys|dev|etc|run)\/[\w/.-]*["'`]/g) ?? []).toEqual([]);
  });
});

it("what a comment cites of docs/ is there, with that heading", () => {
  const cited = files.flatMap((file) =>
    [
      ...textOf(file)
        .replaceAll(/\n \* /g, " ")
        .matchAll(/(docs\/[\w-]+\.md)(?:, "([^"]+)")?/g),
    ].map(([, path = "", heading]) => ({ file, path, heading })),
  );
  const headingsOf = (path: string): readonly string[] =>
    [...readFileSync(join(src, "..", path), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading as string);
  expect(cited.length).toBeGreaterThan(2);
  for (const { file, path, heading } of cited)
    if (heading !== undefined) expect(headingsOf(path), `${file} cites ${path}`).toContain(heading);
});

describe("CONTRIBUTING: where do I change", () => {
  const [, table = ""] = readFileSync(join(src, "../CONTRIBUTING.md"), "utf8").split("## Where do I change");
  const named = [...table.matchAll(/`((?:src|test|docs|packaging|systemd|native)\/[\w./-]*)`/g)].map(
    ([, path]) => path,
  );

  it("names files and folders that there are", () => {
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((path) => !existsSync(join(src, "..", path ?? "")))).toEqual([]);
  });

  it("leads into every folder of the source", () => {
    const folders = new Set(files.filter((file) => layerOf(file) >= 0).map((file) => dirname(file)));
    const led = (folder: string): boolean => named.some((path) => `${path}/`.startsWith(`src/${folder}/`));
    expect([...folders].filter((folder) => !led(folder))).toEqual([]);
  });
});

it("every file is in a layer, but main.ts, which stands above them", () => {
  expect(files.filter((file) => layerOf(file) < 0).toSorted()).toEqual(["main.ts"]);
});

/**
 * `x === "a" ? "…" : "…"` compiles when core's union grows by a "c", and then says something false of it; a Record over
 * the union does not.
 */
it("no text is chosen by a ternary over a union of core's, which compiles whatever is added to the union", () => {
  const members = new Set(
    files
      .filter((file) => file.startsWith("core/"))
      .flatMap((file) => [...textOf(file).matchAll(/"[\w-]+"(?: \| "[\w-]+")+/g)])
      .flatMap(([union]) => union.split(" | ").map((member) => member.slice(1, -1))),
  );
  const chosen = /[!=]== "([\w-]+)"\s*\?\s*(?:"[^"]+"|`[^`]+`)\s*:\s*["`](?!["`])/g;
  const found = files
    .filter((file) => pure.test(file) && !/^(?:parse|alerts)\//.test(file))
    .flatMap((file) => [...textOf(file).matchAll(chosen)].map(([text, member = ""]) => ({ file, member, text })))
    .filter(({ member }) => members.has(member));
  expect(members).toContain("vm-fork");
  expect(found).toEqual([]);
});

it("a type's name means one thing in the whole program", () => {
  const places = new Map<string, readonly string[]>();
  for (const file of files)
    for (const [, name = ""] of textOf(file).matchAll(
      /^(?:export )?(?:interface|class|type) (\w+)(?:<[^=]*>)?(?: extends [^{]*)? [{=]/gm,
    ))
      places.set(name, [...(places.get(name) ?? []), file]);
  expect([...places].filter(([, found]) => found.length > 1)).toEqual([]);
});

it("no two folders, and no two files, import each other in a circle", () => {
  expect(circleIn(folderImports())).toEqual([]);
  expect(circleIn(new Map(files.map((file) => [file, new Set(targetsOf(file))])))).toEqual([]);
});

it.each(["src", "test", "docs", "packaging", "systemd", "bin", "native"])(
  "no folder of %s holds more files than a reader can look through",
  (room) => {
    const folder = resolve(src, "..", room);
    const counts = new Map<string, number>();
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      // Fixtures are data: a folder there has as many files as there are cases.
      const within = relative(folder, entry.parentPath);
      if (!entry.isFile() || /(?:^|\/)(?:fixtures|corpus)(?:\/|$)/.test(within)) continue;
      counts.set(within, (counts.get(within) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > mostFiles)).toEqual([]);
  },
);

it("no line of a comment is longer than 120 columns, which the formatter leaves as it is", () => {
  const wide = ["src", "test"].flatMap((room) =>
    readdirSync(resolve(src, "..", room), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.includes("fixtures/"))
      .flatMap((name) =>
        readFileSync(resolve(src, "..", room, name), "utf8")
          .split("\n")
          .filter((line) => line.length > 120 && /^ *(?:\/\*\*|\*|\/\/) /.test(line))
          .map((line) => `${room}/${name}: ${line.trim()}`),
      ),
  );
  expect(wide).toEqual([]);
});

it("the version is package.json's", () => {
  const manifest = JSON.parse(readFileSync(join(src, "../package.json"), "utf8")) as { readonly version: string };
  expect(version).toBe(manifest.version);
});

/** The folders that each folder imports from. */
function folderImports(): ReadonlyMap<string, ReadonlySet<string>> {
  const imports = new Map<string, Set<string>>();
  for (const file of files) {
    const folder = dirname(file);
    const into = imports.get(folder) ?? new Set();
    for (const target of targetsOf(file)) if (dirname(target) !== folder) into.add(dirname(target));
    imports.set(folder, into);
  }
  return imports;
}

/** The folders or files of one circle, in order; empty where there is none. */
function circleIn(imports: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const done = new Set<string>();
  const visit = (folder: string, path: readonly string[]): readonly string[] => {
    if (path.includes(folder)) return [...path.slice(path.indexOf(folder)), folder];
    if (done.has(folder)) return [];
    for (const next of imports.get(folder) ?? []) {
      const circle = visit(next, [...path, folder]);
      if (circle.length > 0) return circle;
    }
    done.add(folder);
    return [];
  };
  for (const folder of imports.keys()) {
    const circle = visit(folder, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
