/** The order for a run of tests, in the file that MUTATION_ORDER names. */
export interface Order {
  /** The tests, file by file, in this order; all of a file where `tests` is absent. */
  readonly files: readonly { readonly file: string; readonly tests?: readonly string[] }[];
  /** The mutant that is on from the start. Null: each test runs without one, and then with those of `alive`. */
  readonly always: number | null;
  readonly alive: readonly number[];
  /** Of tests for one mutant, of processor time. What is left out can only make the score lower. */
  readonly mostMilliseconds: number;
  /** The file for what it finds. */
  readonly found: string;
}

/** What a run of tests finds, in the order in which it happens. */
export type Line =
  /** A test passed without a mutant and reached these. */
  | {
      readonly kind: "test";
      readonly file: string;
      /** Vitest's number of it. */
      readonly test: string;
      /** Of processor time: a busy machine makes no test longer. */
      readonly milliseconds: number;
      readonly mutants: readonly number[];
    }
  /** Reached outside of tests: by an import, a table of cases, a hook. */
  | { readonly kind: "early"; readonly file: string; readonly mutants: readonly number[] }
  /** The file does not pass without a mutant. */
  | { readonly kind: "unfit"; readonly file: string }
  /** The test runs again with this mutant; without, it took so long. */
  | { readonly kind: "begun"; readonly mutant: number; readonly milliseconds: number }
  /** The test failed with it. Not clean: then without it, too, or something still hangs. */
  | { readonly kind: "killed"; readonly mutant: number; readonly isClean: boolean };
