import type { RelatedTests } from "./related-tests.ts";
import type { Reached, Selected } from "./runs.ts";
import type { Numbered } from "./switched.ts";

interface TestFile {
  readonly tests: { readonly id: string; readonly milliseconds: number; readonly mutants: ReadonlySet<number> }[];
  failed: boolean;
}

/** Which tests may kill a mutant: those that reached it without one, and passed. */
export class TestsOfMutants {
  readonly #related: RelatedTests;
  readonly #files = new Map<string, TestFile>();
  /** Mutants that are reached outside of tests: by an import, which may be that of another file, a table, a hook. */
  readonly #early = new Set<number>();

  constructor(related: RelatedTests, reached: readonly Reached[]) {
    this.#related = related;
    for (const { file, test, milliseconds = 0, passed, mutants } of reached) {
      let of = this.#files.get(file);
      if (of === undefined) this.#files.set(file, (of = { tests: [], failed: false }));
      if (test === undefined) for (const mutant of mutants) this.#early.add(mutant);
      else of.tests.push({ id: test, milliseconds, mutants: new Set(mutants) });
      if (passed === false) of.failed = true;
    }
  }

  /** Files that do not pass without a mutant: run together in one thread, some disturb each other. */
  unfit(files: readonly string[]): readonly string[] {
    return files.filter((file) => !this.#passed(file));
  }

  /** The closest tests first, as many as take that long. */
  of({ number, mutant }: Numbered, most: number): { readonly selected: Selected; readonly milliseconds: number } {
    const selected: { readonly file: string; readonly tests: readonly string[] }[] = [];
    let sum = 0;
    for (const file of this.#related.of(mutant.file)) {
      if (!this.#passed(file)) continue;
      const tests: string[] = [];
      for (const { id, milliseconds, mutants } of this.#files.get(file)!.tests) {
        if (!mutants.has(number) && !this.#early.has(number)) continue;
        if (sum + milliseconds > most) continue;
        sum += milliseconds;
        tests.push(id);
      }
      if (tests.length > 0) selected.push({ file, tests });
    }
    return { selected, milliseconds: sum };
  }

  #passed(file: string): boolean {
    const of = this.#files.get(file);
    return of !== undefined && !of.failed && of.tests.length > 0;
  }
}
