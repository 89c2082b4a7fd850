import type { Wait } from "../core/boot-record.ts";
import { escapeText } from "./escape.ts";

/** "sshd-keygen[612] has waited 41 s for the CRNG in getrandom via libcrypto.so.3": a wait that lasts. */
export function waitLastsText(wait: Wait, seconds: number): string {
  // Where the start was not seen, it is longer.
  return `${waiter(wait)} has waited ${wait.from === null ? "at least " : ""}${wholeSeconds(seconds)} for the CRNG ${through(wait)}`;
}

/** A wait that is over. */
export function waitEndedText(wait: Wait): string {
  const { from, to, seconds } = wait;
  const time = seconds === null ? "" : ` ${from !== null && to !== null ? "" : "at least "}${seconds.toFixed(seconds < 10 ? 3 : 1)} s`;
  return `${waiter(wait)} waited${time} for the CRNG ${through(wait)}`;
}

/** The longest waiter as it stands behind the verdict in STATUS=. */
export function longestWaiterText(wait: Wait, seconds: number, others: number): string {
  const more = others === 0 ? "" : `, and ${others} more wait`;
  return `${waitLastsText(wait, seconds)}${more}`;
}

function waiter({ comm, pid }: Wait): string {
  return `${comm === null ? "a task" : escapeText(comm)}${pid === null ? "" : `[${pid}]`}`;
}

function through({ interface: by, libraries, fips }: Wait): string {
  const [library] = libraries;
  return `in ${interfaceNames[by]}${library === undefined ? "" : ` via ${escapeText(library)}`}${fips === true ? " in FIPS mode" : ""}`;
}

const interfaceNames: Readonly<Record<Wait["interface"], string>> = {
  getrandom: "getrandom",
  "dev-random": "a read of /dev/random",
  urandom: "a read of /dev/urandom",
  kernel: "the kernel itself",
};

function wholeSeconds(seconds: number): string {
  return `${Math.floor(seconds)} s`;
}
