import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { Evidence } from "../../../src/core/evidence.ts";
import type { Libc } from "../../../src/platform/libc.ts";
import {
  type Drained,
  type Follower,
  type Host,
  type Observation,
  ok,
  type Source,
} from "../../../src/sources/source.ts";
import { hostOf, libcAnswering, temporaryFolder } from "./host-folder.ts";

/** A source that counts how often it was observed. */
export interface FakeSource extends Source {
  readonly calls: { observed: number };
}

export function fakeSource(
  name: string,
  more: Partial<Source> & { readonly says?: readonly Evidence[] } = {},
): FakeSource {
  const calls = { observed: 0 };
  const { says = [], ...rest } = more;
  return {
    name,
    reads: "nothing",
    needs: "nothing",
    without: "nothing",
    schedule: "once",
    observe(): Observation {
      calls.observed++;
      return ok(...says);
    },
    ...rest,
    calls,
  };
}

/** A follower whose drains the test lines up: each drain takes the next, and the last one stays. */
export interface FakeFollower extends Follower {
  readonly closed: () => number;
  readonly drains: (Drained | Error)[];
}

export const nothingNew: Drained = { ...ok(), more: true };

export function fakeFollower(
  fd: number,
  more: Partial<Pick<Follower, "untilFinished" | "first" | "atEnd">> = {},
): FakeFollower {
  let closed = 0;
  const drains: (Drained | Error)[] = [];
  return {
    first: ok(),
    ...more,
    fd,
    drains,
    closed: () => closed,
    drain() {
      const next = drains.shift() ?? nothingNew;
      if (next instanceof Error) throw next;
      return next;
    },
    close: () => void closed++,
  };
}

/** A host whose poll(2) returns when the test says that descriptors are readable. */
export interface PolledHost {
  readonly host: Host;
  /** The descriptors of the poll(2) that is under way; null: none is. */
  readonly polled: () => readonly number[] | null;
  /** These are readable; returns when the answer has been dealt with, as far as that needs no timer. */
  readonly happen: (...fds: readonly number[]) => Promise<void>;
  /** The descriptor by which the wake-ups end a poll(2). */
  readonly wake: number;
}

export function polledHost(): PolledHost {
  const wake = openSync(join(temporaryFolder(), "eventfd"), "w+");
  let isOpen = true;
  let under: { readonly fds: readonly number[]; readonly answer: (events: readonly number[]) => void } | null = null;
  const libc: Libc = {
    ...libcAnswering("EAGAIN"),
    eventfd: () => wake,
    poll: (watched) =>
      new Promise((resolve) => {
        under = { fds: watched.map(({ fd }) => fd), answer: resolve };
      }),
  };
  onTestFinished(() => {
    try {
      if (isOpen) closeSync(wake);
    } catch {
      isOpen = false;
    }
  });
  return {
    host: hostOf({}, libc),
    wake,
    polled: () => under?.fds ?? null,
    async happen(...fds) {
      const was = under;
      under = null;
      was?.answer(was.fds.map((fd) => (fds.includes(fd) ? 1 : 0)));
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}
