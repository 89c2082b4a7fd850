import type { BootRecord } from "../../core/boot-record.ts";
import type { Verdict } from "../../core/verdict.ts";
import { supplyRemedies } from "../remedy/remedies.ts";
import { likelyCauses, shownCauses } from "./cause.ts";
import { otherTrouble, readyInTime, warned } from "./innocent.ts";
import { distinct, pointersOf } from "./look-at.ts";
import { type Case, caseOf, type Ruling, type VerdictRule } from "./rule.ts";
import { undecidedRuling } from "./undecided.ts";
import { capped } from "./words.ts";

/** All rules, the most direct evidence first. Docs and tests are made from this list. */
export const verdictRules: readonly VerdictRule[] = [
  ...shownCauses,
  ...readyInTime,
  ...likelyCauses,
  ...otherTrouble,
  warned,
];

interface Found {
  readonly rule: VerdictRule;
  readonly ruling: Ruling;
}

const mostPointers = 3;

/**
 * Was it the CRNG? Pure: the record decides. What is shown decides before what is likely; where likely evidence speaks
 * against other likely evidence, or against grave trouble, nothing is decided and both are told.
 */
export function judge(record: BootRecord): Verdict {
  const of = caseOf(record);
  const shown = first(shownCauses, of);
  if (shown !== null) return verdictOf(shown, of);
  const likely = first(likelyCauses, of);
  const acquitted = first(readyInTime, of);
  const elsewhere = first(otherTrouble, of);
  // A late silence is no acquittal by how soon it ended.
  if (acquitted !== null && (likely === null || acquitted.rule.strength === "shown")) return verdictOf(acquitted, of);
  // A unit that failed may have failed by the wait; what is shown is another matter.
  const disputes = elsewhere?.rule.strength === "shown" ? elsewhere : null;
  if (likely !== null) return disputes === null ? verdictOf(likely, of) : disputed(likely, disputes, of);
  const innocent = elsewhere ?? first([warned], of);
  return innocent === null ? undecidedOf(of) : verdictOf(innocent, of);
}

function first(rules: readonly VerdictRule[], of: Case): Found | null {
  for (const rule of rules) {
    const ruling = rule.find(of);
    if (ruling !== null) return { rule, ruling };
  }
  return null;
}

/** The answer in the sentence's first words. */
const opening = {
  "cause shown": "Blocked on the CRNG: ",
  "cause likely": "Likely blocked on the CRNG: ",
  "innocent shown": "Not the CRNG: ",
  "innocent likely": "Likely not the CRNG: ",
  /** There is no other trouble to point to. */
  "nothing shown": "The CRNG delayed nothing: ",
  "nothing likely": "The CRNG likely delayed nothing: ",
} as const;
const undecidedWords = "Undecided whether the CRNG delayed this boot: ";

function verdictOf({ rule, ruling }: Found, of: Case): Verdict {
  const { crng, strength, id } = rule;
  const pointers = pointersOf(of.record);
  const grave = of.trouble.find(({ gravity }) => gravity !== "warns") ?? null;
  const how = strength ?? "likely";
  const answer = crng === "cause" ? "cause" : of.trouble.length === 0 ? "nothing" : "innocent";
  const elsewhere =
    crng !== "innocent" || grave === null || ruling.says.includes(capped(grave.text))
      ? ""
      : `; look at ${grave.line === null ? "" : `line ${grave.line}: `}${capped(grave.text, 90)}`;
  return {
    crng,
    strength,
    rule: id,
    sentence: `${opening[`${answer} ${how}`]}${ruling.says}${elsewhere}`,
    because: ruling.because,
    waiters: ruling.waiters ?? [],
    lookAt: distinct([...(ruling.lookAt ?? []), ...pointers]).slice(0, mostPointers),
    remedies: crng === "cause" ? supplyRemedies(of.record) : [],
  };
}

function disputed(likely: Found, elsewhere: Found, of: Case): Verdict {
  return {
    ...verdictOf(elsewhere, of),
    crng: "undecided",
    strength: null,
    rule: "disputed",
    sentence: `${undecidedWords}${likely.ruling.says}; but also ${elsewhere.ruling.says}`,
    because: [...likely.ruling.because, ...elsewhere.ruling.because],
    waiters: likely.ruling.waiters ?? [],
  };
}

function undecidedOf(of: Case): Verdict {
  const { id, says, because } = undecidedRuling(of);
  return {
    crng: "undecided",
    strength: null,
    rule: id,
    sentence: `${undecidedWords}${says}`,
    because,
    waiters: [],
    lookAt: pointersOf(of.record),
    remedies: [],
  };
}
