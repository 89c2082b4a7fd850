import { durationWords } from "../core/base/duration-words.ts";
import { isWhole, nameOf, type Wait } from "../core/wait.ts";
import { callerWords, interfaceWords } from "../core/caller-words.ts";
import { escapeText } from "./escape.ts";

/** The task that waits: "sshd-keygen[612]", and which thread where it is not the first: "dnf[612/614]". */
export function waiterName(wait: Wait): string {
  const { pid, tid } = wait;
  const thread = tid !== null && pid !== null && tid !== pid ? `/${tid}` : "";
  const name = nameOf(wait);
  return `${name === null ? "a task" : escapeText(name)}${pid === null ? "" : `[${pid}${thread}]`}`;
}

/**
 * A wait that has not ended, with how long it has lasted so far: "sshd-keygen[612] has waited 41 s for the CRNG in
 * getrandom (has libcrypto.so.3 loaded)", and "… waits for the CRNG …" in its first second. It is longer by the time
 * that a person reads it, so whole seconds do.
 */
export function openWaitText(wait: Wait, seconds: number): string {
  const whole = Math.floor(seconds);
  if (wait.times > 1) return sentence(wait, againWords(wait));
  return sentence(
    wait,
    whole < 1 ? "waits" : `has waited${wait.from === null ? " at least" : ""} ${durationWords(whole, 0)}`,
  );
}

/**
 * A wait that is over, or that has no known end: "gpgv[612] waited 1.034 s for the CRNG in getrandom via
 * libgcrypt.so.20 in FIPS mode".
 */
export function waitText(wait: Wait): string {
  const { seconds } = wait;
  if (wait.times > 1) return sentence(wait, againWords(wait));
  return sentence(
    wait,
    seconds === null
      ? "waited"
      : `waited${isWhole(wait) ? "" : " at least"} ${durationWords(seconds, seconds < 10 ? 3 : 0)}`,
  );
}

/** Looks show that it waited again and again; how long each wait was is known in part. */
function againWords({ times, seconds, evidence }: Wait): string {
  if (evidence === "recorder") return `waited ${times} times, ${durationWords(seconds ?? 0, 3)} in all,`;
  const known = seconds === null || seconds === 0 ? "" : `, ${durationWords(seconds, 3)} or more in all,`;
  return `waited again and again${known === "" ? "" : known}`;
}

/** What it waits for, as a person would say it. */
const generatorWords: Readonly<Record<Wait["generator"], string>> = {
  crng: "the CRNG",
  drbg: "the kernel's FIPS generator",
};

function sentence(wait: Wait, does: string): string {
  const through = wait.polls ? "a poll of /dev/random" : interfaceWords[wait.interface];
  const what = generatorWords[wait.generator];
  return `${waiterName(wait)} ${does} for ${what} in ${through}${escapeText(callerWords(wait))}`;
}
