import type { Remedy, RemedyPlace } from "../core/boot-record.ts";
import { escapeText } from "./escape.ts";

const places: Readonly<Record<RemedyPlace, string | null>> = {
  here: null,
  "that-machine": "On that machine",
  hypervisor: "On the hypervisor",
  provider: "At the provider",
  "container-host": "On the host of this container",
};

/** What to do, and where: "On the hypervisor: give the virtual machine a virtio-rng device". */
export function remedyText({ text, where }: Remedy): string {
  const words = escapeText(text);
  const place = places[where];
  return place === null ? `${words.charAt(0).toUpperCase()}${words.slice(1)}` : `${place}: ${words}`;
}

/** What it costs, and what it would have saved on this boot. */
export function remedyPriceText({ price, saves }: Remedy): string {
  const parts = [
    price.reboot ? "takes effect at the next boot" : null,
    price.security === null ? null : `security: ${price.security}`,
    price.processor === null ? null : `processor: ${price.processor}`,
    savingText(saves),
  ];
  return parts.filter((part) => part !== null).join("; ");
}

function savingText(saves: Remedy["saves"]): string | null {
  if (saves === null) return null;
  const { bootSeconds, waitSeconds } = saves;
  if (bootSeconds === 0 && waitSeconds === 0) return "would have saved nothing on this boot: no task waited";
  if (bootSeconds !== null) return `would have shortened this boot by ${bootSeconds.toFixed(3)} s`;
  if (waitSeconds !== null) return `would have prevented waits of at least ${waitSeconds.toFixed(3)} s`;
  return "saving unknown";
}
