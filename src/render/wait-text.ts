import type { Wait } from "../core/boot-record.ts";
import type { Seconds } from "../core/time.ts";
import { isOpen } from "../core/waits.ts";
import { escapeText } from "./escape.ts";

/** What a task waits in, as a person would say it. */
export const interfaceWords: Readonly<Record<Wait["interface"], string>> = {
  getrandom: "getrandom()",
  "dev-random": "a read of /dev/random",
  urandom: "a read of /dev/urandom",
  kernel: "the kernel itself",
};

/** Who waits: "sshd-keygen[612]", with its unit where that is not the same name. */
export function waiterName({ comm, pid, tid }: Wait): string {
  const thread = tid !== null && pid !== null && tid !== pid ? `/${tid}` : "";
  return `${comm === null ? "a task" : escapeText(comm)}${pid === null ? "" : `[${pid}${thread}]`}`;
}

/** A wait that has only begun: "gpgv[177] waits for the CRNG in getrandom() via libgcrypt.so.20 in FIPS mode". */
export function waitBeganText(wait: Wait): string {
  return told(wait, "waits");
}

/**
 * The story of one wait in one line, as of `now` where it goes on, null where that is not known: "gpgv[612] waited 1.034 s for the CRNG in getrandom() via
 * libgcrypt.so.20 in FIPS mode".
 */
export function waitText(wait: Wait, now: Seconds | null): string {
  const until = wait.to ?? now;
  const lasted = wait.from === null || until === null ? wait.seconds : Math.max(0, until - wait.from);
  return told(wait, `${verb(wait, now)}${lasted === null ? "" : ` ${duration(lasted)}`}`);
}

function told(wait: Wait, does: string): string {
  const { unit, fips, polls, libraries } = wait;
  const words = [
    waiterName(wait),
    unit === null ? null : `of ${escapeText(unit)}`,
    `${does} for the CRNG in`,
    polls ? "poll() on /dev/random" : interfaceWords[wait.interface],
    libraries[0] === undefined ? null : `via ${escapeText(libraries[0])}`,
    fips === true ? "in FIPS mode" : null,
  ];
  return words.filter((word) => word !== null).join(" ");
}

/** A wait whose end is not shown lasts on where it is observed live, and lasted at least so long where a log shows it. */
function verb(wait: Wait, now: Seconds | null): string {
  if (!isOpen(wait)) return "waited";
  if (now !== null) return "has waited";
  return wait.seconds === null ? "waited" : "waited at least";
}

/** Long enough to know, short enough to read: "1.034 s", "41 s". */
export function duration(lasted: Seconds): string {
  return `${lasted < 10 ? lasted.toFixed(3) : Math.round(lasted)} s`;
}
