/**
 * `npm run fuzz`: mutates inputs of every reader, of those that ONLY (a regular expression for their names) chooses,
 * for SECONDS each (10), with SEED. What breaks a rule is written to test/fuzz/corpus/TARGET/, where `npm test` reads
 * it from then on. Exit code 1 where something did.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { corpusOf } from "./corpus.ts";
import { Fuzzer } from "./fuzzer.ts";
import { fuzzProgram } from "./program.ts";
import { shrunk } from "./shrink.ts";

const seconds = Number(process.env["SECONDS"] ?? 10);
const seed = Number(process.env["SEED"] ?? 20_180_516);
const only = new RegExp(process.env["ONLY"] ?? "");
const mostBroken = 3;

const { targets, hits } = await fuzzProgram();
let broken = 0;
for (const target of targets.filter(({ name }) => only.test(name))) {
  const fuzzer = new Fuzzer(target, hits, seed);
  const rules = new Set<string>();
  const report = (input: Buffer, rule: string): void => {
    const [kind = rule] = rule.split("\n", 2);
    if (rules.has(kind) || rules.size >= mostBroken) return;
    rules.add(kind);
    const folder = join(resolve(process.cwd()), "test/fuzz/corpus", target.name);
    mkdirSync(folder, { recursive: true });
    const name = join(folder, `${kind.replaceAll(/[^a-z]+/gi, "-").slice(0, 40)}-${seed}-${rules.size}`);
    writeFileSync(name, input);
    process.stdout.write(`${name}: ${rule}\n`);
  };
  for await (const { input, rule } of fuzzer.begin(corpusOf(target.name))) report(input, rule);
  const until = performance.now() + seconds * 1000;
  let count = 0;
  for (; performance.now() < until; count++) {
    const found = await fuzzer.next();
    if (found !== null) report(await shrunk(target, hits, found), found.rule);
  }
  broken += rules.size;
  const rate = Math.round(count / seconds);
  process.stdout.write(
    `${target.name.padEnd(15)} ${String(count).padStart(8)} inputs, ${String(rate).padStart(6)} a second, ${fuzzer.covered} parts of the program, ${fuzzer.kept.length} inputs kept, ${rules.size} rules broken\n`,
  );
}
process.exitCode = broken === 0 ? 0 : 1;
