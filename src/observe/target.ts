import type { Host, Source } from "../sources/source.ts";

/**
 * Who follows. The `daemon` alone sets up tracing, and takes it down: what it set up is not to be taken for leftovers.
 * A `watcher` scans for tasks that wait; a `waiter` observes readiness alone.
 */
export type Role = "daemon" | "watcher" | "waiter";

/** What is followed: a host, by these sources in this order. */
export interface Target {
  readonly host: Host;
  readonly sources: readonly Source[];
  readonly role: Role;
}
