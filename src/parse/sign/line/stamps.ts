import { microseconds } from "../../../core/base/time.ts";
import type { SignLine } from "./spoken.ts";

/** The clocks by which a log's lines are stamped, the finest first. */
export const clocks = ["printk", "journal", "wall"] as const;
export type StampClock = (typeof clocks)[number];

/** The stamps that a line has, in seconds. */
export type Stamps = { readonly [clock in StampClock]?: number };

export function stampsOf({ at, storedAt, wall }: SignLine): Stamps {
  const stamps: { [clock in StampClock]?: number } = {};
  if (at !== null) stamps.printk = at;
  if (storedAt !== null) stamps.journal = storedAt;
  if (wall !== null) stamps.wall = microseconds(wall);
  return stamps;
}
