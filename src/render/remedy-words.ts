import { durationWords } from "../core/base/duration-words.ts";
import { membersOf } from "../core/base/members.ts";
import type { BootRecord } from "../core/boot-record.ts";
import type { Remedy, RemedyPlace, RemedyPrice } from "../core/finding.ts";
import { escapeCommand, escapeText } from "./escape.ts";

const places: Readonly<Record<RemedyPlace, string | null>> = {
  here: null,
  "that-machine": "On that machine",
  hypervisor: "On the hypervisor",
  provider: "At the provider",
  "container-host": "On the host of this container",
};

/** Each once: the verdict's, then those of the findings, the gravest first. */
export function remediesOf({ verdict, findings }: Pick<BootRecord, "verdict" | "findings">): readonly Remedy[] {
  const all = [...verdict.remedies, ...findings.flatMap(({ remedies }) => remedies)];
  return all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
}

/** What to do, and where: "On the hypervisor: give the virtual machine a virtio-rng device". */
export function remedyText({ text, where }: Remedy): string {
  const words = escapeText(text);
  const place = places[where];
  return place === null ? `${words.charAt(0).toUpperCase()}${words.slice(1)}` : `${place}: ${words}`;
}

/** Its command, to be pasted into a shell. */
export function remedyCommand({ command }: Remedy): string | null {
  return command === null ? null : escapeCommand(command);
}

/** Each part of a price in words, in this order; null: it costs nothing. */
const parts: Readonly<Record<keyof RemedyPrice, (price: RemedyPrice) => string | null>> = {
  reboot: ({ reboot }) => (reboot ? "takes effect at the next boot" : null),
  security: ({ security }) => (security === null ? null : `security: ${security}`),
  processor: ({ processor }) => (processor === null ? null : `processor: ${processor}`),
};

/** What it costs, and what it would have saved on this boot. */
export function remedyPriceText({ price, saves }: Remedy): string {
  const costs = membersOf(parts).map((part) => parts[part](price));
  return [...costs, savingText(saves)].filter((words) => words !== null).join("; ");
}

function savingText(saves: Remedy["saves"]): string | null {
  if (saves === null) return null;
  const { bootSeconds, waitSeconds } = saves;
  if (bootSeconds === 0 && waitSeconds === 0) return "would have saved nothing on this boot: no task waited";
  if (bootSeconds !== null) return `would have shortened this boot by ${durationWords(bootSeconds, 3)}`;
  if (waitSeconds !== null) return `would have prevented waits of at least ${durationWords(waitSeconds, 3)}`;
  return "saving unknown";
}
