import type { Reason } from "../../core/verdict.ts";
import type { Case, VerdictRule } from "./rule.ts";
import { capped, inLine } from "./words.ts";

/** How near to its end a log shows what it is about. */
const nearEndLines = 80;

/** Acquittals by another reason that the log shows. */
export const otherTrouble: readonly VerdictRule[] = [
  trouble(
    "trouble-stops-the-boot",
    "shown",
    "the log shows a fault that stops the boot",
    ({ gravity }) => gravity === "stops",
  ),
  trouble(
    "trouble-breaks-something",
    "shown",
    "the log shows an oops, a hung task or another grave fault",
    ({ gravity, byTimeout, kind }) => gravity === "breaks" && !byTimeout && kind !== "unit-failed",
  ),
  trouble(
    "unit-failed",
    "likely",
    "a unit failed, and not by a time-out",
    ({ gravity, byTimeout, kind }) => gravity === "breaks" && !byTimeout && kind === "unit-failed",
  ),
];

/** The kernel's warnings and failed tests: what the log is about, where they stand near its end. */
export const warned: VerdictRule = {
  id: "log-is-about-a-warning",
  crng: "innocent",
  strength: "likely",
  means: "the log ends with a warning or a failed self-test of the kernel, and shows no blocked task",
  find({ trouble: signs, record, release }) {
    const sign = signs.findLast(({ gravity }) => gravity === "warns");
    const last = record.covers?.lastLine ?? null;
    if (
      sign === undefined ||
      release !== null ||
      (last !== null && sign.line !== null && last - sign.line > nearEndLines)
    )
      return null;
    return {
      says: `this log reports ${capped(sign.text)}${inLine(sign.line)} and shows no blocked task`,
      because: [{ text: capped(sign.text), line: sign.line }],
    };
  },
};

function trouble(
  id: string,
  strength: "shown" | "likely",
  means: string,
  is: (sign: Case["trouble"][number]) => boolean,
): VerdictRule {
  return {
    id,
    crng: "innocent",
    strength,
    means,
    find({ trouble: signs }) {
      const found = signs.filter(is);
      const [gravest] = found;
      if (gravest === undefined) return null;
      const inCode = gravest.inRandomCode ? "; that is a fault in the random number generator's code, not a wait" : "";
      return {
        says: `${capped(gravest.text)}${inLine(gravest.line)}${inCode}`,
        because: found.slice(0, 4).map(({ text, line }): Reason => ({ text: capped(text), line })),
      };
    },
  };
}
