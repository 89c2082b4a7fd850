import { Draws, mutated } from "./mutator.ts";

/** Something that reads what strangers write. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with. */
  readonly seeds: readonly Buffer[];
  /** Longer inputs are cut. */
  readonly mostBytes: number;
  /**
   * Reads the input. Errors that it declares are its answer and are not thrown on. Returned: all texts that people
   * would see of it.
   */
  readonly read: (input: Buffer) => readonly string[] | Promise<readonly string[]>;
}

/** An input that broke a rule, and which. */
export interface Broken {
  readonly input: Buffer;
  readonly rule: string;
}

/** A text for people is no longer than this for each byte that was read, beside what every text has. */
const [textBytes, textBytesEach] = [200_000, 600];
/** Parts of the program that run for one input, as the counters count them: at most so many, and so many for a byte. */
const [mostSteps, mostStepsEach] = [3_000_000, 6_000];
/** An input that is repeated so often may take so much longer, and no more. */
const [repeats, mostLonger, ordinarySteps, repeatedOneIn] = [8, 12, 200_000, 5];
/** No terminal is steered by it, no line hidden: C0 but line ends and tabs, C1, bidi controls, line separators. */
const unescaped = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/**
 * Mutates inputs of one target and keeps those that run parts of the program, or run them by an order of magnitude more
 * often, that none before did.
 */
export class Fuzzer {
  readonly #target: FuzzTarget;
  readonly #hits: Uint32Array;
  readonly #draws: Draws;
  /** For each counter a bit for each order of magnitude that was seen. */
  readonly #seen: Uint32Array;
  readonly #kept: Buffer[] = [];
  /** How many counters have been above 0. */
  covered = 0;
  steps = 0;

  constructor(target: FuzzTarget, hits: Uint32Array, seed: number) {
    this.#target = target;
    this.#hits = hits;
    this.#draws = new Draws(seed);
    this.#seen = new Uint32Array(hits.length);
  }

  get kept(): readonly Buffer[] {
    return this.#kept;
  }

  /** Reads the seeds, and inputs that were found before. */
  async *begin(more: readonly Buffer[] = []): AsyncGenerator<Broken, void, undefined> {
    for (const input of [...this.#target.seeds, ...more]) {
      const broken = await this.#try(input);
      if (broken !== null) yield broken;
      if (!this.#kept.includes(input)) this.#kept.push(input);
    }
  }

  /** One input more. Null: it broke no rule. */
  async next(): Promise<Broken | null> {
    const [first = Buffer.alloc(0), ...others] = this.#kept;
    // The latest finds more often: the way on is behind them.
    const at = Math.max(this.#draws.below(this.#kept.length), this.#draws.below(this.#kept.length));
    const input = mutated(this.#kept[at] ?? first, [first, ...others], this.#draws, this.#target.mostBytes);
    return await this.#try(input);
  }

  async #try(input: Buffer): Promise<Broken | null> {
    const { rule, steps } = await this.#run(input);
    if (rule !== null) return { input, rule };
    if (!this.#isNews()) return null;
    this.#kept.push(input);
    // As much work as eight others: of one in some of those that are new.
    if (input.length === 0 || this.#kept.length % repeatedOneIn !== 1) return null;
    const repeated = await this.#run(Buffer.concat(Array.from({ length: repeats }, () => input)));
    if (repeated.rule !== null) return { input, rule: `${repeated.rule}, ${repeats} times behind itself` };
    return repeated.steps <= ordinarySteps + mostLonger * steps
      ? null
      : { input, rule: `linear work: ${steps} steps, and ${repeated.steps} for it ${repeats} times behind itself` };
  }

  async #run(input: Buffer): Promise<{ readonly rule: string | null; readonly steps: number }> {
    this.#hits.fill(0);
    let texts: readonly string[] = [];
    try {
      texts = await this.#target.read(input);
    } catch (error) {
      return {
        rule: `no error but its own: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        steps: 0,
      };
    }
    let steps = 0;
    for (const count of this.#hits) steps += count;
    this.steps += steps;
    return { rule: this.#brokenBy(texts, input.length) ?? tooMuch(steps, input.length), steps };
  }

  #brokenBy(texts: readonly string[], bytes: number): string | null {
    for (const text of texts) {
      if (text.length > textBytes + textBytesEach * bytes)
        return `bounded output: ${text.length} characters for ${bytes} bytes`;
      const found = unescaped.exec(text);
      if (found !== null)
        return `escaped text: U+${(found[0].codePointAt(0) ?? 0).toString(16).padStart(4, "0")} in ${JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 20))}`;
    }
    return null;
  }

  #isNews(): boolean {
    let isNews = false;
    for (let at = 0; at < this.#hits.length; at++) {
      const count = this.#hits[at] ?? 0;
      if (count === 0) continue;
      const seen = this.#seen[at] ?? 0;
      const bit = 1 << Math.min(31, Math.floor(Math.log2(count) / 2));
      if (seen === 0) this.covered++;
      if ((seen & bit) !== 0) continue;
      this.#seen[at] = seen | bit;
      isNews = true;
    }
    return isNews;
  }
}

function tooMuch(steps: number, bytes: number): string | null {
  return steps <= mostSteps + mostStepsEach * bytes ? null : `linear work: ${steps} steps for ${bytes} bytes`;
}
