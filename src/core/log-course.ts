import type { PrintkSeconds } from "./base/time.ts";

/** A line and its moment by the log's clock. */
export interface Moment {
  readonly line: number | null;
  /** Seconds on the clock of `LogCourse.clock`; null where the line has no stamp. */
  readonly at: number | null;
}

/** How a log runs: what its lines and their stamps show beside their words. */
export interface LogCourse {
  /** The clock of all moments here. `wall`: a resolution of one second unless the stamps have fractions. */
  readonly clock: "printk" | "journal" | "wall" | "none";
  /** Lines by the kernel, by a program, or with a stamp: the rest is talk. */
  readonly logLines: number;
  /** The first line that only user space can have caused. */
  readonly userSpace: Moment | null;
  readonly ready: ReadyCourse | null;
  readonly longestSilence: { readonly from: Moment; readonly to: Moment } | null;
  readonly last: (Moment & { readonly text: string }) | null;
  /** The line on which getrandom(GRND_NONBLOCK) was refused: the CRNG was not ready then. */
  readonly refusedLine: number | null;
  /**
   * The header of the last stack that stands in wait_for_random_bytes(): the CRNG was not ready then. `at` is the
   * kernel's stamp.
   */
  readonly crngWaiter: { readonly line: number | null; readonly at: PrintkSeconds | null } | null;
  /** A line that is printed in FIPS mode alone: of the kernel's self-tests, dracut's checks, the DRBG. */
  readonly fipsLine: number | null;
  /** How long systemd-random-seed took, where both its lines are there. */
  readonly seedTook: number | null;
  /**
   * systemd-random-seed was done, of a systemd with which it waits for the CRNG (243 and later): `getrandom()` had
   * returned to it. Where it cannot write its file it does not wait, which the log does not show.
   */
  readonly seedDone: Moment | null;
  /** The longest start in the tables of systemd-analyze, where nothing in them took ten seconds or more. */
  readonly quickUnits: { readonly line: number | null; readonly unit: string; readonly seconds: number } | null;
  /** The first line that shows a daemon that hands the kernel entropy, such as rngd. */
  readonly entropyDaemon: (Moment & { readonly name: string }) | null;
  /** The first line that shows that the boot was over: a login prompt, the last target, a user's session. */
  readonly over: (Moment & { readonly text: string }) | null;
  /**
   * The start that took longest of those that wait for the network, a device, a file system or a clock, or that take
   * long by their own work.
   */
  readonly otherWait: {
    readonly line: number | null;
    readonly unit: string;
    readonly awaits: "network" | "device" | "file-system" | "clock" | "own-work";
    /** How long it ran so far; null: it did not finish, and how long that was is not shown. */
    readonly seconds: number | null;
  } | null;
  /** What the report says about a hang that lasts although the CRNG is ready: it follows readiness, or has no end. */
  readonly hangAfterReady: (Moment & { readonly text: string }) | null;
  /** The first line that shows the machine go to sleep, wake up or go down, which it does after its boot. */
  readonly slept: Moment | null;
  /** Its stamps fall from line to line: what stands before a line came after it. */
  readonly newestFirst: boolean;
  /** Its stamps run back and forth between two clocks: lines of two machines, or of two boots, are mixed. */
  readonly interleaved: boolean;
}

/** What surrounds the line that reports readiness. */
export interface ReadyCourse {
  readonly ready: Moment;
  /** The line before with a stamp that is not the CRNG's own, and whether a program wrote it. */
  readonly before: (Moment & { readonly byProgram: boolean; readonly text: string }) | null;
  /** Lines of the CRNG's own between `before` and readiness: the kernel prints them whether user space runs or not. */
  readonly ownLinesBefore: number;
  /** The latest line before it that shows user space at work: a program's, or the kernel's about what one did. */
  readonly programBefore: (Moment & { readonly text: string }) | null;
  readonly after: (Moment & { readonly byProgram: boolean; readonly text: string }) | null;
  /** The first line after it that a program wrote, or that the kernel printed about what a program did. */
  readonly programAfter: Moment | null;
  /** Lines soon after it: within a second, or a twentieth of the silence before it. */
  readonly soonAfter: number;
  /**
   * By the wall clock, how long the line right before it is ago, where a program wrote that: syslog stamps what the
   * kernel said before it ran all alike.
   */
  readonly programQuiet: number | null;
  /** A console's line right before it that begins a step and ends with "...". */
  readonly stepBefore: (Moment & { readonly text: string }) | null;
  /** Console lines without a stamp among the three after it. */
  readonly consoleAfter: number;
  /**
   * The first of them, where neither a line with a stamp stands before it nor a console's between `before` and `ready`.
   */
  readonly consoleNext: (Moment & { readonly text: string }) | null;
  /** Console lines without a stamp between `before` and readiness. */
  readonly consoleBefore: number;
  /** Lines without a stamp that show user space at work: before readiness, and among those after it. */
  readonly workBefore: number;
  readonly workAfter: number;
  /** Such a line near readiness is about keys, seeds or a wait, is a person's, or leaves a step open. */
  readonly workAsks: boolean;
  /** The log's pace before readiness: three of four lines came sooner than this after the one before, in seconds. */
  readonly pace: number | null;
  /** Units that finished, on lines without a stamp, between `before` and readiness: the boot went on meanwhile. */
  readonly finishedBefore: number;
  /** Units that draw a seed or make keys, started and not finished at readiness: they may have waited until then. */
  readonly openUnits: readonly string[];
  /** Units that were started before readiness and finished right after it. */
  readonly released: readonly string[];
  /** No line of user space comes before it. */
  readonly beforeUserSpace: boolean;
  /** A line of user space follows it. */
  readonly userSpaceAfter: boolean;
  /** Messages that the kernel prints before it runs the first program follow it. */
  readonly kernelStartsAfter: boolean;
  /** Lines of the log before it and after it. */
  readonly linesBefore: number;
  readonly linesAfter: number;
}
