import type { Gravity, SignKind } from "../../../core/sign.ts";

/** One way in which a log shows trouble that is not the CRNG's. */
export interface Trouble {
  readonly id: string;
  readonly kind: SignKind;
  readonly gravity: Gravity;
  /** Matches a line's text without stamp, prefix and program name. The first match of the table counts. */
  readonly pattern: RegExp;
  /**
   * Who prints it. `kernel` lines are not searched for what programs say, nor the other way round; a bare line may be
   * both.
   */
  readonly by: "kernel" | "program" | "any";
  /** It means this only where a program of such a name writes it. */
  readonly program?: RegExp;
  /** What it shows, in words; `$1` and `$2` are the pattern's groups. */
  readonly says: string;
  /** The group that names the task, unit or device. */
  readonly names?: 1 | 2;
  /** It may come from a wait for something: then it does not rule out a wait for the CRNG. */
  readonly byTimeout?: true;
  /** Source of the wording. */
  readonly source: string;
  readonly examples: readonly string[];
  /** Lines that look like it and are no trouble. */
  readonly near: readonly string[];
}
