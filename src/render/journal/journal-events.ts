/**
 * The kinds of events that crngwatch writes to the journal, each with its MESSAGE_ID: `journalctl MESSAGE_ID=…` finds
 * them, `journalctl -x` explains them by the catalog's entry (packaging/catalog). An ID never changes its meaning.
 * The table of crngwatch-journal(7) is made from these fields.
 */
export const journalEvents = {
  started: { id: "fc96634592b9416da6d0760026a8d782", means: "crngwatch began to observe this boot" },
  unseeded: { id: "1cfd98d17ae849aa88c55424943b2a1c", means: "the CRNG is not ready, or only partly initialised" },
  ready: { id: "ccb3cd165882400e99800c2e3e8dc2b1", means: "the CRNG became ready" },
  "wait-lasts": {
    id: "3cb1025491cb4e6ca018ee1ef46e169e",
    means: "a task waits for the CRNG: logged at 1 s, 10 s, 60 s, and at each doubling, for the waiting unit too",
  },
  "wait-ended": {
    id: "6397d73c82154dcb934d1b0f531dd9c3",
    means: "a task has stopped waiting, logged for its unit too",
  },
  reseeded: {
    id: "dc278c6c8861488d9ab06ef12ebd5a64",
    means: "the kernel reseeded the CRNG after a clone or restore of the virtual machine, or after a resume",
  },
  "log-gap": {
    id: "95d7290e79f240da9c96b2b90c96a85e",
    means: "records of the kernel log were lost before they were read",
  },
  "boot-summary": {
    id: "31fc1f4dd83d46fba66f1b20b7b83bf3",
    means:
      "the boot's whole record: some seconds after readiness, at a wait of 10 s and more, and when the daemon stops",
  },
  contradiction: { id: "f2ba1ddb4e8b444ba64273fd5864e79c", means: "two pieces of evidence contradict each other" },
  "source-lost": { id: "db28598447964a2bb0697b4058e92e99", means: "a source of evidence is denied or fails" },
} as const satisfies Readonly<Record<string, { readonly id: string; readonly means: string }>>;

export type JournalEvent = keyof typeof journalEvents;

/** Where its entries are explained: their field DOCUMENTATION=, a URI as in systemd.unit(5). */
export const documentation = "man:crngwatch-journal(7)";
