import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../src/version.ts";

/** The layers from the bottom; folders on one line are one layer. A file imports from its own folder and from lower layers only. */
const layers: readonly (readonly string[])[] = [["core"], ["parse", "render", "diagnose"], ["platform"], ["sources", "exporters", "boot-loaders"], ["daemon"], ["cli"]];
/** Layers that have no effects: they import nothing of Node's. */
const pure = ["core", "parse", "render", "diagnose"];

const src = resolve(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
const layerOf = (file: string): number => layers.findIndex((folders) => folders.includes(file.split("/")[0] ?? ""));
const textOf = (file: string): string => readFileSync(join(src, file), "utf8");
const importsOf = (file: string): readonly string[] => [...textOf(file).matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, name]) => name as string);

describe.each(files.filter((file) => layerOf(file) >= 0))("%s", (file) => {
  it("imports from its own folder and from lower layers only", () => {
    for (const name of importsOf(file).filter((imported) => imported.startsWith("."))) {
      const target = relative(src, resolve(src, dirname(file), name));
      const sameFolder = target.split("/")[0] === file.split("/")[0];
      const lower = layerOf(target) < layerOf(file);
      expect(sameFolder || lower || target === "version.ts", `${file} imports ${target}`).toBe(true);
    }
  });

  it("has no effects, in a pure layer", () => {
    if (!pure.includes(file.split("/")[0] ?? "")) return;
    expect(importsOf(file).filter((name) => !name.startsWith("."))).toEqual([]);
  });

  it("names no path of the machine outside the roots", () => {
    // Texts for people quote paths inside a sentence; code that opens one starts a string with it.
    expect(textOf(file).match(/["'`]\/(?:proc|sys|dev|etc|run)\/[\w/.-]*["'`]/g) ?? []).toEqual([]);
  });
});

it("every file is in a layer, but the two that stand above them", () => {
  expect(files.filter((file) => layerOf(file) < 0).toSorted()).toEqual(["main.ts", "version.ts"]);
});

it("the version is package.json's", () => {
  const manifest = JSON.parse(readFileSync(join(src, "../package.json"), "utf8")) as { readonly version: string };
  expect(version).toBe(manifest.version);
});
