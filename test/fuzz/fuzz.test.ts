import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { corpusOf } from "./corpus.ts";
import { type Broken, Fuzzer, type FuzzTarget } from "./fuzzer.ts";
import { instrumented } from "./instrument.ts";
import { type FuzzProgram, fuzzProgram } from "./program.ts";

/** Inputs for each reader, and steps, by the same draws each time; `npm run fuzz` draws more. */
const [inputs, mostSteps] = [120, 500_000];
const seed = 20_180_516;

/** What has code of its own, not only tables and types. */
const hasFunctions = /^export (?:async )?(?:function|class) /m;

const names = [
  "kmsg",
  "log",
  "stacks",
  "tools",
  "journal-json",
  "journal-export",
  "silences",
  "report",
  "trace",
  "live-stack",
  "elf",
  "unwind",
  "tar",
  "varlink",
  "state",
  "alerts",
  "command-line",
  "grub",
  "http",
  "accept",
  "proc",
  "settings",
];

let program: FuzzProgram;
beforeAll(async () => {
  program = await fuzzProgram();
});

async function brokenIn(target: FuzzTarget, more: readonly Buffer[], count: number): Promise<readonly string[]> {
  const fuzzer = new Fuzzer(target, program.hits, seed);
  const broken: string[] = [];
  const add = ({ input, rule }: Broken): void =>
    void broken.push(`${rule} of ${JSON.stringify(input.toString("latin1"))}`);
  for await (const one of fuzzer.begin(more)) add(one);
  for (let left = count; left > 0 && fuzzer.steps < mostSteps && broken.length === 0; left--) {
    const found = await fuzzer.next();
    if (found !== null) add(found);
  }
  return broken;
}

describe("every reader of strangers' text and bytes", () => {
  it("is a target", () => expect(program.targets.map(({ name }) => name)).toEqual(names));

  it("of src/parse is in the program that the fuzzer runs", () => {
    const parse = join(resolve(process.cwd()), "src/parse");
    const missing = readdirSync(parse, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !program.modules.has(join(parse, name)))
      .filter((name) => hasFunctions.test(readFileSync(join(parse, name), "utf8")));
    expect(missing).toEqual([]);
  });

  it.each(names)(
    "'%s' throws no error but its own, works in linear steps, and writes bounded and escaped text",
    async (name) => {
      const target = program.targets.find((one) => one.name === name);
      expect(target === undefined ? ["no such target"] : await brokenIn(target, corpusOf(name), inputs)).toEqual([]);
    },
  );
});

describe("the fuzzer", () => {
  const target = (read: FuzzTarget["read"]): FuzzTarget => ({
    name: "x",
    seeds: [Buffer.from("abc 12")],
    mostBytes: 200,
    read,
  });

  it.each<[rule: string, read: FuzzTarget["read"]]>([
    [
      "no error but its own",
      (input) => {
        if (input.length > 40) throw new RangeError("long");
        return [];
      },
    ],
    ["bounded output", (input) => [input.length > 40 ? "x".repeat(1_000_000) : ""]],
    ["escaped text", (input) => [input.length > 40 ? "\u001b[31m" : ""]],
    [
      "linear work",
      (input) => {
        program.hits[0] = input.length ** 2 * 1000;
        return [];
      },
    ],
  ])("finds what breaks '%s'", async (rule, read) => {
    const [found] = await brokenIn(target(read), [], 5000);
    expect(found).toContain(rule);
  });

  it("finds its way to a branch behind others, which blind mutation does not, by the counters", async () => {
    const { code } = instrumented(`export function read(text) {
      if (text[0] !== "k") return 0;
      if (text[1] !== "e") return 1;
      if (text[2] !== "y") return 2;
      return text[3] === "!" ? 4 : 3;
    }`);
    const { read, hits } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      readonly read: (text: string) => number;
      readonly hits: Uint32Array;
    };
    const depths = new Set<number>();
    const one: FuzzTarget = {
      name: "x",
      seeds: [Buffer.from("abcd"), Buffer.from("k"), Buffer.from("e!"), Buffer.from("y")],
      mostBytes: 8,
      read: (input) => {
        depths.add(read(input.toString("latin1")));
        return [];
      },
    };
    const fuzzer = new Fuzzer(one, hits, seed);
    for await (const broken of fuzzer.begin()) throw new Error(broken.rule);
    for (let left = 30_000; left > 0 && !depths.has(4); left--) await fuzzer.next();
    expect(depths).toContain(4);
  });
});

describe("the counters", () => {
  const run = async (body: string): Promise<{ readonly result: unknown; readonly hits: readonly number[] }> => {
    const { code } = instrumented(`export const result = (() => { ${body} })();`);
    const { result, hits } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      readonly result: unknown;
      readonly hits: Uint32Array;
    };
    return { result, hits: [...hits] };
  };

  it("leave a program what it was, and count what it ran", async () => {
    const body = `let n = 0; for (const x of [1, 2, 3]) n += x > 1 ? x : 0; if (n > 9) n = -1; else while (n < 8) n++;
      switch (n) { case 8: n = 80; break; default: n = 9 } try { null.x } catch { n += 1 }
      const f = (x) => x && { deep: x ?? 1 }; return [n, f(2).deep, (() => ({}))()];`;
    const { result, hits } = await run(body);
    expect(result).toEqual([81, 2, {}]);
    expect(hits).toContain(3);
    expect(hits).toContain(0);
  });

  it("end a loop that has no end", async () => {
    await expect(run("for (;;) ;")).rejects.toThrow("endless loop");
  });
});
