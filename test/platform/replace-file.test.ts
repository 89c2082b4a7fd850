import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { NotReplaceable, replaceFile } from "../../src/platform/replace-file.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";

it("makes a file that everyone may read, whatever the umask", () => {
  const folder = temporaryFolder();
  const before = process.umask(0o077);
  try {
    replaceFile(join(folder, "a.prom"), "text\n");
  } finally {
    process.umask(before);
  }
  expect(readFileSync(join(folder, "a.prom"), "utf8")).toBe("text\n");
  expect(statSync(join(folder, "a.prom")).mode & 0o777).toBe(0o644);
  expect(readdirSync(folder)).toEqual(["a.prom"]);
});

it("replaces a file whole: who has the old one open reads that to its end", () => {
  const path = join(temporaryFolder(), "a.prom");
  writeFileSync(path, "old");
  chmodSync(path, 0o600);
  const { ino } = statSync(path);
  replaceFile(path, "new");
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).ino).not.toBe(ino);
  expect(statSync(path).mode & 0o777).toBe(0o644);
});

it("is not blocked by what a killed process left beside it", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, `a.prom.${process.pid}.new`), "half");
  replaceFile(join(folder, "a.prom"), "new");
  expect(readdirSync(folder)).toEqual(["a.prom"]);
});

it("follows no link, and puts no file in place of a device, a link or a folder", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "precious"), "precious");
  symlinkSync(join(folder, "precious"), join(folder, `a.prom.${process.pid}.new`));
  replaceFile(join(folder, "a.prom"), "new");
  expect(readFileSync(join(folder, "precious"), "utf8")).toBe("precious");
  symlinkSync(join(folder, "precious"), join(folder, "link.prom"));
  mkdirSync(join(folder, "folder.prom"));
  for (const path of ["link.prom", "folder.prom"])
    expect(() => replaceFile(join(folder, path), "new")).toThrow(NotReplaceable);
  expect(() => replaceFile("/dev/null", "new")).toThrow(NotReplaceable);
  expect(readFileSync(join(folder, "precious"), "utf8")).toBe("precious");
});

it("leaves the old file, and nothing else, where it fails", () => {
  const folder = temporaryFolder();
  expect(() => replaceFile(join(folder, "no/a.prom"), "new")).toThrow("ENOENT");
  expect(readdirSync(folder)).toEqual([]);
});
