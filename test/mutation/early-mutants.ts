import type { Line, Order } from "./order.ts";
import type { RelatedTests } from "./related-tests.ts";
import type { Numbered } from "./switched.ts";

/** The tests for a mutant that an import, a table or a hook reaches: it must be on before those run. */
export class EarlyMutants {
  readonly #related: RelatedTests;
  readonly #tests = new Map<string, { readonly id: string; readonly milliseconds: number }[]>();
  readonly #unfit = new Set<string>();
  readonly #early = new Set<number>();

  constructor(related: RelatedTests) {
    this.#related = related;
  }

  /** What a run without mutants found. */
  add(line: Line): void {
    switch (line.kind) {
      case "early":
        for (const mutant of line.mutants) this.#early.add(mutant);
        break;
      case "test": {
        const tests = this.#tests.get(line.file) ?? [];
        // A file may have begun anew.
        if (!tests.some(({ id }) => id === line.test)) tests.push({ id: line.test, milliseconds: line.milliseconds });
        this.#tests.set(line.file, tests);
        break;
      }
      case "unfit":
        this.#unfit.add(line.file);
        break;
      case "begun":
      case "killed":
        break;
    }
  }

  /** Files that do not pass without a mutant: run together in one thread, some disturb each other. */
  get unfit(): readonly string[] {
    return [...this.#unfit];
  }

  has(number: number): boolean {
    return this.#early.has(number);
  }

  /** The closest tests first, as many as take that long. */
  testsOf({ mutant }: Numbered, most: number): { readonly files: Order["files"]; readonly milliseconds: number } {
    const files: { readonly file: string; readonly tests: readonly string[] }[] = [];
    let sum = 0;
    for (const file of this.#related.of(mutant.file)) {
      const tests: string[] = [];
      for (const { id, milliseconds } of this.#unfit.has(file) ? [] : (this.#tests.get(file) ?? [])) {
        if (sum + milliseconds > most) continue;
        sum += milliseconds;
        tests.push(id);
      }
      if (tests.length > 0) files.push({ file, tests });
    }
    return { files, milliseconds: sum };
  }
}
