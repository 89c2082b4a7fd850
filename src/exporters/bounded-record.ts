import { bounds, type BootRecord, type BoundedList, type Diagnosed } from "../core/boot-record.ts";

/**
 * The largest record that is sent, in bytes of JSON. 512 waits with ordinary names and arguments take a third; only
 * names that a hostile task chose take more. With 16 connections of a user it keeps what waits to be read below the
 * server's bound.
 */
export const mostRecordBytes = 4 * 1024 * 1024;

/** Characters that are kept of each text and items of each list, step by step. The last step is below the bound. */
const steps = [
  { characters: 1024, items: Infinity },
  { characters: 256, items: Infinity },
  { characters: 64, items: Infinity },
  { characters: 64, items: 16 },
] as const;

/** The record, or, where it is too large, one with shorter texts, which end in "…", and then shorter lists. */
export function boundedRecord(record: Diagnosed, mostBytes = mostRecordBytes): Diagnosed {
  let bounded = record;
  for (const { characters, items } of steps) {
    if (Buffer.byteLength(JSON.stringify(bounded)) <= mostBytes) break;
    // Shorter texts and lists are of the same types.
    const cut = shortened(record, characters, items) as Diagnosed;
    bounded = items === Infinity ? cut : { ...cut, dropped: droppedOf(record, items) };
  }
  return bounded;
}

function shortened(value: unknown, characters: number, items: number): unknown {
  if (typeof value === "string") return value.length > characters ? `${value.slice(0, characters)}…` : value;
  if (Array.isArray(value)) return value.slice(0, items).map((item) => shortened(item, characters, items));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shortened(item, characters, items)]));
}

/** What was dropped by now, with what is cut from the lists that the record itself bounds. */
function droppedOf(record: Diagnosed, items: number): BootRecord["dropped"] {
  const lists: Partial<Record<BoundedList, unknown>> = { ...record, ...record.observed };
  const names = Object.keys(bounds) as BoundedList[];
  const cut = (name: BoundedList): number => {
    const list = lists[name];
    return Array.isArray(list) ? Math.max(0, list.length - items) : 0;
  };
  return { ...record.dropped, ...Object.fromEntries(names.map((name) => [name, record.dropped[name] + cut(name)])) };
}
