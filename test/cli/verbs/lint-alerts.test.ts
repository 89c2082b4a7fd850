import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostFolder, temporaryFolder } from "../../support/host/host-folder.ts";
import { crngwatch, program, run } from "../../support/running/program.ts";

const rules = (...exprs: readonly string[]): string =>
  JSON.stringify({ groups: [{ rules: exprs.map((expr, index) => ({ alert: `A${index}`, expr })) }] });
const low = rules("node_entropy_available_bits < 100");
const mebibytes = 1 << 20;

/** Writes the files into a folder of their own and reads them there. */
async function linted(
  files: Readonly<Record<string, string | Uint8Array>>,
  ...words: readonly string[]
): ReturnType<typeof crngwatch> {
  const cwd = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  return await crngwatch(["lint-alerts", "--pool=256", ...words, "--", ...Object.keys(files)], { cwd });
}

describe("the exit code of lint-alerts", () => {
  it.each<[code: number, what: string, text: string]>([
    [0, "no threshold on entropy", rules("up == 0")],
    [0, "a threshold that fires only while unready", low],
    [0, "a threshold that is compared with something unknown", rules("node_entropy_available_bits < limit")],
    [3, "a threshold that always fires", rules("node_entropy_available_bits < 1000")],
    [3, "a threshold that never fires", rules("node_entropy_available_bits > 1000")],
    [0, "nothing", ""],
  ])("is %i for %s", async (code, _what, text) => {
    expect(await linted({ "rules.yml": text })).toMatchObject({
      code,
      stderr: "",
      stdout: expect.stringMatching(/ in 1 file, for a pool of 256 bits\n$/),
    });
  });

  it("is that of standard input, named '-'", async () => {
    const words = [
      "-c",
      'printf %s "$1" | "$0" lint-alerts --pool=256 -',
      program,
      rules("node_entropy_available_bits < 1000"),
    ];
    const { code, stdout, stderr } = await run("sh", words);
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    expect(stdout).toMatch(/^-:1: always fires: /);
    const quiet = await run(
      "sh",
      words.map((word) => word.replace("--pool", "-q --pool")),
    );
    expect(quiet).toEqual({ code: 3, stdout: "", stderr: "" });
    const device = await run("sh", ["-c", '"$0" lint-alerts --pool=256 - </dev/null', program]);
    expect(device).toEqual({
      code: 1,
      stdout: "",
      stderr: "crngwatch: Cannot read standard input: a device or terminal, not a file or pipe\n",
    });
  });

  it("is 1 where a file cannot be read, and the others are reported all the same", async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "rules.yml"), rules("node_entropy_available_bits < 1000"));
    const { code, stdout, stderr } = await crngwatch(
      ["lint-alerts", "--pool", "256", "missing.yml", "rules.yml", "."],
      { cwd },
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "crngwatch: Cannot read 'missing.yml': no such file\ncrngwatch: Cannot read '.': a folder, not a file\n",
    });
    expect(stdout).toMatch(/^rules\.yml:1: always fires: node_entropy_available_bits < 1000 \(A0\)\n/);
  });

  it("is 1 for a device, which is not read", async () => {
    const { code, stdout, stderr } = await crngwatch([
      "lint-alerts",
      "--pool=256",
      "/dev/random",
      "/dev/urandom",
      "/dev/zero",
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      ["/dev/random", "/dev/urandom", "/dev/zero"]
        .map((path) => `crngwatch: Cannot read '${path}': not a regular file\n`)
        .join(""),
    );
  });

  it.each(["512", "", "256 bits", "-1"])("is 2 for a pool of '%s'", async (pool) => {
    const { code, stdout, stderr } = await crngwatch(["lint-alerts", `--pool=${pool}`, "rules.yml"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^crngwatch: Unknown pool '[^\n]*expected 256 or 4096[^\n]*\n$/);
  });
});

describe("which kernel lint-alerts speaks of", () => {
  it.each<[poolsize: string, words: string]>([
    ["256\n", "fires only while unready"],
    ["4096\n", "says nothing of readiness"],
  ])("is decided by poolsize, never by a version: %j", async (poolsize, words) => {
    const root = hostFolder({
      "proc/sys/kernel/random/poolsize": poolsize,
      "proc/sys/kernel/osrelease": "5.4.0\n",
      "rules.yml": low,
    });
    expect((await crngwatch(["lint-alerts", "--root", root, join(root, "rules.yml")])).stdout).toContain(
      `rules.yml:1: ${words}: `,
    );
  });

  it.each([{}, { "proc/sys/kernel/random/poolsize": "512\n" }])(
    "is requested if the host does not show it: %j",
    async (files) => {
      const { code, stdout, stderr } = await crngwatch(["lint-alerts", "--root", hostFolder(files), "rules.yml"]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/^crngwatch: Cannot read this kernel's pool size [^\n]*--pool 256[^\n]*\n$/);
    },
  );
});

describe("the findings as JSON", () => {
  it("are one document, whatever could be read", async () => {
    const { code, stdout } = await linted({ "a.json": low, "b.yml": "{" }, "--json");
    expect({ code, document: JSON.parse(stdout) }).toEqual({
      code: 1,
      document: {
        schema: "crngwatch.alerts/1",
        poolBits: 256,
        files: 1,
        thresholds: [
          {
            file: "a.json",
            line: 1,
            system: "prometheus",
            name: "A0",
            expression: "node_entropy_available_bits < 100",
            verdict: "unready-only",
            why: expect.stringContaining("stays 256"),
            instead: "crngwatch_ready == 0",
          },
        ],
        unreadable: [{ file: "b.yml", problem: expect.stringContaining("not YAML or JSON at line 1") }],
      },
    });
  });
});

describe("recording rules", () => {
  it("are known in other files, and build on each other", async () => {
    const records = JSON.stringify({
      groups: [
        {
          rules: [
            { record: "e:ratio", expr: "e:bits / node_entropy_pool_size_bits" },
            { record: "e:bits", expr: "node_entropy_available_bits" },
          ],
        },
      ],
    });
    expect((await linted({ "alerts.yml": rules("e:ratio < 2"), "records.yml": records })).stdout).toMatch(
      /^alerts\.yml:1: always fires: e:ratio < 2 /,
    );
  });

  it("that build on themselves, or on so many others that no one could follow, are unknown", async () => {
    const doubled = Array.from({ length: 60 }, (_, index) => ({
      record: `r${index}`,
      expr: `r${index + 1} + r${index + 1}`,
    }));
    const circle = [
      { record: "c1", expr: "c2" },
      { record: "c2", expr: "c1" },
      { record: "r60", expr: "node_entropy_available_bits" },
    ];
    const alerts = [
      { alert: "A", expr: "r0 < node_entropy_available_bits" },
      { alert: "B", expr: "c1 < node_entropy_available_bits" },
      { alert: "C", expr: "r56 < 100" },
    ];
    const { code, stdout } = await linted(
      { "rules.json": JSON.stringify({ groups: [{ rules: [...doubled, ...circle, ...alerts] }] }) },
      "--json",
    );
    expect(code).toBe(0);
    expect(
      (JSON.parse(stdout) as { readonly thresholds: readonly { readonly verdict: string }[] }).thresholds.map(
        ({ verdict }) => verdict,
      ),
    ).toEqual(["unknown", "unknown", "unready-only"]);
  });
});

describe("a hostile file", () => {
  const aliases = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    ...Array.from(
      "bcdefghijklmn",
      (name, index) =>
        `${name}: &${name} [${Array.from({ length: 9 }, () => `*${"abcdefghijklmn"[index]}`).join(", ")}]`,
    ),
    "groups: *n",
  ].join("\n");

  it.each<[what: string, name: string, content: string | Uint8Array, problem: RegExp]>([
    ["too large", "big.yml", Buffer.alloc(5 * mebibytes, "a: b\n"), /larger than 4 MiB/],
    ["not UTF-8", "bad.yml", Buffer.from([0x61, 0x3a, 0xff, 0xfe]), /not a text in UTF-8/],
    ["not UTF-8 but UTF-16", "wide.xml", Buffer.from("\ufeff<a/>", "utf16le"), /not a text in UTF-8/],
    ["open without an end", "open.yml", "groups: [", /not YAML or JSON at line 1/],
    ["nested deeply, as YAML", "deep.yml", `groups: ${"[".repeat(20_000)}`, /nested too deeply/],
    ["nested deeply, as JSON", "deep.json", `${"[".repeat(20_000)}${"]".repeat(20_000)}`, /nested too deeply/],
    [
      "nested deeper than real files",
      "stairs.yml",
      Array.from({ length: 150 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join(""),
      /nested too deeply/,
    ],
    ["nested deeply, as XML", "deep.xml", "<a>".repeat(20_000), /nested too deeply/],
    ["XML without an end", "open.xml", "<zabbix_export><expression>", /not XML at line 1/],
    [
      "XML with entities of its own",
      "lol.xml",
      '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><a>&c;</a>',
      /not XML at line 1/,
    ],
    ["of aliases alone", "aliases.yml", `a: &a x\nl: [${"*a,".repeat(500_000)}]`, /more than 100000 lines, items/],
    ["of anchors alone", "anchors.yml", "- &a x\n".repeat(120_000), /more than 100000 lines, items/],
    ["of empty lists alone", "lists.json", `[${"[],".repeat(500_000)}[]]`, /more than 100000 lines, items/],
    ["of tags alone", "tags.xml", `<a>${"<b/>".repeat(400_000)}</a>`, /more than 300000 tags/],
    ["of no monitoring system", "passwd", "root:x:0:0:root:/root:/bin/sh\n", /not a monitoring system's configuration/],
  ])("that is %s costs one line", async (_what, name, content, problem) => {
    const { code, stdout, stderr } = await linted({ [name]: content });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^crngwatch: Cannot read '[\w.]+': [^\n]+\n$/);
    expect(stderr).toMatch(problem);
  });

  it.each<[what: string, name: string, content: string, problem: string]>([
    [
      "recording rules that build on each other without an end",
      "chain.json",
      JSON.stringify({
        groups: [
          {
            rules: [
              { alert: "A", expr: "r0 < 100" },
              ...Array.from({ length: 3000 }, (_, index) => ({ record: `r${index}`, expr: `r${index + 1}` })),
            ],
          },
        ],
      }),
      "more than 100 recording rules build on each other, down to 'r100'",
    ],
    [
      "thresholds by the thousand",
      "task.flux",
      "from(bucket: b) |> filter(fn: (r) => r.entropy_avail < 100)\n".repeat(1500),
      "one holds more than 1000 thresholds on entropy",
    ],
  ])("of %s costs one line", async (_what, name, content, problem) => {
    expect(await linted({ [name]: content })).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `crngwatch: Cannot read these files: ${problem}\n`,
    });
  });

  it("an alias stands for the latest anchor before it, in its own document", async () => {
    const rule = (expr: string): string => `- {alert: A, expr: ${expr}}\n`;
    const text = `- &e node_entropy_available_bits < 1\n${rule("*e")}- &e node_entropy_available_bits < 2\n${rule("*e")}---\n${rule("*e")}`;
    const { stdout } = await linted({ "rules.yml": text }, "--json");
    const { thresholds } = JSON.parse(stdout) as { readonly thresholds: readonly { readonly expression: string }[] };
    expect(thresholds.map(({ expression }) => expression)).toEqual([
      "node_entropy_available_bits < 1",
      "node_entropy_available_bits < 2",
    ]);
  });

  it.each<[what: string, name: string, content: string]>([
    ["aliases that make a small file endless", "bomb.yml", aliases],
    ["parentheses without an end", "paren.yml", rules(`${"(".repeat(5000)}node_entropy_available_bits`)],
    ["blanks", "blank.conf", " ".repeat(mebibytes)],
    ["line ends", "lines.tick", `entropy_avail${"\n".repeat(mebibytes)}lambda:`],
    ["one word", "word.tf", `entropy${"a".repeat(mebibytes)}`],
    ["documents that do not end", "here.tf", `locals {\n${"query = <<A\n".repeat(20_000)}`],
    ["blocks that do not end", "blocks.conf", 'object A "entropy" {\n'.repeat(5000)],
    ["calls that do not end", "calls.tick", "entropy_avail .warn(lambda: (\n".repeat(5000)],
    [
      "references that do not end",
      "references.xml",
      `<zabbix_export><expression>${"{a:entropy.".repeat(50_000)}</expression></zabbix_export>`,
    ],
    ["lines that go on", "on.conf", `alarm: a\n${"on:\\\n".repeat(100_000)}`],
  ])("of %s is read to its end", async (_what, name, content) => {
    const { code, stderr } = await linted({ [name]: content });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("says nothing to the terminal but what it is", async () => {
    const hostile = "\u001b[31mred\u001b]0;title\u0007\nsecond\u202e";
    const text = JSON.stringify({
      groups: [{ rules: [{ alert: hostile, expr: `node_entropy_available_bits < 1000 # ${hostile}` }] }],
    });
    const { code, stdout, stderr } = await linted({
      "rules.json": text,
      [`${hostile.replaceAll("\n", "\r")}.yml`]: text,
      [`bad${hostile.replaceAll("\n", "\r")}.yml`]: "a: [",
    });
    expect(code).toBe(1);
    for (const printed of [stdout, stderr]) {
      expect(printed.replaceAll("\n", "")).toMatch(/^[^\p{Cc}\p{Cf}]+$/u);
      expect(printed).toContain(String.raw`\x1b[31mred`);
    }
    expect(stdout.split("\n\n")).toHaveLength(3);
  });
});
