import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bootsHtml } from "../../src/render/page/boots-page.ts";
import { fullRecord } from "../support/records/full-record.ts";
import { crngwatch } from "../support/running/program.ts";

describe("analyze of a page that --format html wrote", () => {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-saved-page-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it("analyze: reports of a page what it reports of the log that the page was made from", async () => {
    const log = write("boot.log", "[    0.000000] Linux version 6.12.9\n[    3.500000] random: crng init done\n");
    const page = join(folder, "boot.html");
    expect(await crngwatch(["analyze", "--format", "html", "-o", page, log])).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(page, "utf8")).toContain("3.500000 s");
    const [ofLog, ofPage] = [await crngwatch(["analyze", log]), await crngwatch(["analyze", page])];
    expect(ofPage).toEqual(ofLog);
    expect(ofLog.code).toBe(0);
  });

  it("analyze: refuses a page whose records are cut off", async () => {
    const page = write("damaged.html", bootsHtml([fullRecord()]).slice(0, -500));
    const { code, stdout, stderr } = await crngwatch(["analyze", page]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^crngwatch: Page '[^']*damaged.html' holds no whole boot record[^\n]*\n$/);
  });

  it("analyze: leaves a field of another type out of a page's record, and says so in one line", async () => {
    const page = bootsHtml([fullRecord()]).replace(/"name":"systemd"/, '"name":7');
    const { code, stdout, stderr } = await crngwatch(["analyze", write("changed.html", page)]);
    expect(code).toBe(0);
    expect(stdout).toContain("CRNG ready at 34.250000 s");
    expect(stderr).toMatch(
      /^crngwatch: Page '[^']*changed.html' was changed: left out what is not valid: [^\n]*name[^\n]*\n$/,
    );
  });
});
