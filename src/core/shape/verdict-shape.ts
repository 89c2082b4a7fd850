import { bounds } from "../boot-record.ts";
import type { Finding, Remedy, RemedyPlace, RemedyPrice, RemedySaving } from "../finding.ts";
import type { Pointer, Reason, Verdict, VerdictWaiter } from "../verdict.ts";
import { signKind } from "./log-shape.ts";
import { flag, list, number, object, optional, text, whole, word } from "./shape.ts";

/** More than the tables of `diagnose/` can make. */
const most = { remedies: 32, derived: 128 };

const remedies = list(
  object<Remedy>("Remedy", {
    id: text,
    text,
    command: optional(text),
    where: word<RemedyPlace>({
      here: true,
      "that-machine": true,
      hypervisor: true,
      provider: true,
      "container-host": true,
    }),
    price: object<RemedyPrice>("RemedyPrice", {
      security: optional(text),
      processor: optional(text),
      reboot: flag,
    }),
    saves: optional(
      object<RemedySaving>("RemedySaving", { bootSeconds: optional(number), waitSeconds: optional(number) }),
    ),
  }),
  most.remedies,
);

export const verdictShape = object<Verdict>("Verdict", {
  crng: word({ cause: true, innocent: true, undecided: true }),
  strength: optional(word({ shown: true, likely: true })),
  rule: text,
  sentence: text,
  because: list(object<Reason>("Reason", { text, line: optional(whole) }), most.derived),
  waiters: list(
    object<VerdictWaiter>("VerdictWaiter", { name: text, line: optional(whole), seconds: optional(number) }),
    // One for each wait.
    bounds.waits,
  ),
  lookAt: list(object<Pointer>("Pointer", { line: optional(whole), kind: signKind, text }), most.derived),
  remedies,
});

export const findingsShape = list(
  object<Finding>("Finding", {
    id: text,
    severity: word({ info: true, warning: true, critical: true }),
    summary: text,
    detail: text,
    remedies,
  }),
  most.derived,
);
