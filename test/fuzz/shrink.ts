import { type Broken, Fuzzer, type FuzzTarget } from "./fuzzer.ts";

const mostTries = 400;

/** A shorter input that breaks a rule of the same kind. */
export async function shrunk(target: FuzzTarget, hits: Uint32Array, { input, rule }: Broken): Promise<Buffer> {
  const kind = kindOf(rule);
  let shortest = input;
  let tries = 0;
  for (let size = shortest.length >> 1; size > 0; size >>= 1) {
    for (let from = 0; from < shortest.length && tries < mostTries; tries++) {
      const shorter = Buffer.concat([shortest.subarray(0, from), shortest.subarray(from + size)]);
      if (await breaks(target, hits, shorter, kind)) shortest = shorter;
      else from += size;
    }
  }
  return shortest;
}

async function breaks(target: FuzzTarget, hits: Uint32Array, input: Buffer, kind: string): Promise<boolean> {
  const fuzzer = new Fuzzer({ ...target, seeds: [input] }, hits, 1);
  for await (const { rule } of fuzzer.begin()) if (kindOf(rule) === kind) return true;
  return false;
}

/** A rule in its first words, and the first line of an error. */
function kindOf(rule: string): string {
  return (rule.split("\n", 1)[0] ?? rule).replaceAll(/\d+/g, "0").slice(0, 80);
}
