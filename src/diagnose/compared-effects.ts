import { counted } from "../core/base/counted.ts";
import { durationWords } from "../core/base/duration-words.ts";
import type { Diagnosed } from "../core/boot-record.ts";
import type { Difference } from "../core/comparison.ts";
import { answerWords } from "../core/verdict.ts";
import { nameOf } from "../core/wait.ts";
import { readyWords } from "./shift.ts";

/** Names of waiters that came, and of those that went. */
const mostNames = 8;

/** What a person notices of two boots: readiness, the verdict, waits, and who waited. */
export function effectsOf(before: Diagnosed, after: Diagnosed): readonly Difference[] {
  const pairs: readonly Difference[] = [
    { kind: "CRNG", before: readyWords(before), after: readyWords(after) },
    { kind: "verdict", before: answerWords(before.verdict), after: answerWords(after.verdict) },
    { kind: "waits", before: waitedWords(before), after: waitedWords(after) },
    ...waiterChanges(before, after),
  ];
  return pairs.filter((pair) => pair.before !== pair.after);
}

function waitedWords({ cost, verdict }: Diagnosed): string {
  if (cost.tasks > 0)
    return `${tasksWords(cost.tasks)}, ${cost.complete ? "" : "at least "}${durationWords(cost.seconds, 3)}`;
  if (cost.complete) return "none";
  // By other evidence than a recorded wait: a unit's lines, a program's own words.
  const { crng, strength, waiters } = verdict;
  if (crng !== "cause" || waiters.length === 0) return "not recorded";
  const longest = Math.max(0, ...waiters.map(({ seconds }) => seconds ?? 0));
  const time = longest === 0 ? "" : `, the longest ${durationWords(longest, 3)}`;
  return `${strength === "likely" ? "likely " : ""}${tasksWords(waiters.length)}${time}`;
}

function tasksWords(count: number): string {
  return counted(count, "task");
}

function waiterChanges(before: Diagnosed, after: Diagnosed): readonly Difference[] {
  const [was, is] = [waitersOf(before), waitersOf(after)];
  const change = (from: string | null, to: string | null): Difference => ({ kind: "waiter", before: from, after: to });
  const come = is.filter((name) => !was.includes(name)).map((name) => change(noWaiter(before), name));
  const gone = was.filter((name) => !is.includes(name)).map((name) => change(name, noWaiter(after)));
  return [...come.slice(0, mostNames), ...gone.slice(0, mostNames)];
}

/** That a waiter of one boot is not in the other says something only where its waits are known. */
function noWaiter({ cost, verdict: { crng, strength } }: Diagnosed): string | null {
  return cost.complete || (crng === "innocent" && strength === "shown") ? null : "not recorded";
}

function waitersOf({ waits, verdict }: Diagnosed): readonly string[] {
  const names = waits.filter(({ polls }) => !polls).map((wait) => wait.unit ?? nameOf(wait));
  return [...new Set([...names, ...verdict.waiters.map(({ name }) => name)].filter((name) => name !== null))];
}
