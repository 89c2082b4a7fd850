import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { bootsJson } from "../../src/render/boots-json.ts";
import { bootsHtml } from "../../src/render/page/boots-page.ts";
import { fullRecord } from "../support/records/full-record.ts";
import { hostOfStory } from "../support/host/hosts.ts";
import { crngwatch, program, run } from "../support/running/program.ts";

describe("analyze of boot records that crngwatch saved", () => {
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-saved-page-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string | Buffer): string => {
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
    expect(stderr).toMatch(/^crngwatch: '[^']*damaged.html' holds no whole boot record[^\n]*\n$/);
  });

  it("analyze: leaves a field of another type out of a page's record, and says so in one line", async () => {
    const page = bootsHtml([fullRecord()]).replace(/"name":"systemd"/, '"name":7');
    const { code, stdout, stderr } = await crngwatch(["analyze", write("changed.html", page)]);
    expect(code).toBe(0);
    expect(stdout).toContain("CRNG ready at 34.250000 s");
    expect(stderr).toMatch(
      /^crngwatch: '[^']*changed.html' was changed: left out what is not valid: [^\n]*name[^\n]*\n$/,
    );
  });

  const story = "[    0.000000] Linux version 6.12.9\n[    3.500000] random: crng init done\n";
  const json = bootsJson([fullRecord()]);
  const packed = (text: string): Buffer => gzipSync(Buffer.from(text));

  it("analyze: reports of the JSON of --json what it reports of the log, from a file, a pipe and gzip", async () => {
    const log = write("json.log", story);
    const ofLog = await crngwatch(["analyze", log]);
    for (const option of ["--json", "--json=short"]) {
      const { stdout } = await crngwatch(["analyze", option, log]);
      expect(await crngwatch(["analyze", write("record.json", stdout)])).toEqual(ofLog);
      const piped = `cat '${join(folder, "record.json")}' | ${program} analyze`;
      expect(await run("sh", ["-c", piped])).toEqual(ofLog);
      expect(await crngwatch(["analyze", write("record.json.gz", packed(stdout))])).toEqual(ofLog);
    }
  });

  it("analyze: reports of a host's saved record what report prints of the host", async () => {
    const host = hostOfStory("may-2018-fips");
    const saved = await crngwatch(["report", "--json", "--root", host]);
    const again = await crngwatch(["analyze", "--json", write("host.json", saved.stdout)]);
    expect({ ...again, stdout: JSON.parse(again.stdout) }).toEqual({ ...saved, stdout: JSON.parse(saved.stdout) });
  });

  it("analyze: reads a document with its keys sorted, with a byte order mark or longer than a chunk", async () => {
    const of = async (text: string): Promise<string> => (await crngwatch(["analyze", write("x.json", text)])).stdout;
    const plain = await of(json);
    expect(plain).toContain("CRNG ready at 34.250000 s");
    const { schema, boots } = JSON.parse(json) as { readonly schema: string; readonly boots: readonly object[] };
    expect(await of(JSON.stringify({ boots, schema }))).toBe(plain);
    expect(await of(`\ufeff${json}`)).toBe(plain);
    expect(await of(`${" ".repeat(40)}${json}${" \n".repeat(2 << 20)}`)).toBe(plain);
    const count = Math.ceil((3 << 20) / json.length);
    const long = write("long.json", bootsJson(Array.from({ length: count }, () => fullRecord())));
    const { stdout } = await crngwatch(["analyze", "--json=short", long]);
    const { boots: read } = JSON.parse(stdout) as { readonly boots: readonly object[] };
    expect(read).toEqual(Array.from({ length: count }, () => read[0]));
    expect(read).toHaveLength(count);
  });

  it("analyze: reads a page and JSON in an archive, and no other page there", async () => {
    write("page.html", bootsHtml([fullRecord()]));
    write("record.json", json);
    write("other.html", "<!DOCTYPE html><p>12:00:00 it hung</p>");
    write("package.json", '{\n  "name": "x",\n  "bin": {\n    "x": "x"\n  }\n}\n');
    await run("tar", [
      "-C",
      folder,
      "-cf",
      join(folder, "all.tar"),
      "page.html",
      "record.json",
      "other.html",
      "package.json",
    ]);
    const { code, stdout, stderr } = await crngwatch(["analyze", join(folder, "all.tar")]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.match(/CRNG ready at 34\.250000 s/g)).toHaveLength(2);
  });

  const reads = "crngwatch 0\\.1\\.0 reads 'crngwatch\\.boots/1'";
  it.each([
    [
      "JSON of a later schema",
      json.replace("boots/1", "boots/2"),
      `has the schema 'crngwatch\\.boots/2', and ${reads}`,
    ],
    [
      "JSON of an earlier schema",
      json.replace("boots/1", "boots/0"),
      `has the schema 'crngwatch\\.boots/0', and ${reads}`,
    ],
    [
      "a page of a later schema",
      bootsHtml([fullRecord()]).replaceAll("boots/1", "boots/2"),
      `has the schema 'crngwatch\\.boots/2', and ${reads}`,
    ],
    ["a comparison", '{"schema":"crngwatch.comparison/1"}', `which holds no boot records: ${reads}`],
    ["no boot", '{"schema":"crngwatch.boots/1","boots":[]}', "holds no boot: its list of boots is empty"],
    ["a page of no boot", bootsHtml([]), "holds no boot: its list of boots is empty"],
    ["JSON that is cut off", json.slice(0, -9), "holds no whole boot record"],
  ])("analyze: refuses %s in one line", async (_, text, why) => {
    const { code, stdout, stderr } = await crngwatch(["analyze", write("wrong", text)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^crngwatch: '[^']*wrong' [^\\n]*${why}[^\\n]*\\n$`));
  });
});
