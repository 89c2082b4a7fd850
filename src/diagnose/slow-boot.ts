import { durationWords } from "../core/base/duration-words.ts";
import { slowParts } from "./boot-time/slow-parts.ts";
import { remediesFor } from "./remedy/remedies.ts";
import type { Rule } from "./rule.ts";

/** A slow boot that the CRNG did not delay, as far as its waits were recorded. */
export const slowBoot: Rule = {
  id: "slow-boot",
  severity: "info",
  find(record) {
    const parts = slowParts(record);
    const [first, ...others] = parts;
    const finishedAt = record.units?.finishedAt ?? null;
    if (first === undefined || finishedAt === null) return null;
    const also = others.length === 0 ? "" : `Also: ${others.map(({ words }) => words).join("; ")}. `;
    return {
      summary: `The boot took ${durationWords(finishedAt, 1)}; ${first.words}${first.isOther ? ", and that was not a wait for the CRNG" : "; whether that was a wait for the CRNG was not recorded"}`,
      detail: `${also}From systemd's time stamps, along the critical chain`,
      remedies: remediesFor(record, "critical-chain"),
    };
  },
};
